"""The signs of an expression, looked at one by one before the grammar: anything that is not of the language stops here, with a hint.

What comes out is safe for Python's own parser: one line, plain ASCII outside quotes, no comment, no escape, balanced brackets.
"""

import keyword
import re

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
_MEANT = {
    "=": "write '==' to compare",
    "&": "write 'and'",
    "|": "write 'or'",
    "!": "write 'not'",
    "≥": "write '>='",
    "≤": "write '<='",
    "≠": "write '!='",
    "×": "write '*'",
    "·": "write '*'",
    "÷": "write '/'",
    "−": "write '-'",
    "–": "write '-'",
    "^": "write '**' for a power",
    "²": "write '** 2'",
    "?": "write 'a if condition else b'",
    "#": "put a colour beside the expression, not in it",
    "’": "write straight quotes: '1200 m³/s'",
    "‘": "write straight quotes: '1200 m³/s'",
    "“": "write straight quotes: '1200 m³/s'",
    "”": "write straight quotes: '1200 m³/s'",
    "«": "write straight quotes: '1200 m³/s'",
    "»": "write straight quotes: '1200 m³/s'",
    "'": "this quote is never closed",
    '"': "this quote is never closed",
    "\\": "nothing needs a backslash here",
    ":": "an expression has no colon",
    "{": "an expression has no braces",
    "}": "an expression has no braces",
}
_MEANT_WORDS = {
    "is": "write '=='",
    "in": "compare with '==' and join with 'or'",
    "None": "a missing value makes a missing result by itself",
}


def scan(text: str) -> str:
    """Check every sign of an expression and return it on one line, each character in its place.

    Raises:
        ExpressionError: too long, a sign or word outside the language, unbalanced brackets.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression has at most {LONGEST} characters", column=LONGEST, code="E303")
    if not text.strip():
        raise ExpressionError("the expression is empty", hint="write for example river.flow")
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
        raise ExpressionError(f"'{brackets[-1][0]}' is never closed", column=brackets[-1][1])
    _check_end(text)
    return "".join(pieces)


def _check_end(text: str) -> None:
    unfinished = _UNFINISHED.search(text)
    if unfinished:
        sign = unfinished[1]
        hint = "write a percentage in quotes, such as '80 %'" if sign == "%" else None
        raise ExpressionError(f"something is missing after '{sign}'", column=unfinished.start(), hint=hint)


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
        raise ExpressionError(f"'{previous[0]}{word}' is neither a number nor a name", column=previous.start())
    if keyword.iskeyword(word) and word not in _ALLOWED_WORDS:
        hint = _MEANT_WORDS.get(word, "feeds and values with this name need another one")
        raise ExpressionError(f"'{word}' is not a word of expressions", column=at, hint=hint, code="E302")


def _check_number(token: re.Match[str]) -> None:
    if token[0].isdigit() and token[0].startswith("0") and len(token[0]) > 1:
        hint = f"a code stands in quotes: '{token[0]}'"
        raise ExpressionError(f"the number {token[0]} begins with a zero", column=token.start(), hint=hint)
    following = _UNIT_WORD.match(token.string, token.end())
    if following is None or keyword.iskeyword(following[1]):
        return
    unit = following[1]
    meant = unit if is_known_unit(unit) else meant_unit(unit)
    if meant is not None:
        raise ExpressionError(
            f"the quantity {token[0]} {unit} is not in quotes",
            column=token.start(),
            hint=f"write '{token[0]} {meant}', in quotes",
            code="E310",
        )


def _check_string(token: re.Match[str], previous: re.Match[str] | None) -> None:
    at = token.start()
    before = _last_before(token.string, at)
    if before is not None and before in "'\"":
        raise ExpressionError("two texts stand side by side", column=at, hint="remove one, or put a sign between them")
    if previous is not None and previous.lastgroup == "name" and previous[0].lower() in _STRING_PREFIXES:
        raise ExpressionError(f"'{previous[0]}' may not stand before a quote", column=previous.start())
    try:
        token[0].encode()
    except UnicodeEncodeError:
        raise ExpressionError("a character of this text does not exist", column=at) from None


def _last_before(text: str, at: int) -> str | None:
    before = text[:at].rstrip()
    return before[-1] if before else None


def _check_bracket(token: re.Match[str], brackets: list[tuple[str, int]]) -> None:
    sign, at = token[0], token.start()
    if sign in _CLOSING:
        brackets.append((sign, at))
        if len(brackets) > DEEPEST:
            raise ExpressionError(f"more than {DEEPEST} brackets are open at once", column=at, code="E303")
    elif sign in ")]" and (not brackets or _CLOSING[brackets.pop()[0]] != sign):
        raise ExpressionError(f"nothing was opened that '{sign}' closes", column=at)


def _strange(text: str, at: int) -> ExpressionError:
    sign = text[at]
    if sign.isalpha():
        hint = "names are plain letters without accents, digits and '_'"
        return ExpressionError(f"'{sign}' may not stand in a name", column=at, hint=hint)
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return ExpressionError(f"'{shown}' is not a sign of expressions", column=at, hint=_MEANT.get(sign))
