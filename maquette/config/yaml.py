"""Our YAML loader: bytes of a file in, a tree with marks out, or the problems. YAML 1.2 core schema on PyYAML's parsers."""

import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

import yaml

from maquette.config.composer import Composer, RefusedError
from maquette.config.problems import Problem, hint, problem
from maquette.config.syntax import explain
from maquette.config.tree import Mark, Node, Source, split_lines

MOST_BYTES = 1_000_000
MOST_PROBLEMS = 50
"""Faults of one document that are told at once; after so many, nobody reads on."""
# Above this the slow parser, which words errors better, would keep people waiting.
_MOST_CHARACTERS_READ_AGAIN = 100_000
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
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
            size = path.stat().st_size if len(raw) > MOST_BYTES else len(raw)
    except OSError as error:
        return None, (problem(file, Mark(1, 1), "E001", reason=(error.strerror or str(error)).lower()),)
    if len(raw) > MOST_BYTES:
        limit = f"{MOST_BYTES / 1e6:.0f} MB"
        return None, (problem(file, Mark(1, 1), "E003", size=f"{max(size, MOST_BYTES + 1) / 1e6:.1f} MB", limit=limit),)
    return read_bytes(raw, file)


def read_bytes(raw: bytes, file: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """Read a document from its bytes; as `read_file`."""
    warnings: tuple[Problem, ...] = ()
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return None, (problem(file, Mark(1, 1), "E004", hint=hint("save_utf8"), reason="it is UTF-16"),)
    body = raw
    if raw.startswith(BOM_UTF8):
        body = raw[len(BOM_UTF8) :]
        warnings = (problem(file, Mark(1, 1), "W001", hint=hint("save_utf8_bare")),)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        mark = _mark_after(body[: error.start].decode("utf-8", "replace"))
        reason = f"byte 0x{body[error.start]:02x}"
        return None, (problem(file, mark, "E004", hint=hint("save_utf8"), reason=reason),)
    invisible = _invisible(text, file)
    if invisible:
        return None, (*warnings, *invisible)
    root, problems = _compose(text, file)
    if root is None:
        return None, (*warnings, *problems)
    return Source(file, text, root, raw), warnings


def read_text(text: str, file: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """Read a document from a text; as `read_file`."""
    return read_bytes(text.encode("utf-8", "surrogatepass"), file)


def _compose(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    composer = Composer(file, text)
    try:
        root = composer.compose(yaml.parse(text, Loader=_FAST))
    except RefusedError as refused:
        return None, (*composer.problems[:MOST_PROBLEMS], refused.problem)
    except yaml.YAMLError as error:
        return None, (*composer.problems[:MOST_PROBLEMS], explain(_better_worded(error, text, file), text, file))
    if root.entries is None and not composer.problems:
        return None, (problem(file, root.start, "E015"),)
    return (None if composer.problems else root), tuple(composer.problems[:MOST_PROBLEMS])


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
    for at, character in enumerate(text):
        if character >= " " and character < "\x7f":
            continue
        if _is_invisible(character):
            name = unicodedata.name(character, "")
            shown = f"U+{ord(character):04X}" + (f" ({name.lower()})" if name else "")
            return (problem(file, _mark_after(text[:at]), "E005", hint=hint("remove"), character=shown),)
    return ()


def _is_invisible(character: str) -> bool:
    if character in "\t\n\r":
        return False
    code = ord(character)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or code in (0x2028, 0x2029, 0xFEFF)
        or (code & 0xFFFE) == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )


def _mark_after(text: str) -> Mark:
    lines = split_lines(text)
    return Mark(len(lines), len(lines[-1]) + 1)
