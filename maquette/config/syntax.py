"""What a YAML parser complains about, in our words: the place that people must mend, and the line mended."""

import re

import yaml

from maquette.config.composer import write_mended
from maquette.config.problems import Problem, hint, problem
from maquette.config.tree import Mark, split_lines

_LOST_COLOUR = re.compile(r"(?:[:,\[{-]\s+|\[)(#[0-9a-fA-F]{3,8})\b")
_CRAMPED_KEY = re.compile(r"^[\s\u00a0-]*[A-Za-z_][\w-]*:(?=\S|\u00a0)")
_KEY = re.compile(r"^[\s-]*(?:[\w.-]+|\"[^\"]*\"|'[^']*')\s*:\s")


def explain(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Return the problem that a parser's error tells of.

    Args:
        error: what the parser raised.
        text: the document.
        file: its name as people are shown it.
    """
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return problem(file, Mark(1, 1), "E020", reason=str(error))
    return _Explanation(error, split_lines(text), file).explain()


class _Explanation:
    def __init__(self, error: yaml.MarkedYAMLError, lines: list[str], file: str) -> None:
        assert error.problem_mark is not None
        self._file, self._lines = file, lines
        self._context, self._said = error.context or "", error.problem or ""
        self._at = Mark(error.problem_mark.line + 1, error.problem_mark.column + 1)
        opened = error.context_mark
        self._opened = Mark(opened.line + 1, opened.column + 1) if opened else self._at
        self._line = self._line_at(self._at)
        self._character = self._line[self._at.column - 1 : self._at.column]

    def explain(self) -> Problem:
        tab = self._tab()
        if tab:
            return tab
        if "quoted scalar" in self._context:
            return self._problem("E027", self._opened, self._mended(self._opened) or hint("close", closing="a quote"),
                                 what="a text in quotes")  # fmt: skip
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
        return self._problem("E020", self._at, self._mended(self._at), reason=self._reason())

    def _tab(self) -> Problem | None:
        for line in (self._at.line, self._opened.line):
            indentation = re.match(r"\s*", self._line_at(Mark(line, 1)))
            if indentation and "\t" in indentation[0]:
                return self._problem("E006", Mark(line, indentation[0].index("\t") + 1), hint("spaces"))
        return None

    def _flow(self) -> Problem:
        for number in range(self._opened.line, self._at.line + 1):
            colour = _LOST_COLOUR.search(self._line_at(Mark(number, 1)))
            if colour:
                mark = Mark(number, colour.start(1) + 1)
                return self._problem("E024", mark, self._mended(mark))
        if self._line_at(self._opened)[self._opened.column - 1 : self._opened.column] not in ("{", "["):
            self._opened = self._last_bracket()
        bracket = self._line_at(self._opened)[self._opened.column - 1 : self._opened.column]
        what, closing = ("a list […]", "']'") if bracket == "[" else ("a mapping {…}", "'}'")
        if self._at.line > self._opened.line or self._at.column > len(self._line) or self._character in "}]":
            mended = self._mended(self._opened)
            return self._problem("E027", self._opened, mended or hint("close", closing=closing), what=what)
        advice = self._mended(self._at)
        if self._character == ":":
            return self._problem("E021", self._at, advice or hint("quote_text", what="': '"))
        if self._character == "?":
            return self._problem("E023", self._at, advice or hint("quote_text", what="a '?'"))
        if self._character in "'\"":
            return self._problem("E025", self._quote_end(), advice)
        return self._problem("E029", self._at, advice or hint("quote_text", what=f"'{self._character}'"),
                             character=self._character)  # fmt: skip

    def _stray_colon(self) -> Problem:
        if _KEY.match(self._line[: self._at.column - 1] + " ") or ": " in self._line[: self._at.column - 1]:
            return self._problem("E021", self._at, self._mended(self._at) or hint("quote_text", what="': '"))
        above = self._line_above()
        if above and _CRAMPED_KEY.match(self._line_at(above)):
            return self._cramped(above)
        return self._problem("E026", self._first_character(), hint("line_up"))

    def _block(self) -> Problem:
        before = self._line[: self._at.column - 1].rstrip()
        if before.endswith(("'", '"')) and len(before) > 1:
            return self._problem("E025", self._quote_end(), self._mended(self._at))
        if not before.strip(" -"):
            return self._problem("E026", self._first_character(), hint("line_up"))
        return self._problem("E020", self._at, self._mended(self._at), reason=self._reason())

    def _stray_text(self) -> Problem:
        """A text stands where a key should, and goes on with the next line."""
        if _CRAMPED_KEY.match(self._line_at(self._opened)):
            return self._cramped(self._opened)
        advice = self._mended(self._opened)
        return self._problem("E020", self._opened, advice, reason="a key is followed by ':', a space and a value")

    def _cramped(self, mark: Mark) -> Problem:
        colon = self._line_at(mark).index(":") + 2
        return self._problem("E020", Mark(mark.line, colon), self._mended(mark), reason="a space is missing after ':'")

    def _last_bracket(self) -> Mark:
        """Return where the last bracket stands that is still open at the fault; quotes are not minded."""
        opened = list[Mark]()
        for number in range(1, self._at.line + 1):
            line = self._line_at(Mark(number, 1))
            for column, sign in enumerate(line if number < self._at.line else line[: self._at.column - 1], start=1):
                if sign in "{[":
                    opened.append(Mark(number, column))
                elif sign in "}]" and opened:
                    opened.pop()
        return opened[-1] if opened else self._opened

    def _quote_end(self) -> Mark:
        return Mark(self._at.line, max(1, len(self._line[: self._at.column - 1].rstrip())))

    def _first_character(self) -> Mark:
        return Mark(self._at.line, len(self._line) - len(self._line.lstrip()) + 1)

    def _line_above(self) -> Mark | None:
        for number in range(self._at.line - 1, 0, -1):
            if self._lines[number - 1].strip() and not self._lines[number - 1].lstrip().startswith("#"):
                return Mark(number, 1)
        return None

    def _line_at(self, mark: Mark) -> str:
        return self._lines[mark.line - 1] if 0 < mark.line <= len(self._lines) else ""

    def _mended(self, mark: Mark) -> str | None:
        return write_mended(self._line_at(mark))

    def _reason(self) -> str:
        return " ".join(filter(None, [self._context, self._said]))

    def _problem(self, code: str, mark: Mark, advice: str | None, **arguments: object) -> Problem:
        return problem(self._file, mark, code, hint=advice, **arguments)
