"""The log: one event a line on standard error, changes of state only. The journal adds the time; elsewhere the line carries it."""

import logging
import os
import sys


def start_logging(process: str) -> None:
    """Send the log of this process to standard error, each line with the process's name and the room it comes from."""
    time = "" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s "
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(f"{time}%(levelname)s {process}: %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
