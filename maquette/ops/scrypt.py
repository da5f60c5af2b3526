"""Scrypt: what is kept of a PIN or a password, from which neither can be read. Texts go in, records come out.

A record is one word, ``scrypt:16384:8:1:SALT:HASH``: its cost stands in it, so that a dearer one can come without a change of format.
A PIN of six digits that somebody has stolen the record of is found within a day whatever it costs: the record is a secret too.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

_N, _R, _P = 2**14, 8, 1
"""16 MB and about 50 ms of an x86 core, half a second on an old Pi."""
_DEAREST = 2**17 * 8
"""The cost (N × r) of a foreign record up to which it is believed: 128 MB."""
_BYTES = 32


def record_of(text: str, salt: bytes | None = None) -> str:
    """Return the record of a PIN or a password; ``salt`` is drawn unless it is given. Takes some tenths of a second: never on a loop."""
    salt = secrets.token_bytes(16) if salt is None else salt
    return f"scrypt:{_N}:{_R}:{_P}:{_written(salt)}:{_written(_hash(text, salt, _N, _R, _P))}"


def is_record(text: str) -> bool:
    """Tell whether a text is a record that can be compared with."""
    return _read(text) is not None


def is_of(text: str, record: str) -> bool:
    """Tell whether a record is that of a text, in a time that does not tell where they differ; never for what is no record.

    Takes some tenths of a second: never on a loop.
    """
    read = _read(record)
    if read is None:
        return False
    n, r, p, salt, expected = read
    return hmac.compare_digest(_hash(text, salt, n, r, p), expected)


def _hash(text: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(text.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=_BYTES)


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(record: str) -> tuple[int, int, int, bytes, bytes] | None:
    parts = record.split(":")
    if len(parts) != 6 or parts[0] != "scrypt":
        return None
    try:
        n, r, p = (int(part) for part in parts[1:4])
        salt, expected = (base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True) for part in parts[4:])
    except (ValueError, binascii.Error):
        return None
    sane = n >= 2 and n & (n - 1) == 0 and r > 0 and 0 < p <= 16 and n * r <= _DEAREST
    return (n, r, p, salt, expected) if sane and salt and len(expected) == _BYTES else None
