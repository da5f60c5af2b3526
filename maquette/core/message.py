"""Messages: what people are to be told, as a key and its arguments. It becomes a sentence where it is shown, in the reader's language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell, not yet in words.

    Attributes:
        key: of the words in ``locale/problems.*.json``. Where it tells of a problem, it begins with the problem's code: ``E204``, or
            ``E302.comma`` where one code has several wordings.
        arguments: name → what stands for ``{name}`` in the words.
    """

    key: str
    arguments: "tuple[tuple[str, Argument], ...]" = ()

    @property
    def code(self) -> str:
        """The key up to its first dot: a problem's stable code."""
        return self.key.partition(".")[0]

    def __str__(self) -> str:
        """Return what a log or a test can do with: the key and the arguments."""
        return " ".join([self.key, *(f"{name}={_plain(value)!r}" for name, value in self.arguments)])


Argument = str | int | float | Message | tuple[str, ...]
"""A name or a figure as people wrote it, another message, or a choice of names (worded ``'a', 'b' or 'c'``)."""


def _plain(value: Argument) -> str | int | float:
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value) if isinstance(value, Message) else value


def message(key: str, /, **arguments: Argument) -> Message:
    """Return a message: ``message("E204", name="feyzn")``."""
    return Message(key, tuple(arguments.items()))
