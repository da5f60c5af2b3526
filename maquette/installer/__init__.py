"""Installs the model on a Raspberry Pi or a Debian: a pure plan made from facts about the machine, and a thin hand that carries it out.

Nothing but Python's own library: it runs before any environment is there.
"""
