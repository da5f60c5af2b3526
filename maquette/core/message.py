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


Argument = str | int | float | Message | tuple[str, ...]
"""A name or a figure as people wrote it, another message, or a choice of names (worded ``'a', 'b' or 'c'``)."""


def message(key: str, /, **arguments: Argument) -> Message:
    """Return a message: ``message("E204", name="feyzn")``."""
    return Message(key, tuple(arguments.items()))
