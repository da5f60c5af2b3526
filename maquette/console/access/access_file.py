"""The access file: the key that signs sessions, and a PIN that was set at the model itself. Whoever plays may read it, nobody else.

All of it may be lost: then everybody signs in again, with the PIN of the documents.
"""

import json
import logging
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from maquette.ops.scrypt import is_of, is_record, record_of
from maquette.ops.state import write_atomically

NAME = "access.json"
"""Its name in the state folder."""
MODE = 0o600
_KEY_BYTES = 32

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file holds.

    Attributes:
        key: signs what browsers carry.
        pin: the record of the PIN that was set at the model, or None.
        instead_of: the record of the PIN of the documents that it replaces; None when they had none. Where they have another one
            since, theirs holds: whoever installs has the last word.
    """

    key: bytes
    pin: str | None = None
    instead_of: str | None = None

    def pin_instead_of(self, configured: str | None) -> str | None:
        """Return the PIN that holds: a record, or what the documents say. May take some tenths of a second."""
        if self.pin is None or (configured is None) != (self.instead_of is None):
            return configured
        if configured is None or self.instead_of is None or configured == self.instead_of:
            return self.pin
        return self.pin if is_of(configured, self.instead_of) else configured

    def with_pin(self, pin: str, configured: str | None) -> "Kept":
        """Return what holds once a PIN has been set; its record and that of the one it replaces are made, which takes a while."""
        replaced = configured if configured is None or is_record(configured) else record_of(configured)
        return replace(self, pin=record_of(pin), instead_of=replaced)


def new() -> Kept:
    """Return a new key and no PIN."""
    return Kept(secrets.token_bytes(_KEY_BYTES))


def load(path: Path) -> Kept:
    """Return what was kept; a new key, which is kept from now on, where there is none that can be read. Never raises."""
    kept, loose = None, False
    try:
        loose = bool(path.stat().st_mode & 0o077)  # as when it has been copied: others could read it
        kept = _read(path.read_text("utf-8"))
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        log.warning("the access file cannot be read; everybody signs in again path=%s problem=%s", path, error)
    if kept is None or loose:
        kept = kept or new()
        try:
            save(path, kept)
        except OSError as error:
            log.warning("the access file cannot be kept path=%s problem=%s", path, error.strerror or error)
    return kept


def save(path: Path, kept: Kept) -> None:
    """Keep it.

    Raises:
        OSError: the disk is full or read-only; what was kept is untouched.
    """
    told = {"maquette": 1, "key": kept.key.hex(), "pin": kept.pin, "instead_of": kept.instead_of}
    write_atomically(path, (json.dumps(told, indent=2) + "\n").encode(), mode=MODE)


def _read(text: str) -> Kept:
    told = json.loads(text)
    key = bytes.fromhex(str(told.get("key"))) if isinstance(told, dict) else b""
    if len(key) != _KEY_BYTES:
        raise ValueError("no key")
    pin, instead_of = (_record(told.get(name)) for name in ("pin", "instead_of"))
    return Kept(key, pin, instead_of)


def _record(told: object) -> str | None:
    if told is None or (isinstance(told, str) and is_record(told)):
        return told
    raise ValueError("no record")
