"""Lines of natural French YAML, mended: quotes where a text needs them, points for decimal commas, true spaces."""

import re

import yaml

from maquette.config.tree import split_lines

_LEAD = re.compile(r"^([ \u00a0\t]*(?:-[ \u00a0]+)*)(.*)$", re.DOTALL)
_ENTRY = re.compile(r"^([A-Za-z_][\w-]*|\"[^\"]*\")[ \u00a0]*:(?:[ \u00a0]+|$)(.*)$", re.DOTALL)
_CRAMPED = re.compile(r"^([A-Za-z_][\w-]*):([^\s:/].*)$", re.DOTALL)
_FLOW_KEY = re.compile(r"\s*([A-Za-z_][\w-]*|\"[^\"]*\")\s*:(?=\s)")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")
_DECIMAL = re.compile(r"^\s*[+-]?\d+(?:,\d+)?(?:\s*[^\s\d,][^\s,]*)?\s*$")
_NEEDS_QUOTES = re.compile(r"[,\[\]{}?]|:(?:\s|$)|\s#|^[#&*!|>@`%'\"]|^-(?:\s|$)")
_NEEDS_QUOTES_IN_BLOCK = re.compile(r":(?:\s|$)|\s#|^[#&*!|>@`%'\"\[\]{},]|^[-?](?:\s|$)")
_LONGEST = 400
_PAIRS = {"{": "}", "[": "]"}


def mend(line: str) -> str | None:
    """Return a line, without its indentation, so that YAML reads what was meant; None when it is well or nothing simple helps."""
    if len(line) > _LONGEST:
        return None
    lead, rest = _LEAD.match(line.rstrip()).groups()  # type: ignore[union-attr]  # it matches any line
    mended = (lead + _mend_entry(rest)).replace("\u00a0", " ", lead.count("\u00a0")).strip().expandtabs(2)
    if mended == line.strip() or len(mended) > _LONGEST or not _reads(mended):
        return None
    return mended


def _mend_entry(text: str) -> str:
    entry = _ENTRY.match(text)
    if entry:
        return f"{entry[1]}: {_mend_value(entry[2])}"
    cramped = _CRAMPED.match(text)
    if cramped and not text.startswith(("http:", "https:")):
        return f"{cramped[1]}: {_mend_value(cramped[2])}"
    return _mend_value(text)


def _mend_value(text: str) -> str:
    if text[:1] in _PAIRS:
        return _mend_collection(text)
    if text[:1] == "#" and not _COLOUR.match(text):
        return text
    colour = _COLOUR.match(text)
    if colour:
        return f'"{colour[0]}"{text[colour.end() :]}'
    value, comment = _split_comment(text)
    return (quoted(value) if _NEEDS_QUOTES_IN_BLOCK.search(value) and not _is_quoted(value) else value) + comment


def _split_comment(text: str) -> tuple[str, str]:
    at = re.search(r"\s+#\s", text)
    return (text[: at.start()], text[at.start() :]) if at and text[:1] not in "'\"" else (text, "")


def _mend_collection(text: str) -> str:
    last = text.rfind(_PAIRS[text[0]])
    if last < 0:
        return text
    body, after = text[: last + 1], text[last + 1 :]
    if after.strip() and not after.lstrip().startswith("#"):
        return quoted(text)  # "{max(air.index)} est le plus haut": the brace is the text's own
    if text[0] == "[":
        return _mend_list(body) + after
    starts = _entry_starts(body)
    if not starts:
        return text
    entries = []
    for (key, begin, _), end in zip(starts, [at for _, _, at in starts[1:]] + [len(body) - 1], strict=True):
        value = body[begin:end].strip().removesuffix(",").rstrip()
        entries.append(f"{key}: {_mend_flow_value(value)}")
    return "{" + ", ".join(entries) + "}" + after


def _mend_flow_value(text: str) -> str:
    if text[:1] in _PAIRS and text.endswith(_PAIRS[text[0]]):
        return _mend_collection(text)
    if "," in text and _DECIMAL.match(text):
        return text.replace(",", ".")
    return quoted(text) if text and _NEEDS_QUOTES.search(text) and not _is_quoted(text) else text


def _mend_list(body: str) -> str:
    decimals = mend_decimals(body)
    if decimals:
        return decimals
    items = _split_items(body[1:-1])
    return "[" + ", ".join(_mend_flow_value(item.strip()) for item in items) + "]"


def mend_decimals(written: str) -> str | None:
    """Return a list of numbers with points for decimal commas, or None when it has none.

    >>> mend_decimals("[0,05, 1,5]")
    '[0.05, 1.5]'
    """
    items = re.split(r",\s+", written.strip()[1:-1])
    if len(items) < 2 or not any("," in item for item in items) or not all(_DECIMAL.match(item) for item in items):
        return None
    return "[" + ", ".join(item.strip().replace(",", ".") for item in items) + "]"


def _entry_starts(body: str) -> list[tuple[str, int, int]]:
    """Return key, where its value begins and where the entry begins, for each entry of ``{…}`` that is not inside another."""
    starts, depth, at, may_begin = list[tuple[str, int, int]](), 0, 1, True
    while at < len(body) - 1:
        key = _FLOW_KEY.match(body, at) if may_begin and depth == 0 else None
        if key:
            starts.append((key[1], key.end(), at))
            at = _skip_quoted(body, key.end())
        else:
            depth = max(0, depth + (body[at] in "{[") - (body[at] in "}]"))
            at += 1
        may_begin = body[at - 1] == ","
    return starts


def _skip_quoted(body: str, at: int) -> int:
    begin = at + len(body[at:]) - len(body[at:].lstrip())
    if body[begin : begin + 1] in ("'", '"'):
        close = re.compile(re.escape(body[begin]) + r"\s*(?=[,}])").search(body, begin + 1)
        return close.end() if close else at
    return at


def _split_items(text: str) -> list[str]:
    items, depth, begin = list[str](), 0, 0
    for at, character in enumerate(text):
        depth += (character in "{[(") - (character in "}])")
        if character == "," and depth == 0:
            items.append(text[begin:at])
            begin = at + 1
    return [*items, text[begin:]]


def _is_quoted(text: str) -> bool:
    if len(text) < 2 or text[0] not in "'\"" or text[-1] != text[0]:
        return False
    inner = text[1:-1]
    return "'" not in inner.replace("''", "") if text[0] == "'" else '"' not in re.sub(r"\\.", "", inner)


def quoted(text: str) -> str:
    """Return a text in quotes: double ones where they need no escape, else single ones.

    >>> print(quoted("L'air, que…"))
    "L'air, que…"
    """
    inner = text
    if len(text) > 1 and text[0] in "'\"":
        inner = text[1:-1] if text[-1] == text[0] else text[1:]
    if '"' in inner or "\\" in inner:
        return "'" + inner.replace("'", "''") + "'"
    return f'"{inner}"'


def _reads(line: str) -> bool:
    if len(split_lines(line)) > 1:
        return False
    try:
        events = list(yaml.parse(line, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        return False
    return not any(isinstance(event, yaml.ScalarEvent) and not event.value and not event.style for event in events)
