"""Every error that Maquette raises on purpose.

    MaquetteError
    ├── UnitError (ValueError)            a quantity or a unit that cannot be read or converted
    ├── ColourError (ValueError)          a colour that cannot be read
    ├── CalendarError (ValueError)        a time, a day, a date or a moment that cannot be read
    ├── ExpressionError (ValueError)      an expression outside the language; carries a position in its text
    ├── SeriesError (ValueError)          a given series that cannot be read; carries a line
    ├── RemoteError                       the running model cannot be spoken to
    ├── TrialError                        documents cannot be tried now
    ├── AmendmentError                    a document that a tool cannot change where it stands
    ├── DeviceError (OSError)             a device that cannot be opened or used
    │   ├── OutputError                   an LED output
    │   └── ServoError                    a servo
    ├── BackupError                       an archive or a folder that cannot be restored; nothing was taken from it
    ├── InstallationError                 a step of an installation that failed
    ├── RehearsalError                    a rehearsal asked for in a way that makes no sense
    ├── ArchiveError (OSError)            the archive of values cannot be read or written
    └── FeedError                         an answer that gives no readings; its text is the reason shown to people

Each carries a message that says what, where, what was expected and, where it can, a suggestion; those about documents carry it as a
`Message`, which the locale files word.
"""

from maquette.core.message import Message


class MaquetteError(Exception):
    """The root of all errors raised on purpose."""


class UnitError(MaquetteError, ValueError):
    """A quantity or a unit cannot be read, or two units measure different things.

    Attributes:
        message: what is wrong.
        hint: how to mend it, or None.
    """

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ColourError(MaquetteError, ValueError):
    """A colour is not written as ``#rrggbb``; its ``message`` says so."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class CalendarError(MaquetteError, ValueError):
    """A time, a day, a date or a moment cannot be read; ``message`` and ``hint`` as for `UnitError`."""

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ExpressionError(MaquetteError, ValueError):
    """An expression does not belong to the language.

    Attributes:
        message: what is wrong; its code is the problem's.
        column: zero-based offset of the fault in the text of the expression.
        hint: how to mend it, or None.
    """

    def __init__(self, message: Message, *, column: int = 0, hint: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.hint = hint

    @property
    def code(self) -> str:
        """The problem's stable code, such as ``E301``."""
        return self.message.code


class SeriesError(MaquetteError, ValueError):
    """A file of earlier values is not as it should be.

    Attributes:
        message: what is wrong, a part of a sentence.
        line: where, from 1.
        hint: how to mend it, or None.
    """

    def __init__(self, message: Message, *, line: int, hint: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


class RemoteError(MaquetteError):
    """The running model cannot be spoken to; ``message`` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class TrialError(MaquetteError):
    """Documents cannot be checked or played dry now.

    Attributes:
        code: a key of the locale files (``refused_<code>``).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AmendmentError(MaquetteError):
    """A document cannot be changed where it stands; ``message`` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class DeviceError(MaquetteError, OSError):
    """A device does not do what it should; ``message`` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class OutputError(DeviceError):
    """An LED output cannot be opened or written."""


class ServoError(DeviceError):
    """A servo cannot be opened or moved."""


class ArchiveError(MaquetteError, OSError):
    """The archive of values cannot be read or written.

    Attributes:
        damaged: True when the file is the trouble, not the disk: then it is of no more use.
    """

    def __init__(self, text: str, *, damaged: bool = False) -> None:
        super().__init__(text)
        self.damaged = damaged


class BackupError(MaquetteError):
    """An archive or a folder cannot be restored; its ``message`` says why. Nothing was taken from it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class InstallationError(MaquetteError):
    """A step of an installation failed; what came before it stays.

    Attributes:
        step: the step, as the plan prints it.
        reason: why, in the system's own words.
        back_to: the version that plays again in its place, or None.
    """

    def __init__(self, step: str, reason: str, *, back_to: str | None = None) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.back_to = back_to


class RehearsalError(MaquetteError):
    """A rehearsal or a retelling was asked for in a way that makes no sense; ``message`` and ``hint`` as for `UnitError`."""

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class FeedError(MaquetteError):
    """A feed's answer gives no readings; the text is the reason that people are shown.

    Attributes:
        code: a key of the locale files (``feed_problem_<code>``).
        retry_after_s: seconds that the provider asked us to wait, or None.
        told: what people are told instead of the code's own words, or None.
        of_host: True when the whole host seems to be in trouble, and not what was asked of it.
        changes: what the provider has changed, where that may be the reason; None where there was no answer to tell by.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after_s: float | None = None,
        told: Message | None = None,
        of_host: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s
        self.told = told
        self.of_host = of_host
        self.changes: tuple[Message, ...] | None = None
