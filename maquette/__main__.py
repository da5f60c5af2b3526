"""``python -m maquette`` and the console script ``maquette``."""

import sys

from maquette.cli import main

if __name__ == "__main__":
    sys.exit(main())
