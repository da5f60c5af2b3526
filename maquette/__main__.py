"""``python -m maquette`` and the console script ``maquette``."""

import os
import sys

# None of pydantic's plugins is ours, and looking for them delays the first light.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from maquette.cli import main

if __name__ == "__main__":
    sys.exit(main())
