"""The installer's guides say what the documents and the drivers say, in both languages alike."""

import re
from pathlib import Path

import pytest
import yaml

from maquette.core.wire_time import wire_time_s
from maquette.stage.outputs import OUTPUTS
from maquette.stage.outputs.spi import most_leds
from maquette.stage.servos import SERVOS
from tests.content.shipped import ROOT

GUIDES = {"en": ROOT / "hardware" / "README.md", "fr": ROOT / "hardware" / "LISEZ-MOI.md"}
MODEL = yaml.load((ROOT / "hardware" / "vallee-de-la-chimie.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)

both = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)


def rows(guide: Path, columns: int) -> dict[str, list[str]]:
    """Return the rows of the tables with so many columns, by their first cell."""
    lines = [line.strip("|").split("|") for line in guide.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines]
    return {line[0].strip("`"): line[1:] for line in cells if len(line) == columns}


@both
def test_buttons_and_servos_stand_where_the_document_says(guide):
    told = rows(guide, 4)
    for name, button in MODEL["buttons"].items():
        assert told[name][:2] == [f"GPIO {button['pin']}", f"GPIO {button['lamp']}"], name
    for name, servo in MODEL["servos"].items():
        assert told[name][0] == str(servo["channel"]), name


@both
def test_strips_begin_where_the_document_says(guide):
    told = {line[0].strip("`"): line[1:3] for line in rows(guide, 5).values() if line[0].startswith("`")}
    assert told == {name: [str(strip["leds"]), str(strip["start"])] for name, strip in MODEL["strips"].items()}


@both
def test_every_driver_is_told(guide):
    text = guide.read_text("utf-8")
    for name in {*OUTPUTS, *SERVOS} - {"virtual"}:
        assert f"`{name}`" in text, name


@both
def test_figures_of_the_drivers_are_theirs(guide):
    text = guide.read_text("utf-8").replace("\u00a0", " ")
    for figure in (most_leds(4096, 3), most_leds(4096, 4), most_leds(32768, 3)):
        assert re.search(rf"\b{figure}\b", text), figure
    assert f"{1 / wire_time_s(500):.0f}" in text
    assert f"{1 / wire_time_s(1000):.0f}" in text


@both
def test_every_link_and_drawing_is_there(guide):
    for target in re.findall(r"\]\(([^)#]+)\)", guide.read_text("utf-8")):
        assert target.startswith("https:") or (guide.parent / target).exists(), target


def test_both_languages_tell_the_same_in_the_same_order():
    shapes = [re.findall(r"^(#+ |\| |\d+\. |- )", guide.read_text("utf-8"), re.MULTILINE) for guide in GUIDES.values()]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("drawing", sorted((ROOT / "hardware" / "wiring").glob("*.svg")), ids=lambda path: path.name)
def test_drawings_name_themselves_and_reach_nothing_outside(drawing):
    text = drawing.read_text("utf-8")
    assert re.search(r"<title id=\"title\">.+</title>", text)
    assert re.search(r"<desc id=\"desc\">.{80,}</desc>", text)
    assert "href" not in text
