"""The printed legend: everything it must say is on the sheet, inside the margins, in both forms."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types
from fpdf import FPDF

from maquette.cli import main
from maquette.core.colour import parse_colour, parse_colours, to_hex
from maquette.core.readings import Quality
from maquette.core.text import words
from maquette.legend.content import Content, Credit, gather
from maquette.legend.drawing import Disc, Letters, Panel, Sheet, Stroke
from maquette.legend.layout import lay_out
from maquette.legend.lights import PITCH, class_strip, quality_strip
from maquette.legend.pdf import to_pdf
from maquette.legend.svg import to_svg
from maquette.legend.typist import LENGTH, WIDTH
from maquette.legend.wording import figure, span
from maquette.letters import font_path, measure
from maquette.show.quality_marks import mark
from maquette.show.ramps import ramp
from maquette.show.scales import ClassScale, ContinuousScale, Scale, ScaleClass, ThresholdScale
from tests.content.shipped import SCENARIOS, checked

ROOT = Path(__file__).parents[2]
MARGIN = 16.9

CLASSES = tuple(
    ScaleClass({"fr": f"Classe {i}", "en": f"Class {i}"}, parse_colour(colour), i)
    for i, colour in enumerate(("#50f0e6", "#f0e641", "#960032"), 1)
)
SHARES = ClassScale(
    "s", {"fr": "Parts"}, None, tuple(replace(c, sign=i / 3) for i, c in enumerate(CLASSES, 1)), "share"
)
LIMITS = ThresholdScale("t", {"fr": "Seuils"}, "µg/m³", tuple(replace(c, at=(c.at or 0) * 1000) for c in CLASSES))
OPEN = ThresholdScale("o", {"fr": "Seuils"}, "MW", (replace(CLASSES[0], at=None), replace(CLASSES[1], at=-500)))
BALANCE = ContinuousScale("b", {"fr": "Solde", "en": "Balance"}, "MW", (-4000.0, 0.0, 500.0), ramp("blue_orange"))


def content(*scales: Scale, **changes) -> Content:
    credit = Credit({"fr": "Débit", "en": "Flow"}, "Hub'Eau", "Ternay", "Licence Ouverte 2.0", "Eaufrance")
    made = Content({"fr": "Vallée"}, {"fr": "Le CO₂ et l'eau", "en": "CO₂ & water"}, ("fr", "en"), scales, (credit,))
    return replace(made, **changes)


def said(sheet: Sheet) -> str:
    """Return all the words of a sheet, in the order in which they are put down."""
    return " ".join(shape.text for page in sheet.pages for shape in page.shapes if isinstance(shape, Letters))


def discs(sheet: Sheet) -> set[str]:
    return {shape.fill for page in sheet.pages for shape in page.shapes if isinstance(shape, Disc)}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_sheet_of_a_shipped_scenario_says_it_all_on_one_page(name: str):
    installation = checked().installation
    assert installation is not None
    gathered = gather(installation, name)
    sheet = lay_out(gathered, measure)
    assert len(sheet.pages) == 1
    text = said(sheet)
    for language in ("fr", "en"):
        assert words(gathered.title, language) in text
        for scale in gathered.scales:
            assert words(scale.title, language).split(" ")[-1] in text
            for step in scale.steps:
                assert words(step.title, language).split(" ")[0] in text
                assert to_hex(step.colour) in discs(sheet)
    for credit in gathered.credits:
        assert credit.licence in text


def test_only_scales_and_feeds_of_the_scenario_are_on_its_sheet():
    installation = checked().installation
    assert installation is not None
    air = gather(installation, "air")
    assert [scale.id for scale in air.scales] == ["atmo"]
    assert [credit.licence for credit in air.credits] == ["ODbL 1.0"]
    assert [scale.id for scale in gather(installation, "rhone").scales] == ["river_flow"]


def extent(shape: Letters | Disc | Panel | Stroke) -> tuple[float, float, float, float]:
    match shape:
        case Letters():
            return shape.x, shape.y - shape.size, shape.x + measure(shape.text, shape.size, shape.strong), shape.y
        case Disc():
            return shape.x - shape.radius, shape.y - shape.radius, shape.x + shape.radius, shape.y + shape.radius
        case Panel():
            return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    xs, ys = zip(*shape.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


LONG = "Échanges transfrontaliers d'électricité constatés à l'heure de la mesure "


@pytest.mark.parametrize(
    "scales", [(), (BALANCE,) * 3, (SHARES, LIMITS, OPEN) * 5, (replace(LIMITS, title={"fr": LONG * 3}),)]
)
def test_nothing_leaves_the_margins_however_much_there_is(scales: tuple[Scale, ...]):
    sheet = lay_out(content(*scales, title={"fr": LONG, "en": LONG}), measure)
    for page in sheet.pages:
        for shape in page.shapes:
            left, top, right, bottom = extent(shape)
            assert left >= MARGIN - 0.2
            assert top >= MARGIN - 0.2
            assert right <= WIDTH - MARGIN + 0.2
            assert bottom <= LENGTH - MARGIN + 0.2


def test_what_finds_no_room_goes_on_a_next_page():
    sheet = lay_out(content(*(replace(LIMITS, id=f"t{n}") for n in range(16))), measure)
    assert len(sheet.pages) > 1
    assert said(sheet).count("Classe 1") == 16


def test_a_sheet_is_always_the_same():
    assert lay_out(content(SHARES, BALANCE), measure) == lay_out(content(SHARES, BALANCE), measure)


def test_a_text_that_is_the_same_in_both_languages_stands_there_once():
    assert said(lay_out(content(title={"": "Ozone"}), measure)).count("Ozone") == 1


def test_one_language_alone_has_no_second_line():
    assert "Class 1" not in said(lay_out(content(LIMITS, languages=("fr",)), measure))


@pytest.mark.parametrize(("number", "lit"), [(0, 3), (1, 6), (2, 9)])
def test_a_share_is_drawn_as_lit_leds_from_the_start(number: int, lit: int):
    cores = [shape for shape in class_strip(SHARES, number, 9) if isinstance(shape, Disc)][-9:]
    bright = [core.fill == to_hex(SHARES.classes[number].colour) for core in cores]
    assert bright == [True] * lit + [False] * (9 - lit)


def test_a_tempo_is_drawn_as_a_curve_that_rises_as_often():
    slow, quick = (
        replace(SHARES, second_sign="tempo", classes=tuple(replace(c, sign=tempo) for c in CLASSES))
        for tempo in (0.1, 0.3)
    )
    for scale, breaths in ((slow, 2), (quick, 6)):
        (curve,) = [shape for shape in class_strip(scale, 0, 9) if isinstance(shape, Stroke)]
        heights = [y for _, y in curve.points]
        assert sum(a <= b > c for a, b, c in zip(heights, heights[1:], heights[2:], strict=False)) == breaths


@pytest.mark.parametrize("quality", [Quality.LIVE, Quality.STALE, Quality.SAMPLE, Quality.REPLAY])
def test_a_quality_is_drawn_as_light_marks_it(quality: Quality):
    cores = [shape for shape in quality_strip(quality, 9) if isinstance(shape, Disc)][-9:]
    lit = np.array([core.fill != "#35312c" for core in cores])
    assert np.array_equal(lit, mark(quality, 9).keeps > 0)
    assert np.allclose(np.diff([core.x for core in cores]), PITCH)


def test_a_missing_value_is_drawn_as_one_faint_light():
    cores = [shape for shape in quality_strip(Quality.MISSING, 9) if isinstance(shape, Disc)][-9:]
    assert [core.fill == "#35312c" for core in cores].count(False) == 1
    assert parse_colours(core.fill for core in cores).max() < 0.25


def test_ranges_of_classes_need_no_language():
    spaced = [
        span(scale, n, "fr").replace("\u00a0", " ") for scale in (LIMITS, OPEN) for n in range(len(scale.classes))
    ]
    assert [re.sub(r"\s", " ", text) for text in spaced] == [
        "1 000 … 2 000 µg/m³", "2 000 … 3 000 µg/m³", "≥ 3 000 µg/m³", "< −500 MW", "≥ −500 MW",
    ]  # fmt: skip


def test_figures_are_written_as_people_write_them():
    assert figure(0.25, None, "fr") == "0,25"
    assert figure(-1234.0, "m³/s", "en") == "−1,234\u00a0m³/s"
    assert figure(12345.0, None, "en") == "12,345"
    assert figure(0.0004, None, "en") == "0.0004"


def test_a_language_that_nobody_has_words_for_is_given_english_ones():
    sheet = lay_out(content(LIMITS, languages=("fr", "xx")), measure)
    assert "What the data is worth" in said(sheet)
    assert figure(1234.5, None, "xx") == "1,234.5"


def test_signs_of_units_are_letters_of_the_font():
    with font_path(strong=False) as path, TTFont(str(path)) as font:
        known = font.getBestCmap()
    assert [sign for sign in "CO₂ µg/m³ °C ≥ − … « » \u202f → œ" if ord(sign) not in known] == []


def test_svg_is_one_well_formed_drawing_with_its_letters():
    sheet = lay_out(content(SHARES, LIMITS, BALANCE), measure)
    root = ET.fromstring(to_svg(sheet))
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("width") == f"{WIDTH:g}mm"
    assert root.findtext(f"{space}title") == "Le CO₂ et l'eau"
    assert [text.text for text in root.iter(f"{space}text")] == [
        s.text for s in sheet.pages[0].shapes if isinstance(s, Letters)
    ]
    assert len(list(root.iter(f"{space}circle"))) == sum(isinstance(s, Disc) for s in sheet.pages[0].shapes)
    assert "&amp;" in to_svg(sheet)


def test_pdf_puts_every_shape_where_it_stands(monkeypatch: pytest.MonkeyPatch):
    drawn: list[tuple[object, ...]] = []
    for name in ("text", "circle", "rect", "polyline"):
        monkeypatch.setattr(FPDF, name, lambda _, *place, name=name, **rest: drawn.append((name, *place)))
    sheet = lay_out(content(SHARES, BALANCE), measure)
    assert to_pdf(sheet).startswith(b"%PDF-")
    expected = {Letters: "text", Disc: "circle", Panel: "rect", Stroke: "polyline"}
    assert [call[0] for call in drawn] == [expected[type(s)] for page in sheet.pages for s in page.shapes]
    texts = [call for call in drawn if call[0] == "text"]
    assert texts == [("text", s.x, s.y, s.text) for p in sheet.pages for s in p.shapes if isinstance(s, Letters)]


def test_pdf_has_a_page_for_each_and_its_letters_inside():
    made = to_pdf(lay_out(content(*(replace(LIMITS, id=f"t{n}") for n in range(16))), measure))
    assert made.count(b"/Type /Page\n") >= 2
    assert b"SourceSansPro" in made


def test_the_words_of_the_sheet_stand_in_both_languages():
    french, english = (json.loads((ROOT / f"maquette/locale/legend.{n}.json").read_text("utf-8")) for n in ("fr", "en"))
    assert list(french) == list(english)


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("at_home")
def test_the_verb_writes_the_file_that_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["legend", "air", "-o", str(tmp_path / "legend.svg")]) == 0
    assert capsys.readouterr() == ("", "")
    assert "Extrêmement" in (tmp_path / "legend.svg").read_text(encoding="utf-8")


@pytest.mark.usefixtures("at_home")
def test_an_unknown_scenario_is_told_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["legend", "aire", "-o", str(tmp_path / "legend.pdf"), "--language", "en"]) == 2
    assert capsys.readouterr().err == "maquette: unknown scenario 'aire'; did you mean 'air'?\n"


@pytest.mark.usefixtures("at_home")
def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")
    assert main(["legend", "air", "-o", str(tmp_path / "file" / "legend.pdf"), "--language", "fr"]) == 1
    assert "ne peut pas être écrit" in capsys.readouterr().err


def test_documents_with_errors_make_no_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    target = tmp_path / "legend.svg"
    assert main(["legend", "air", "-o", str(target), "--config", str(tmp_path / "config.yaml")]) == 1
    assert "E001" in capsys.readouterr().err
    assert not target.exists()


def test_other_forms_are_refused(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        main(["legend", "air", "-o", "legend.png"])
    assert "'legend.png'" in capsys.readouterr().err
