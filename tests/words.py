"""What people read, for tests that care."""

from maquette.config.words import word
from maquette.core.message import Message


def english(*told: Message | None) -> str:
    """Return messages in English, those that are None left out."""
    return " ".join(word(message, "en") for message in told if message is not None)
