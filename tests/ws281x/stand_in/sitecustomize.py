"""Python reads this file before anything else where this folder is in its path: the sender then takes this machine for a Pi."""

from maquette.ws281x import session

vars(session).update(check_board=lambda: None, check_devices=lambda hello: None)
