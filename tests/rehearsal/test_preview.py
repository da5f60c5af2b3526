"""`maquette preview`: what it draws and writes, every option, and every way to ask for something that makes no sense."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import maquette.rehearsal.preview as previews
from maquette.cli import main
from maquette.config.installation import Installation
from maquette.core.readings import Quality
from maquette.rehearsal.preview import Wish, preview
from maquette.rehearsal.uses import uses_of
from maquette.rehearsal.values import choose, usual_values
from maquette.show.playing import WAIT_S, Moment, Take, play, rehearsed
from tests.show.flash_judge import most_changes_in_a_second

Install = Callable[[], Installation]
Run = Callable[..., int]
GOLDEN = Path(__file__).parent / "golden" / "air.png"


@pytest.fixture
def run(valley: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `maquette preview air …` in the valley's folder."""
    monkeypatch.chdir(valley)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    return lambda *arguments: main(["preview", *arguments])


def pixels(path: Path, frame: int = 0) -> np.ndarray:
    with Image.open(path) as image:
        image.seek(frame)
        return np.asarray(image.convert("RGB"))


def frames(path: Path) -> int:
    with Image.open(path) as image:
        return int(getattr(image, "n_frames", 1))


def played(installation: Installation, wish: Wish, *given: str) -> list[Moment]:
    scenario = rehearsed(installation.show.scenarios[wish.scenario], wish.seconds)
    uses = uses_of(scenario)
    values = usual_values(installation.feeds, installation.show.model, uses)
    for written in given:
        values = choose(values, written, installation.feeds)
    return list(play(installation.show, scenario, [Take(None, values.at(uses), values.past)], wish.fps))


# -- what is drawn


def test_the_filmstrip_is_the_one_that_people_have_looked_at(run: Run, valley: Path):
    assert run("air", "-o", "film.png", "--seconds", "3") == 0
    if os.environ.get("MAQUETTE_UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_bytes((valley / "film.png").read_bytes())
    assert np.array_equal(pixels(valley / "film.png"), pixels(GOLDEN))


def test_the_same_wish_gives_the_same_bytes(run: Run, valley: Path):
    for name in ("one", "other"):
        assert run("air", "-o", name, "--seconds", "1", "--fps", "4") == 0
    for ending in ("png", "webp"):
        assert (valley / f"one.{ending}").read_bytes() == (valley / f"other.{ending}").read_bytes()


def test_files_are_named_after_the_scenario_and_lie_here(run: Run, valley: Path, capsys: pytest.CaptureFixture[str]):
    assert run("air", "--seconds", "1", "--fps", "2") == 0
    assert {path.name for path in valley.iterdir()} >= {"air.png", "air.webp"}
    told = capsys.readouterr().out
    assert told.startswith("air.png")
    assert "times as fast as on the model" in told
    assert "samples, no measurements: air.index, river.flow" in told


@pytest.mark.parametrize("ending", ["webp", "gif"])
def test_an_animation_shows_each_frame_for_its_time(run: Run, valley: Path, ending: str):
    assert run("air", "-o", f"film.{ending}", "--step", "1", "--seconds", "1", "--fps", "4") == 0
    assert frames(valley / f"film.{ending}") == 4
    with Image.open(valley / f"film.{ending}") as image:
        image.load()
        assert image.info["duration"] == 250


def test_a_filmstrip_alone_is_made_when_a_png_is_asked_for(run: Run, valley: Path):
    assert run("air", "-o", "film.png", "--seconds", "1") == 0
    assert not list(valley.glob("*.webp"))


def test_a_step_that_waits_ends_by_itself(install: Install):
    moments = played(install(), Wish("air"))
    assert [moments[0].step, moments[-1].step] == [0, 1]
    assert len(moments) == pytest.approx((3 + WAIT_S) * 10, abs=2)


def test_the_light_is_that_of_the_values(install: Install):
    installation = install()
    feyzin = installation.show.model.zones["feyzin"].leds
    for index, colour in ((1, [80, 240, 230]), (4, [255, 80, 80])):
        last = played(installation, Wish("air", seconds=3.0), f"air.index={index}")[28].pixels[feyzin[0]]
        assert np.argmax(last) == np.argmax(colour)


def test_one_row_of_a_keyed_feed_may_be_chosen(install: Install):
    installation = install()
    zones = installation.show.model.zones
    moment = played(installation, Wish("air"), "air.index=1", "air['69276'].index=4")[28]
    assert moment.pixels[zones["feyzin"].leds[0]].argmax() == 0
    assert moment.pixels[zones["saint_fons"].leds[0]].argmax() != 0


def test_the_needle_follows_the_value_no_faster_than_it_can(install: Install):
    moments = played(install(), Wish("air"), "air.index=6")
    angles = [moment.angles["needle"] for moment in moments]
    speed = install().show.model.servos["needle"].top_speed
    assert max(np.abs(np.diff(angles))) <= speed / 10 + 1e-9
    assert max(angles) > 0


def test_a_value_without_sample_is_plausible_and_one_that_nobody_bounds_is_unknown(
    run: Run, valley: Path, capsys: pytest.CaptureFixture[str]
):
    (valley / "scenarios" / "works.yaml").write_text(
        "maquette: 1\ntitle: {fr: Chantier, en: Works}\nsteps:\n"
        "  - for: 1 s\n    say: {fr: '{works.noise}', en: '{works.noise}'}\n"
        "    lights: [{zones: [port], value: works.lorries, colour: '#ffffff', effect: {count: {each: 10}}}]\n",
        encoding="utf-8",
    )
    assert run("works", "-o", "works.png") == 0
    told = capsys.readouterr().out
    assert "plausible values, for there is no sample: works.lorries" in told
    assert "unknown, for there is no sample and no usual range: works.noise" in told


def test_nothing_flashes(run: Run, valley: Path, install: Install):
    (valley / "scenarios" / "wild.yaml").write_text(
        "maquette: 1\ntitle: {fr: Fou, en: Wild}\nsteps:\n"
        + "".join(
            f"  - {{for: 200 ms, fade: 0 s, lights: [{{zones: [all], colour: '{colour}'}}]}}\n"
            for colour in ("#ffffff", "#000000") * 10
        ),
        encoding="utf-8",
    )
    moments = played(install(), Wish("wild", fps=20.0))
    times = [moment.at_s for moment in moments]
    bytes_seen = [moment.pixels for moment in moments]
    assert most_changes_in_a_second(install().show.model, times, bytes_seen).max() <= 6


# -- in turn


def watch(monkeypatch: pytest.MonkeyPatch) -> list[Take]:
    """Return what would be played from now on; nothing is."""
    takes: list[Take] = []

    def note(show: object, scenario: object, some: list[Take], fps: float) -> list[Moment]:
        takes.extend(some)
        return []

    monkeypatch.setattr(previews, "play", note)
    return takes


def test_every_class_of_a_scale_is_shown(run: Run, valley: Path, monkeypatch: pytest.MonkeyPatch):
    takes = watch(monkeypatch)
    assert run("air", "--classes", "flow", "-o", "x.png") == 0
    assert [take.readings["river", "flow", None].value for take in takes] == [0.0, 2000.0]
    takes.clear()
    assert run("air", "--classes", "atmo", "-o", "x.png") == 0
    assert [take.readings["air", "index", "69276"].value for take in takes] == [1, 2, 3, 4, 5, 6]


def test_every_quality_is_shown(install: Install, run: Run, monkeypatch: pytest.MonkeyPatch):
    takes = watch(monkeypatch)
    assert run("air", "--qualities", "-o", "x.png") == 0
    assert [take.readings["river", "flow", None].quality for take in takes] == list(Quality)


def test_takes_follow_one_another(run: Run, valley: Path):
    assert run("air", "--qualities", "--step", "1", "--seconds", "1", "--fps", "2", "-o", "q.gif") == 0
    assert frames(valley / "q.gif") == 5 * 2


# -- given series


SERIES = "time,flow\n-48 h,1000\n-24 h,500\n-1 h,1500\n0 h,1500\n"


def test_a_given_series_says_what_is_now(install: Install, run: Run, valley: Path, capsys: pytest.CaptureFixture[str]):
    (valley / "past.csv").write_text(SERIES, encoding="utf-8")
    assert run("air", "--series", "past.csv", "-o", "x.png", "--seconds", "1") == 0
    assert "from the given series: river.flow" in capsys.readouterr().out


def test_a_journey_goes_through_a_given_series(install: Install, valley: Path):
    from maquette.rehearsal.given import with_series

    (valley / "past.csv").write_text("time,flow\n" + "".join(f"-{h} h,{h * 40}\n" for h in range(48, -1, -1)))
    (valley / "scenarios" / "journey.yaml").write_text(
        "maquette: 1\ntitle: {fr: Hier, en: Yesterday}\nsteps:\n"
        "  - through: {from: 40 h ago, to: now, in: 5 s}\n    lights: [{zones: [rhone], value: river.flow, scale: flow}]\n",
        encoding="utf-8",
    )
    installation = install()
    scenario = rehearsed(installation.show.scenarios["journey"], 1.0)
    uses = uses_of(scenario)
    values = usual_values(installation.feeds, installation.show.model, uses)
    values = with_series(values, f"river={valley / 'past.csv'}", installation.feeds, _utc())
    moments = list(play(installation.show, scenario, [Take(None, values.at(uses), values.past)], 10.0))
    assert len(moments) == pytest.approx(50, abs=2)
    assert {moment.quality for moment in moments[5:]} <= {Quality.REPLAY, Quality.SAMPLE}
    lit = [float(moment.pixels[installation.show.model.zones["rhone"].leds[0]].sum()) for moment in moments]
    assert lit[15] > lit[45]


def _utc():
    from datetime import UTC

    return UTC


# -- what makes no sense


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ait"], "unknown scenario 'ait'; did you mean 'air'?"),
        (["air", "--with", "rver.flow=3"], "unknown feed 'rver'; did you mean 'river'?"),
        (["air", "--with", "river.flo=3"], "feed 'river' has no value 'flo'; did you mean 'flow'?"),
        (["air", "--with", "air[1].index=3"], "feed 'air' has no row '1'; expected '69199' or '69276'"),
        (["air", "--with", "river[1].flow=3"], "feed 'river' has no row '1'"),
        (["air", "--with", "river.flow=much"], "'much' is not a number with a unit"),
        (["air", "--with", "river.flow=8 °C"], "'°C' does not convert to 'm³/s'; give it in m³/s"),
        (["air", "--with", "air.index=5 MW"], "give a number without unit"),
        (["air", "--with", "river.flow=800,5"], "'800,5' has a decimal comma; write '800.5'"),
        (["air", "--with", "air.index=9"], "9 is not a plausible air.index, which goes from 1 to 6"),
        (["air", "--with", "index"], "'index' is not a value to rehearse with"),
        (["air", "-o", "air.mp4"], "no picture ends in '.mp4'; expected 'air.webp', 'air.gif' or 'air.png'"),
        (["air", "--classes", "atm"], "unknown scale 'atm'; did you mean 'atmo'?"),
        (["air", "--step", "9"], "the scenario 'air' has no step 9: they go from 1 to 2"),
        (["air", "--series", "nowhere.csv"], "nowhere.csv: no such file or directory"),
        (["air", "--series", "config.yaml"], "config.yaml does not say of which feed it is"),
        (["air", "--series", "river=config.yaml"], "config.yaml, line 1, read for the feed 'river'"),
        (["air", "--series", "rver=config.yaml"], "unknown feed 'rver'; did you mean 'river'?"),
    ],
)
def test_what_makes_no_sense_is_said_on_one_line(
    run: Run, valley: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
):
    before = set(valley.iterdir())
    assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.startswith("maquette: ")
    assert said.count("\n") == 1
    assert set(valley.iterdir()) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fps", "99"],
        ["--fps", "nan"],
        ["--seconds", "0"],
        ["--seconds", "soon"],
        ["--step", "0"],
        ["--step", "one"],
        ["--language", "tlh"],
        ["--classes", "atmo", "--qualities"],
    ],
)
def test_an_option_out_of_range_is_refused(run: Run, arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        run("air", *arguments)
    assert stopped.value.code == 2
    assert "error: argument" in capsys.readouterr().err


def test_it_speaks_french(run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("ait", "--language", "fr") == 2
    assert (
        capsys.readouterr().err
        == "maquette: scénario inconnu «\u00a0ait\u00a0»\u00a0; vouliez-vous dire «\u00a0air\u00a0»\u00a0?\n"
    )


def test_a_folder_that_takes_no_file_is_said(run: Run, valley: Path, capsys: pytest.CaptureFixture[str]):
    (valley / "full").write_text("not a folder")
    assert run("air", "-o", "full/air", "--seconds", "1", "--fps", "1") == 1
    assert capsys.readouterr().err.startswith("maquette: full/air.png cannot be written: ")


def test_documents_with_errors_are_not_rehearsed(run: Run, valley: Path, capsys: pytest.CaptureFixture[str]):
    with (valley / "scenarios" / "air.yaml").open("a") as stream:
        stream.write("stps: []\n")
    assert run("air") == 1
    assert "scenarios/air.yaml:" in capsys.readouterr().err


def test_an_interruption_leaves_nothing_behind(run: Run, valley: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setitem(previews._ANIMATIONS, ".webp", interrupted)
    before = set(valley.iterdir())
    assert run("air", "--seconds", "1") == 130
    assert set(valley.iterdir()) == before


def test_a_language_of_the_documents_is_needed(install: Install):
    from maquette.errors import RehearsalError

    with pytest.raises(RehearsalError):
        preview(install(), Wish("air", language="de"))
