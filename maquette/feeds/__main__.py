"""``python -m maquette.feeds <descriptor>``: started by the stage, never by hand."""

from maquette.feeds.process import main

if __name__ == "__main__":
    main()
