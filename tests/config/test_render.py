"""How a terminal shows a problem."""

from maquette.config.problems import Problem, did_you_mean, in_order, render
from maquette.core.message import message
from tests.words import english


def made(column: int, shown: str | None, code: str = "E204") -> Problem:
    zone, meant = message(code, name="feyzn", language="en"), message("did_you_mean", name="feyzin")
    return Problem("scenarios/air.yaml", 11, column, zone, meant, shown)


def test_a_problem_reads_like_a_compiler_s():
    assert render(made(5, "    feyzn: 1")).split("\n") == [
        "scenarios/air.yaml:11:5: error[E204]: unknown zone 'feyzn'; did you mean 'feyzin'?",
        "        feyzn: 1",
        "        ^",
    ]


def test_tabs_are_widened_under_the_caret():
    _, line, caret = render(made(3, "\t\tx: 1")).split("\n")
    assert line.index("x") == caret.index("^")


def test_of_a_wide_line_only_the_neighbourhood_is_shown():
    _, line, caret = render(made(501, "a" * 500 + "X" + "b" * 500)).split("\n")
    assert len(line) < 130
    assert line[caret.index("^")] == "X"
    assert line.strip().startswith("…")
    assert line.endswith("…")


def test_without_a_line_the_heading_stands_alone():
    assert "\n" not in render(made(5, None))
    assert "\n" not in render(made(5, "   "))


def test_colour_marks_severity_and_caret():
    assert "\x1b[31merror[E204]\x1b[0m" in render(made(1, "x"), colour=True)
    assert "\x1b[33mwarning[W002]\x1b[0m" in render(made(1, "x", "W002"), colour=True)


def test_control_characters_never_reach_the_terminal():
    assert "\x1b" not in render(made(1, "say: \x1b[2J"))


def test_lists_read_well():
    assert english(message("E115", names=("a", "b", "c"))) == "give exactly one of 'a', 'b' or 'c'"
    assert english(message("one_of", names=("a",))) == "expected 'a'"
    assert english(message("one_of", names=tuple(str(n) for n in range(20)))).endswith("'11'…")


def test_the_nearest_name_is_proposed_else_the_few_there_are():
    assert english(did_you_mean("Feyzn", ["feyzin", "solaize"])) == "did you mean 'feyzin'?"
    assert english(did_you_mean("xyz", ["feyzin", "solaize"])) == "expected 'feyzin' or 'solaize'"
    assert did_you_mean("xyz", []) is None


def test_problems_come_file_by_file_and_each_once():
    later, first = made(9, None), made(2, None)
    assert in_order([later, first, later]) == (first, later)
