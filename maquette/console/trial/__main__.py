"""The process in which documents are tried: jobs come over a line, one at a time, until it ends."""

import logging
import os
import sys
from multiprocessing.connection import Connection

from maquette.console.trial.trial import Trial
from maquette.errors import TrialError
from maquette.ops.log import start_logging

log = logging.getLogger(__name__)

_KINDNESS = 10
"""The show comes first."""


def main() -> None:
    """Do jobs for as long as the line is open."""
    start_logging("trial")
    descriptor = "".join(sys.argv[1:])
    if not descriptor.isdecimal():
        sys.exit("this process is a part of 'maquette run', which starts it")
    os.nice(_KINDNESS)
    connection = Connection(int(descriptor))
    try:
        trial = Trial(connection.recv())
        while True:
            job = connection.recv()
            try:
                answer = trial.do(job)
            except Exception:
                log.exception("a trial failed")
                answer = TrialError("trial_failed")
            connection.send(answer)
    except (EOFError, OSError):
        return  # the console has ended, or needs us no longer


if __name__ == "__main__":
    main()
