"""Our YAML loader: bytes of a file in, a tree with marks out, or the problems. YAML 1.2 core schema on PyYAML's parsers."""

import errno
import re
import stat
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

import yaml

from maquette.config.composer import Composer, RefusedError
from maquette.config.problems import Problem, problem, with_lines
from maquette.config.syntax import explain
from maquette.config.tree import Mark, Node, Source, split_lines
from maquette.core.message import Message, message

MOST_BYTES = 1_000_000
MOST_PROBLEMS = 50
"""Faults of one document that are told at once; after so many, nobody reads on."""
# Above this the slow parser, which words errors better, would keep people waiting.
_MOST_CHARACTERS_READ_AGAIN = 100_000
# Controls, line and paragraph separators, byte order marks, and the code points that are no characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_REASONS = {
    errno.ENOENT: message("no_such_file"),
    errno.ENOTDIR: message("no_such_file"),
    errno.EISDIR: message("a_folder"),
    errno.EACCES: message("not_permitted"),
    errno.EPERM: message("not_permitted"),
    errno.ENAMETOOLONG: message("no_such_name"),
    errno.ELOOP: message("endless_links"),
    errno.EIO: message("disk_error"),
    errno.ENOSPC: message("disk_full"),
    errno.EDQUOT: message("disk_full"),
    errno.EROFS: message("disk_read_only"),
}
_FAST: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_file(path: Path, file: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """Read a document from disk.

    Args:
        path: where it is.
        file: its name as people are shown it.

    Returns:
        The document, or None when it has errors; and its problems.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a named pipe would keep us waiting for ever
            reason = message("a_folder") if stat.S_ISDIR(status.st_mode) else message("no_plain_file")
            return None, (problem(file, Mark(1, 1), "E001", reason=reason),)
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        return None, (problem(file, Mark(1, 1), "E001", reason=reason_of(error)),)
    if len(raw) > MOST_BYTES:
        size, limit = f"{max(status.st_size, MOST_BYTES + 1) / 1e6:.1f}", f"{MOST_BYTES / 1e6:.0f}"
        return None, (problem(file, Mark(1, 1), "E003", size=size, limit=limit),)
    return read_bytes(raw, file)


def reason_of(error: Exception) -> Message:
    """Return why a file cannot be read or written."""
    if not isinstance(error, OSError):
        return message("no_text") if isinstance(error, UnicodeDecodeError) else message("no_such_name")
    return _REASONS.get(error.errno or 0, message("system_error", name=errno.errorcode.get(error.errno or 0, "?")))


def read_bytes(raw: bytes, file: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """Read a document from its bytes; as `read_file`."""
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return None, (problem(file, Mark(1, 1), "E004", hint=message("save_utf8"), reason=message("utf_16")),)
    body = raw.removeprefix(BOM_UTF8)
    text = body.decode("utf-8", "replace")
    lines = split_lines(text)
    problems = _not_utf8(body, file) or _invisible(text, file)
    root = None
    if not problems:
        root, problems = _compose(text, file)
    if len(body) < len(raw):
        problems = (problem(file, Mark(1, 1), "W001", hint=message("save_utf8_bare")), *problems)
    return None if root is None else Source(file, lines, root, raw), with_lines(problems, lines)


def read_text(text: str, file: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """Read a document from a text; as `read_file`."""
    return read_bytes(text.encode("utf-8", "surrogatepass"), file)


def _not_utf8(body: bytes, file: str) -> tuple[Problem, ...]:
    """Return a problem for the first byte that is not UTF-8, and what it would be as old editors write it."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    else:
        return ()
    try:
        meant = body.decode("cp1252")
    except UnicodeDecodeError:
        meant = ""
    reason = message("byte", value=f"0x{body[at]:02x}")
    if meant and all(character.isprintable() or character in "\t\r\n\u00a0" for character in meant):
        reason = message("windows_1252", character=meant[at])
    mark = _mark_after(body[:at].decode("utf-8"))
    return (problem(file, mark, "E004", hint=message("save_utf8"), reason=reason),)


def _compose(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    composer = Composer(file, text)
    try:
        root = composer.compose(yaml.parse(text, Loader=_FAST))
    except RefusedError as refused:
        return None, _told(composer.problems, refused.problem)
    except yaml.YAMLError as error:
        last = explain(_better_worded(error, text, file), text, file, composer.quoted)
        return None, _told(composer.problems, last)
    if root.entries is None and not composer.problems:
        return None, (problem(file, root.start, "E015"),)
    return (None if composer.problems else root), _told(composer.problems)


def _told(found: list[Problem], last: Problem | None = None) -> tuple[Problem, ...]:
    """Return the faults that are worth telling: one for a line that one hint mends, and none that only follows from the last one."""
    if last is not None:
        found = [p for p in found if p.line != last.line or p.column < last.column]
    kept: dict[tuple[int, Message | int], Problem] = {}
    for each in [*found[:MOST_PROBLEMS], *([last] if last is not None else [])]:
        kept.setdefault((each.line, each.hint if each.hint and each.code != "E007" else each.column), each)
    return tuple(kept.values())


def _better_worded(error: yaml.YAMLError, text: str, file: str) -> yaml.YAMLError:
    """Return what the slow parser says of the same fault, or the same error when it has nothing to say."""
    if len(text) > _MOST_CHARACTERS_READ_AGAIN:
        return error
    try:
        Composer(file, text).compose(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as better:
        return better
    except RefusedError:
        pass
    return error


def _invisible(text: str, file: str) -> tuple[Problem, ...]:
    """Return a problem for the first character that nobody can see and that parsers disagree about."""
    found = _INVISIBLE.search(text)
    if found is None:
        return ()
    name = unicodedata.name(found[0], "")
    shown = f"U+{ord(found[0]):04X}" + (f" ({name.lower()})" if name else "")
    return (problem(file, _mark_after(text[: found.start()]), "E005", hint=message("remove"), character=shown),)


def _mark_after(text: str) -> Mark:
    lines = split_lines(text)
    return Mark(len(lines), len(lines[-1]) + 1)
