"""``python -m maquette`` and the console script ``maquette``."""

import gc
import os
import sys


def main() -> int:
    """Run the command line, as quickly as it can be loaded.

    Returns:
        The exit code.
    """
    # While everything is being loaded, collections find nothing and delay the first light; the stage turns them on again.
    gc.disable()
    # None of pydantic's plugins is ours, and looking for them takes time too.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from maquette.cli import main as run  # noqa: PLC0415 - loaded after the two lines above

    return run()


if __name__ == "__main__":
    sys.exit(main())
