"""``python -m maquette`` and the console script ``maquette``."""

import gc
import os
import signal
import sys


def main() -> int:
    """Run the command line, as quickly as it can be loaded.

    Returns:
        The exit code.
    """
    # Ctrl-C ends the programme without a word, until the stage takes care of it.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _fill_standard_streams()
    # While everything is being loaded, collections find nothing and delay the first light; the stage turns them on again.
    gc.disable()
    # None of pydantic's plugins is ours, and looking for them takes time too.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from maquette.cli import main as run  # noqa: PLC0415 - loaded after the two lines above

    return run()


def _fill_standard_streams() -> None:
    """Open what a careless parent closed; else our first files and sockets would take the places of standard output and error."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest free number comes first
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - its only signature
    os.close(descriptor)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 - for as long as we live
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115 - likewise


if __name__ == "__main__":
    sys.exit(main())
