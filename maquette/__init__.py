"""The controller of an augmented physical model: open data told by light, needles and buttons."""

__version__ = "0.1.0"
