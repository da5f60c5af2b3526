"""``python -m maquette.console``: the console process; only the stage starts it."""

from maquette.console.process import main

if __name__ == "__main__":
    main()
