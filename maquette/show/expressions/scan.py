"""The signs of an expression, looked at one by one before the grammar: anything that is not of the language stops here, with a hint.

What comes out is safe for Python's own parser: one line, plain ASCII outside quotes, no comment, no escape, balanced brackets.
"""

import keyword
import re

from maquette.core.message import Message, message
from maquette.core.units import is_known_unit, meant_unit
from maquette.errors import ExpressionError

LONGEST = 500
"""Characters that an expression may have."""

DEEPEST = 40
"""Brackets that may be open at once, and levels that the tree may have."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<string>'[^'\x00-\x1f\x7f\\]*'|"[^"\x00-\x1f\x7f\\]*")
      | (?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>()\[\].,])""",
    re.VERBOSE,
)
_UNIT_WORD = re.compile(r"\s*([^\W\d_%][^\s()\[\]<>=!+*,'\"]*)")
_UNFINISHED = re.compile(r"([-+*/%<>=!.,]+)\s*\Z")
_ALLOWED_WORDS = frozenset({"and", "or", "not", "if", "else", "True", "False"})
_STRING_PREFIXES = frozenset({"r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"})
_CLOSING = {"(": ")", "[": "]"}

# What people write, and what it is here.
_STRAIGHT_QUOTES = message("straight_quotes", example="'1200 m³/s'")
_MEANT: dict[str, Message] = {
    "=": message("compare_with", written="=="),
    "&": message("write_this", written="and"),
    "|": message("write_this", written="or"),
    "!": message("write_this", written="not"),
    "≥": message("write_this", written=">="),
    "≤": message("write_this", written="<="),
    "≠": message("write_this", written="!="),
    "×": message("write_this", written="*"),
    "·": message("write_this", written="*"),
    "÷": message("write_this", written="/"),
    "−": message("write_this", written="-"),
    "–": message("write_this", written="-"),
    "^": message("write_power", written="**"),
    "²": message("write_this", written="** 2"),
    "?": message("write_choice"),
    "#": message("colour_beside"),
    "’": _STRAIGHT_QUOTES,
    "‘": _STRAIGHT_QUOTES,
    "“": _STRAIGHT_QUOTES,
    "”": _STRAIGHT_QUOTES,
    "«": _STRAIGHT_QUOTES,
    "»": _STRAIGHT_QUOTES,
    "'": message("quote_left_open"),
    '"': message("quote_left_open"),
    "\\": message("no_backslash"),
    ":": message("no_colon"),
    "{": message("no_braces"),
    "}": message("no_braces"),
}
_MEANT_WORDS: dict[str, Message] = {
    "is": message("write_this", written="=="),
    "in": message("compare_and_join"),
    "None": message("missing_by_itself"),
}


def scan(text: str) -> str:
    """Check every sign of an expression and return it on one line, each character in its place.

    Raises:
        ExpressionError: too long, a sign or word outside the language, unbalanced brackets.
    """
    if len(text) > LONGEST:
        raise ExpressionError(message("E303.length", limit=LONGEST), column=LONGEST)
    if not text.strip():
        raise ExpressionError(message("E301.empty"), hint=message("example", example="river.flow"))
    pieces: list[str] = []
    brackets: list[tuple[str, int]] = []
    previous: re.Match[str] | None = None
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _strange(text, at)
        _check_token(token, previous, brackets)
        pieces.append(" " * len(token[0]) if token.lastgroup == "space" else token[0])
        previous, at = token, token.end()
    if brackets:
        raise ExpressionError(message("E301.not_closed", sign=brackets[-1][0]), column=brackets[-1][1])
    _check_end(text)
    return "".join(pieces)


def _check_end(text: str) -> None:
    unfinished = _UNFINISHED.search(text)
    if unfinished:
        sign = unfinished[1]
        hint = message("quote_percentage") if sign == "%" else None
        raise ExpressionError(message("E301.unfinished", sign=sign), column=unfinished.start(), hint=hint)


def _check_token(token: re.Match[str], previous: re.Match[str] | None, brackets: list[tuple[str, int]]) -> None:
    match token.lastgroup:
        case "name":
            _check_name(token, previous)
        case "number":
            _check_number(token)
        case "string":
            _check_string(token, previous)
        case "sign":
            _check_bracket(token, brackets)


def _check_name(token: re.Match[str], previous: re.Match[str] | None) -> None:
    word, at = token[0], token.start()
    if previous is not None and previous.lastgroup == "number":
        raise ExpressionError(message("E301.number_or_name", written=f"{previous[0]}{word}"), column=previous.start())
    if keyword.iskeyword(word) and word not in _ALLOWED_WORDS:
        hint = _MEANT_WORDS.get(word, message("name_them_otherwise"))
        raise ExpressionError(message("E302.word", word=word), column=at, hint=hint)


def _check_number(token: re.Match[str]) -> None:
    if token[0].isdigit() and token[0].startswith("0") and len(token[0]) > 1:
        hint = message("quote_code", written=token[0])
        raise ExpressionError(message("E301.zero", number=token[0]), column=token.start(), hint=hint)
    following = _UNIT_WORD.match(token.string, token.end())
    if following is None or keyword.iskeyword(following[1]):
        return
    unit = following[1]
    meant = unit if is_known_unit(unit) else meant_unit(unit)
    if meant is not None:
        raise ExpressionError(
            message("E310.unquoted", quantity=f"{token[0]} {unit}"),
            column=token.start(),
            hint=message("write_quoted", written=f"{token[0]} {meant}"),
        )


def _check_string(token: re.Match[str], previous: re.Match[str] | None) -> None:
    at = token.start()
    before = _last_before(token.string, at)
    if before is not None and before in "'\"":
        raise ExpressionError(message("E301.two_texts"), column=at, hint=message("remove_or_join"))
    if previous is not None and previous.lastgroup == "name" and previous[0].lower() in _STRING_PREFIXES:
        raise ExpressionError(message("E301.before_quote", word=previous[0]), column=previous.start())
    try:
        token[0].encode()
    except UnicodeEncodeError:
        raise ExpressionError(message("E301.no_character"), column=at) from None


def _last_before(text: str, at: int) -> str | None:
    before = text[:at].rstrip()
    return before[-1] if before else None


def _check_bracket(token: re.Match[str], brackets: list[tuple[str, int]]) -> None:
    sign, at = token[0], token.start()
    if sign in _CLOSING:
        brackets.append((sign, at))
        if len(brackets) > DEEPEST:
            raise ExpressionError(message("E303.brackets", limit=DEEPEST), column=at)
    elif sign in ")]" and (not brackets or _CLOSING[brackets.pop()[0]] != sign):
        raise ExpressionError(message("E301.not_opened", sign=sign), column=at)


def _strange(text: str, at: int) -> ExpressionError:
    sign = text[at]
    if sign.isalpha():
        return ExpressionError(message("E301.letter", sign=sign), column=at, hint=message("plain_letters"))
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return ExpressionError(message("E301.sign", sign=shown), column=at, hint=_MEANT.get(sign))
