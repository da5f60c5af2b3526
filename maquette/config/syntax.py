"""What a YAML parser complains about, in our words: the place that people must mend, and the line mended."""

import re

import yaml

from maquette.config.composer import write_mended
from maquette.config.problems import Problem, problem
from maquette.config.tree import Mark, split_lines
from maquette.core.message import Argument, Message, message

_LOST_COLOUR = re.compile(r"(?:[:,\[{-]\s+|\[)(#[0-9a-fA-F]{3,8})\b")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_CRAMPED_KEY = re.compile(r"^[\s\u00a0-]*[A-Za-z_][\w-]*:(?=\S|\u00a0)")
_KEY = re.compile(r"^[\s-]*(?:[\w.-]+|\"[^\"]*\"|'[^']*')\s*:\s")
_TEXT_BELOW = re.compile(r"^([\s-]*)[\w.-]+:\s+[|>][-+0-9]*\s*$")
_ENTRY = re.compile(r"^\s*(?:-\s|[\w.-]+:\s)")
# What the parser says in its own jargon, and what people are told instead.
_MEANT = {
    "sequence entries are not allowed here": "E020.list",
    "mapping keys are not allowed here": "E020.key",
    "expected a comment or a line break": "E020.next_line",
    "expected chomping or indentation indicators": "E020.next_line",
    "<block end>": "E020.stray",
    "expected block end": "E020.stray",
}


def explain(error: yaml.YAMLError, text: str, file: str, quoted: tuple[Mark, Mark] | None = None) -> Problem:
    """Return the problem that a parser's error tells of.

    Args:
        error: what the parser raised.
        text: the document.
        file: its name as people are shown it.
        quoted: where the last text in quotes over several lines begins and ends, if there is one before the fault.
    """
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return problem(file, Mark(1, 1), "E020", said=str(error))
    return _Explanation(error, split_lines(text), file, quoted).explain()


class _Explanation:
    def __init__(
        self, error: yaml.MarkedYAMLError, lines: list[str], file: str, quoted: tuple[Mark, Mark] | None
    ) -> None:
        assert error.problem_mark is not None
        self._file, self._lines, self._quoted = file, lines, quoted
        self._context, self._said = error.context or "", error.problem or ""
        self._at = Mark(error.problem_mark.line + 1, error.problem_mark.column + 1)
        opened = error.context_mark
        self._opened = Mark(opened.line + 1, opened.column + 1) if opened else self._at
        self._line = self._line_at(self._at)
        self._character = self._line[self._at.column - 1 : self._at.column]

    def explain(self) -> Problem:
        found = self._indentation() or self._quote_left_open() or self._text_beside_its_key()
        if found:
            return found
        if "<document start>" in self._said:
            return self._misaligned()
        if "escape" in self._said:
            return self._problem("E030", self._at, message("backslash"))
        if "quoted scalar" in self._context:
            return self._problem("E027.quote", self._opened, self._mended(self._opened) or message("close_quote"))
        if "flow" in self._context:
            return self._flow()
        if "mapping values" in self._said:
            return self._stray_colon()
        if "cannot start any token" in self._said:
            return self._problem("E028", self._at, self._mended(self._at), character=self._character)
        if any(word in self._context for word in ("an alias", "an anchor", "a directive", "a tag")):
            first = self._line_at(self._opened)[self._opened.column - 1 : self._opened.column]
            return self._problem("E028", self._opened, self._mended(self._opened), character=first)
        if "simple key" in self._context:
            return self._stray_text()
        if "block" in self._context and "scalar" not in self._context:
            return self._block()
        return self._jargon()

    def _indentation(self) -> Problem | None:
        """A tab or a space that only looks like one; the fault may show some lines further down."""
        for line in (self._at.line, self._opened.line, *range(self._at.line - 1, self._at.line - 6, -1)):
            text = self._line_at(Mark(line, 1))
            for at, character in enumerate(text[: len(text) - len(text.lstrip())], start=1):
                if character != " ":
                    key = "E006.tab" if character == "\t" else "E006.space"
                    return self._problem(key, Mark(line, at), message("spaces"))
        return None

    def _quote_left_open(self) -> Problem | None:
        """A quote that another one further down closes: what lies between looks like entries of its own."""
        if self._quoted is None or not self._at.line - 1 <= self._quoted[1].line <= self._at.line:
            return None
        begin, end = self._quoted
        if not any(_ENTRY.match(line) for line in self._lines[begin.line : end.line]):
            return None
        return self._problem("E027.quote", begin, self._mended(begin) or message("close_quote"))

    def _text_beside_its_key(self) -> Problem | None:
        """A block of text that does not stand further to the right than its key, and is read as if it were keys."""
        for number in range(self._at.line - 1, 0, -1):
            header = _TEXT_BELOW.match(self._lines[number - 1])
            between = [line for line in self._lines[number : self._at.line] if line.strip()]
            if header and all(_indentation(line) == len(header[1]) for line in between):
                prose = not _ENTRY.match(between[0])
                advice = message("indent_text", line=number)
                return self._problem("E020.beside", Mark(number, len(header[1]) + 1), advice) if prose else None
            if header or not between or _ENTRY.match(between[0]):
                return None
        return None

    def _flow(self) -> Problem:
        if self._line_at(self._opened)[self._opened.column - 1 : self._opened.column] not in ("{", "["):
            self._opened = self._last_bracket()
        for number in range(self._opened.line, self._at.line + 1):
            colour = _LOST_COLOUR.search(self._line_at(Mark(number, 1)))
            if colour:
                mark = Mark(number, colour.start(1) + 1)
                return self._problem("E024", mark, self._mended(mark))
        bracket = self._line_at(self._opened)[self._opened.column - 1 : self._opened.column]
        key, closing = ("E027.list", "]") if bracket == "[" else ("E027.mapping", "}")
        if self._at.line > self._opened.line or self._at.column > len(self._line) or self._character in "}]":
            mended = self._mended(self._opened)
            return self._problem(key, self._opened, mended or message("close", closing=closing))
        advice = self._mended(self._at)
        if self._character == ":":
            return self._problem("E021", self._at, advice or message("quote_text", sign=": "))
        if self._character == "?":
            return self._problem("E023", self._at, advice or message("quote_text", sign="?"))
        if self._character in "'\"":
            return self._problem("E025", self._quote_end(), advice)
        advice = advice or message("quote_text", sign=self._character)
        return self._problem("E029", self._at, advice, character=self._character)

    def _stray_colon(self) -> Problem:
        before = self._line[: self._at.column - 1]
        if _KEY.match(before + " ") or ": " in before:
            folded = self._goes_on() and re.match(r"[\s-]*([\w.-]+):\s", before)
            advice = message("fold", key=folded[1]) if folded else self._mended(self._at)
            return self._problem("E021", self._at, advice or message("quote_text", sign=": "))
        above = self._line_above()
        if above and before[-1:].isspace():  # "word :", as French text has it; a key is written without the space
            key = re.match(r"[\s-]*([\w.-]+):\s+\S", self._line_at(above))
            return self._problem(
                "E021", self._at, message("fold", key=key[1]) if key else message("quote_text", sign=": ")
            )
        if above and _CRAMPED_KEY.match(self._line_at(above)):
            return self._cramped(above)
        return self._misaligned()

    def _block(self) -> Problem:
        before = self._line[: self._at.column - 1].rstrip()
        if before.endswith(("'", '"')) and len(before) > 1:
            return self._problem("E025", self._quote_end(), self._mended(self._at))
        if not before.strip(" -"):
            return self._misaligned()
        return self._jargon()

    def _misaligned(self) -> Problem:
        """A line between two indentations: the fault may as well be in one of the lines above that it should line up with."""
        here = _indentation(self._line)
        above = [number for number in range(1, self._at.line) if _says_something(self._lines[number - 1])]
        outer = next((number for number in reversed(above) if _indentation(self._lines[number - 1]) < here), 0)
        inner = next((number for number in above if number > outer), None)
        place = self._first_character()
        if not outer or inner is None:
            return self._problem("E026", place, message("line_up"), line=outer or inner or 1)
        return self._problem("E026.neither", place, message("line_up"), outer=outer, inner=inner)

    def _stray_text(self) -> Problem:
        """A text stands where a key should, and goes on with the next line."""
        if _CRAMPED_KEY.match(self._line_at(self._opened)):
            return self._cramped(self._opened)
        advice = self._mended(self._opened)
        return self._problem("E020.no_value", self._opened, advice)

    def _cramped(self, mark: Mark) -> Problem:
        colon = self._line_at(mark).index(":") + 2
        return self._problem("E020.no_space", Mark(mark.line, colon), self._mended(mark))

    def _last_bracket(self) -> Mark:
        """Return where the last bracket stands that is still open at the fault; quotes are not minded."""
        opened = list[Mark]()
        for number in range(1, self._at.line + 1):
            line = self._line_at(Mark(number, 1))
            read = line if number < self._at.line else line[: self._at.column - 1]
            for column, sign in enumerate(_COMMENT.sub("", read), start=1):
                if sign in "{[":
                    opened.append(Mark(number, column))
                elif sign in "}]" and opened:
                    opened.pop()
        return opened[-1] if opened else self._opened

    def _quote_end(self) -> Mark:
        return Mark(self._at.line, max(1, len(self._line[: self._at.column - 1].rstrip())))

    def _first_character(self) -> Mark:
        return Mark(self._at.line, _indentation(self._line) + 1)

    def _line_above(self) -> Mark | None:
        above = (number for number in range(self._at.line - 1, 0, -1) if _says_something(self._lines[number - 1]))
        return next((Mark(number, 1) for number in above), None)

    def _line_at(self, mark: Mark) -> str:
        return self._lines[mark.line - 1] if 0 < mark.line <= len(self._lines) else ""

    def _mended(self, mark: Mark) -> Message | None:
        return write_mended(self._line_at(mark))

    def _goes_on(self) -> bool:
        """Whether the text on the line of the fault goes on below it."""
        below = self._line_at(Mark(self._at.line + 1, 1))
        deeper = _indentation(below) > _indentation(self._line)
        return deeper and bool(below.strip()) and not _KEY.match(below)

    def _jargon(self) -> Problem:
        said = " ".join(filter(None, [self._context, self._said]))
        meant = next((key for jargon, key in _MEANT.items() if jargon in said), None)
        if meant is not None:
            return self._problem(meant, self._at, self._mended(self._at))
        return self._problem("E020", self._at, self._mended(self._at), said=said)

    def _problem(self, key: str, mark: Mark, advice: Message | None, **arguments: Argument) -> Problem:
        return problem(self._file, mark, key, hint=advice, **arguments)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
