"""``python -m maquette`` and the console script ``maquette``."""

import gc
import os
import sys

# While everything is being loaded, collections find nothing and delay the first light; the stage turns them on again.
gc.disable()

# None of pydantic's plugins is ours, and looking for them delays the first light.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from maquette.cli import main

if __name__ == "__main__":
    sys.exit(main())
