"""Roles: what somebody is to the model."""

from enum import IntEnum


class Role(IntEnum):
    """What somebody is to the model. Each may do what those before may."""

    VISITOR = 0
    """Reads."""
    MEDIATOR = 1
    """Acts on the show."""
    MAINTAINER = 2
    """Changes documents."""
