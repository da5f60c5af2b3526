"""The guide of scenarios says what is true: its tables are those of the program, and every example plays."""

import os
from pathlib import Path

import pytest

from maquette.config.check import check
from maquette.core.events import Answer, Command
from maquette.core.series import FUNCTIONS
from maquette.show.expressions.tree import ARGUMENTS
from maquette.show.performance import Performance
from tests.content.guide import GUIDE, KEYS, examples, with_tables
from tests.content.shipped import NO_KEY, REGISTRIES, ROOT

TEXT = GUIDE.read_text(encoding="utf-8")
HALVES = dict(zip(("fr", "en"), TEXT.split("\n---\n"), strict=True))
EXAMPLES = {language: examples(half) for language, half in HALVES.items()}
EACH = [(language, number) for language, found in EXAMPLES.items() for number in range(len(found))]


def installation(folder: Path, example: str) -> Path:
    """Lay out the shipped model with one example in it, and only the idle scenario beside; return its config.yaml."""
    for name in ("hardware", "scenarios/data"):
        (folder / name).mkdir(parents=True)
    for file in (ROOT / "hardware").glob("vallee*"):
        (folder / "hardware" / file.name).write_bytes(file.read_bytes())
    for file in (ROOT / "scenarios" / "data").iterdir():
        (folder / "scenarios" / "data" / file.name).write_bytes(file.read_bytes())
    config = (ROOT / "config.yaml").read_text(encoding="utf-8")
    scales = (ROOT / "scenarios" / "scales.yaml").read_text(encoding="utf-8")
    names = ["veille.yaml"]
    if "scales:\n" in example:
        scales += example.partition("scales:\n")[2]
    elif example.startswith("feeds:\n"):
        config = config.replace("feeds:\n", example, 1)
        names.append("apprentis.yaml")  # it asks the question whose votes are computed with
    else:
        (folder / "scenarios" / "example.yaml").write_text(example, encoding="utf-8")
    for name in names:
        (folder / "scenarios" / name).write_bytes((ROOT / "scenarios" / name).read_bytes())
    (folder / "scenarios" / "scales.yaml").write_text(scales, encoding="utf-8")
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    return folder / "config.yaml"


def test_the_tables_of_the_guide_are_those_of_the_program():
    if os.environ.get("MAQUETTE_UPDATE_GUIDE"):
        GUIDE.write_text(with_tables(TEXT), encoding="utf-8")
    assert GUIDE.read_text(encoding="utf-8") == with_tables(TEXT)


@pytest.mark.parametrize("language", HALVES)
def test_the_guide_holds_every_table_and_every_function(language: str):
    half = HALVES[language]
    for name in (*KEYS, "effects", "own", "scales", "priorities"):
        assert half.count(f"<!-- {language}: {name} -->") == 1, name
    for function in ARGUMENTS:
        assert f"`{function}`" in half, function
    for function in FUNCTIONS:
        assert f"`.{function}(" in half, function


@pytest.mark.parametrize(("language", "number"), EACH)
def test_an_example_of_the_guide_has_no_problem_and_plays(language: str, number: int, tmp_path: Path):
    config = installation(tmp_path, EXAMPLES[language][number])
    checked = check(config, REGISTRIES)
    of_this = [p for p in checked.problems if p.file != "scenarios/apprentis.yaml" and p.code != NO_KEY]
    assert [problem.heading() for problem in of_this] == []
    assert checked.installation is not None
    show = checked.installation.show
    if "example" not in show.scenarios:
        return
    performance = Performance(show, 0.0)
    answers = performance.handle(Command("play", {"scenario": "example"}), 1.0)
    assert [answer.refused for answer in answers if isinstance(answer, Answer)] == [None]
    for moment in range(1, 12):
        assert performance.frame(float(moment)).shape == (show.model.led_count, 3)
    assert performance.snapshot(12.0, (), ()).scenario == "example"


def test_the_shortest_useful_scenario_is_under_twelve_lines():
    assert len(EXAMPLES["fr"][0].splitlines()) < 12
    assert "value:" in EXAMPLES["fr"][0]
