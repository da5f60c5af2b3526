"""The check as a whole: phases, what is built, last good copies, secrets, and no document that makes it fall over."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maquette.config import last_good
from maquette.config.check import Registries, check
from maquette.config.documents import MqttDocument, TableDocument
from maquette.config.installation import Installation
from maquette.config.tree import Mark
from maquette.core.exhibition import MqttSettings
from maquette.feeds.sources import FEED_DOCUMENTS
from maquette.ops.state import write_atomically
from maquette.show.scenario import Bound
from tests.config.conftest import BASE
from tests.words import english


def installation(folder: Path, registries: Registries, state: Path | None = None) -> Installation:
    checked = check(folder / "config.yaml", registries, state)
    assert checked.installation is not None, checked.report()
    return checked.installation


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_documents_that_are_well_have_no_problem(folder: Path, registries: Registries):
    checked = check(folder / "config.yaml", registries)
    assert checked.problems == ()
    assert checked.alerts == ()
    assert checked.passed


def test_each_phase_is_told_of_all_documents_at_once(folder: Path, registries: Registries):
    spoil(folder / "hardware.yaml", "leds: 60", "leds: 0")
    spoil(folder / "scenarios/air.yaml", "fade: 800 ms", "fade: 800")
    spoil(folder / "scenarios/veille.yaml", "[all]", "[al")
    checked = check(folder / "config.yaml", registries)
    assert {(p.file, p.code) for p in checked.problems} == {
        ("hardware.yaml", "E109"),
        ("scenarios/air.yaml", "E111"),
        ("scenarios/veille.yaml", "E027"),
    }


def test_references_wait_for_the_shape_of_what_they_name(folder: Path, registries: Registries):
    spoil(folder / "hardware.yaml", "leds: 60", "leds: 0")
    spoil(folder / "scenarios/air.yaml", "zones: [communes]", "zones: [comunes]")
    checked = check(folder / "config.yaml", registries)
    assert [p.file for p in checked.problems] == ["hardware.yaml"]


def test_problems_have_the_public_shape(folder: Path, registries: Registries):
    spoil(folder / "scenarios/air.yaml", "[communes]", "[comunes]")
    (found,) = check(folder / "config.yaml", registries).problems
    assert found.as_dict() == {
        "file": "scenarios/air.yaml",
        "line": 15,
        "column": 17,
        "code": "E204",
        "severity": "error",
        "message": "unknown zone 'comunes'",
        "hint": "did you mean 'communes'?",
    }


def test_a_missing_config_is_a_problem(tmp_path: Path, registries: Registries):
    checked = check(tmp_path / "config.yaml", registries, tmp_path / "state")
    assert [p.code for p in checked.problems] == ["E001"]
    assert checked.installation is None


# -- what is built ---------------------------------------------------------------------------------------------------


def test_leds_are_numbered_through_all_strips_and_spread_along_their_path(folder: Path, registries: Registries):
    model = installation(folder, registries).show.model
    assert model.led_count == 100
    assert list(model.zones["rhone"].leds) == list(range(30))
    assert list(model.zones["canal"].leds) == list(range(59, 29, -1))
    assert list(model.zones["port"].leds) == [80, 81, 82, 83, 84, 90]
    feyzin = model.zones["feyzin"]
    assert feyzin.places[0] == pytest.approx((10, 10))
    assert feyzin.places[-1] == pytest.approx((20, 10))
    assert np.diff(feyzin.distances) == pytest.approx(np.full(9, 10 / 9), rel=1e-4)
    assert feyzin.seed != model.zones["solaize"].seed


def test_quantities_are_in_base_units(folder: Path, registries: Registries):
    show = installation(folder, registries).show
    assert show.idle == "veille"
    assert show.idle_after_s == 30.0
    first, second = show.scenarios["air"].steps
    assert (first.duration_s, first.fade_s, first.at_most_s) == (40.0, 0.8, None)
    assert (second.duration_s, second.at_most_s) == (None, 900.0)
    level = first.layers[2].level
    assert isinstance(level, Bound)
    assert (level.source, level.target) == ((0.0, 1000.0), (0.2, 1.0))
    assert first.layers[0].level == 0.5
    angle = first.servos[0].angle
    assert isinstance(angle, Bound)
    assert angle.value is not None
    assert angle.target == (-80.0, 80.0)
    assert second.servos[0].angle == 10.0
    assert show.scenarios["veille"].steps[0].duration_s == 20.0


def test_supplies_and_white_leds_are_as_the_document_says(folder: Path, registries: Registries):
    hardware = folder / "hardware.yaml"
    text = hardware.read_text(encoding="utf-8")
    model = installation(folder, registries).show.model
    assert model.supplies["main"].rise_a_s == pytest.approx(20.0)
    assert (model.strips["river"].white, model.strips["river"].minimum) == ((1.0, 1.0, 1.0), 0)
    text = text.replace("limit: 8 A", "limit: 8 A, rise: 12 A/s").replace(
        "leds: 60", "leds: 60, order: GRBW, white: 3000 K"
    )
    text = text.replace("leds: 40", 'leds: 40, order: RGBW, white: "#ffbc00", minimum: 2')
    hardware.write_text(text, encoding="utf-8")
    model = installation(folder, registries).show.model
    assert model.supplies["main"].rise_a_s == 12.0
    assert model.strips["river"].white == pytest.approx((1.0, 0.47, 0.14), abs=0.02)
    assert model.strips["towns"].white == pytest.approx((1.0, 0.5, 0.0), abs=0.01)
    assert model.strips["towns"].minimum == 2


def test_rest_is_what_no_other_light_names(folder: Path, registries: Registries):
    first = installation(folder, registries).show.scenarios["air"].steps[0]
    assert first.layers[0].zones == ("canal", "port")


def test_people_see_titles_keys_and_buttons(folder: Path, registries: Registries):
    exhibition = installation(folder, registries).exhibition
    assert dict(exhibition.key_titles)["69276"] == {"": "Feyzin"}
    assert [(b.id, b.scenario, b.command) for b in exhibition.buttons] == [("air", "air", None), ("next", None, "next")]
    assert exhibition.plan_svg.startswith("<svg")
    assert {z.id: z.groups for z in exhibition.zones}["rhone"] == ("water",)
    assert [(s.id, s.continuous) for s in exhibition.scales] == [("atmo", False), ("balance", False)]


def test_ready_made_feeds_are_filled_in_and_other_braces_survive(folder: Path, registries: Registries):
    feeds = installation(folder, registries).feeds
    flow = feeds["river"].values["flow"]
    assert flow.pick == "data[?code == 'V303002002'] | [0].{value: value}.value"  # type: ignore[attr-defined]  # likewise
    assert feeds["river"].sample == str(folder / "catalogue" / "flow.json")
    assert feeds["air"].path == "IN ('69199','69276')"  # type: ignore[attr-defined]  # an option of its kind
    assert feeds["air"].keyed
    assert not feeds["river"].keyed


def test_several_values_are_joined_as_the_parameter_says_and_taken_apart_again_where_keys_belong(
    folder: Path, registries: Registries
):
    air = folder / "catalogue/atmo.yaml"
    spoil(air, "rows: {key: code}", 'rows: {key: code, keys: "{communes}"}')
    feed = installation(folder, registries).feeds["air"]
    assert feed.rows.keys == ["69199", "69276"]  # type: ignore[attr-defined]  # an option of its kind
    spoil(air, "list: true", 'list: true, joined_by: ","')
    feed = installation(folder, registries).feeds["air"]
    assert (feed.path, feed.rows.keys) == ("IN ('69199,69276')", ["69199", "69276"])  # type: ignore[attr-defined]  # likewise


def test_a_place_of_ones_own_replaces_the_catalogue_s(folder: Path, registries: Registries):
    spoil(folder / "config.yaml", "{use: flow,", "{use: flow, place: Ternay,")
    assert installation(folder, registries).feeds["river"].place == "Ternay"


def test_warnings_let_a_document_pass_and_are_counted(folder: Path, registries: Registries):
    spoil(folder / "scenarios/air.yaml", ", en: Today", "")
    checked = check(folder / "config.yaml", registries)
    assert checked.passed
    assert checked.installation is not None
    assert {s.id: s.problems for s in checked.installation.exhibition.scenarios} == {"air": 1, "veille": 0}


def test_alternatives_are_filled_in_with_the_parameters_of_the_feed_for_which_they_stand_in(
    folder: Path, registries: Registries
):
    spoil(folder / "catalogue" / "flow.yaml", "  sample: flow.json\n", "  alternatives: [flow_model]\n")
    made = installation(folder, registries)
    assert {name: [getattr(feed, "path", None) for feed in feeds] for name, feeds in made.alternatives.items()} == {
        "river": ["model-V303002002.json"]
    }
    (alternative,) = made.alternatives["river"]
    assert (alternative.source, alternative.nature, alternative.every) == ("Somebody else", "modelled", 3600.0)

    spoil(folder / "config.yaml", "with: {station: V303002002}", "with: {station: V303002002}, alternatives: []")
    assert not installation(folder, registries).alternatives


def test_an_alternative_has_a_rhythm_and_a_place_of_its_own_and_no_sample(folder: Path, registries: Registries):
    entry = "{use: flow, with: {station: V303002003}, every: 20 min, place: Upstream}"
    spoil(
        folder / "config.yaml",
        "with: {station: V303002002}",
        f"with: {{station: V303002002}}, alternatives: [{entry}, flow_model]",
    )
    first, second = installation(folder, registries).alternatives["river"]
    assert (first.every, first.place, first.sample) == (1200.0, "Upstream", None)
    assert second.source == "Somebody else"


@pytest.mark.parametrize(
    ("floor", "written", "asked_s", "warned"),
    [("1 h", "", 3600.0, True), ("1 h", ", every: 2 h", 7200.0, False), ("90 s", ", every: 1 min", 90.0, True)],
)
def test_a_ready_made_feed_is_never_asked_more_often_than_the_catalogue_allows(
    floor: str, written: str, asked_s: float, warned: bool, folder: Path, registries: Registries
):
    spoil(folder / "catalogue" / "flow.yaml", "feed:\n", f"every_at_least: {floor}\nfeed:\n")
    spoil(folder / "config.yaml", "with: {station: V303002002}", f"with: {{station: V303002002}}{written}")
    checked = check(folder / "config.yaml", registries)
    assert checked.installation is not None
    assert checked.installation.feeds["river"].every == asked_s
    assert any(problem.code == "W061" for problem in checked.problems) is warned


def test_a_sample_that_is_missing_is_a_warning(folder: Path, registries: Registries):
    (folder / "catalogue/flow.json").unlink()
    checked = check(folder / "config.yaml", registries)
    assert [(p.file, p.line, p.code) for p in checked.problems] == [("config.yaml", 7, "W006")]
    assert checked.installation is not None


def test_the_file_of_a_feed_is_found_beside_config_yaml_or_warned_of(folder: Path, registries: Registries):
    registries = replace(registries, feeds=FEED_DOCUMENTS)
    (folder / "grid.json").write_text("{}")
    checked = check(folder / "config.yaml", registries)
    # The ready-made feeds of this small installation read files too.
    assert [(p.line, p.code, p.severity) for p in checked.problems] == [(7, "W052", "warning"), (8, "W052", "warning")]
    assert checked.installation is not None
    assert getattr(checked.installation.feeds["grid"], "path", None) == str(folder / "grid.json")
    (folder / "grid.json").unlink()
    assert [p.line for p in check(folder / "config.yaml", registries).problems] == [7, 8, 11]


def test_a_recording_is_found_beside_config_yaml_or_warned_of(folder: Path, registries: Registries):
    registries = replace(registries, feeds={**FEED_DOCUMENTS, **registries.feeds})
    replayed = "kind: replay\n    recording: day.csv\n    speed: 60x"
    spoil(folder / "config.yaml", "kind: file\n    path: grid.json", replayed)
    spoil(folder / "config.yaml", "{pick: wind, unit: MW}", "{unit: MW}")
    spoil(folder / "config.yaml", "{pick: sun, unit: MW}", "{unit: MW}")
    checked = check(folder / "config.yaml", registries)
    assert [(p.line, p.code, p.severity) for p in checked.problems] == [(11, "W052", "warning")]
    assert checked.installation is not None
    assert getattr(checked.installation.feeds["grid"], "recording", None) == str(folder / "day.csv")
    (folder / "day.csv").write_text("")
    assert not check(folder / "config.yaml", registries).problems
    spoil(folder / "config.yaml", "speed: 60x", "speed: 60")
    (problem,) = check(folder / "config.yaml", registries).problems
    assert (problem.line, problem.code, english(problem.message)) == (12, "E111", "'60' is not a speed")


def test_a_key_that_is_not_set_is_a_warning(folder: Path, registries: Registries, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GRID_KEY", raising=False)
    registries = replace(registries, feeds={**FEED_DOCUMENTS, **registries.feeds})
    auth = "url: https://example.org/grid.json\n    auth: {kind: header, key: '${GRID_KEY}'}"
    spoil(folder / "config.yaml", "kind: file\n    path: grid.json", f"kind: http_json\n    {auth}")
    checked = check(folder / "config.yaml", registries)
    assert [(p.file, p.line, p.code, p.severity) for p in checked.problems] == [("config.yaml", 9, "W060", "warning")]
    assert "'GRID_KEY'" in english(checked.problems[0].message)
    assert checked.installation is not None
    monkeypatch.setenv("GRID_KEY", "k")
    assert check(folder / "config.yaml", registries).problems == ()


@pytest.mark.parametrize(
    ("auth", "hint"),
    [
        ("{kind: basic, user_name: me, password: '${GRID_KEY}'}", "did you mean 'username'?"),
        ("{kind: login, url: 'https://example.org', sends: {}}", "did you mean 'send'?"),
        ("{kind: heder, key: '${GRID_KEY}'}", "there are key, header, basic, client_credentials, login"),
    ],
)
def test_a_way_to_be_known_is_mended_in_its_own_words(folder: Path, registries: Registries, auth: str, hint: str):
    registries = replace(registries, feeds={**FEED_DOCUMENTS, **registries.feeds})
    url = "url: https://example.org/grid.json"
    spoil(folder / "config.yaml", "kind: file\n    path: grid.json", f"kind: http_json\n    {url}\n    auth: {auth}")
    (found,) = check(folder / "config.yaml", registries).problems
    assert (found.line, english(found.hint)) == (12, hint)


def test_a_ready_made_feed_with_a_fault_is_told_in_its_own_document(folder: Path, registries: Registries):
    spoil(folder / "catalogue/flow.yaml", "fresh_for: 2 h", "fresh_for: 2")
    (found,) = check(folder / "config.yaml", registries).problems
    assert (found.file, found.line, found.code) == ("catalogue/flow.yaml", 10, "E111")
    assert found.shown is not None
    assert "fresh_for" in found.shown


def test_a_scenario_that_ends_in_yml_is_told_of(folder: Path, registries: Registries):
    (folder / "scenarios/air.yml").write_text("maquette: 1\n")
    (found,) = check(folder / "config.yaml", registries).problems
    assert (found.file, found.code, found.severity) == ("scenarios/air.yml", "W003", "warning")


def test_a_name_belongs_to_one_scenario_and_one_scale(folder: Path, registries: Registries):
    spoil(folder / "config.yaml", "idle:", "scenarios: [scenarios, more]\nidle:")
    (folder / "more").mkdir()
    for file in ("air.yaml", "scales.yaml"):
        (folder / "more" / file).write_bytes((folder / "scenarios" / file).read_bytes())
    (folder / "more" / "rest.yaml").write_bytes((folder / "scenarios" / "veille.yaml").read_bytes())
    problems = check(folder / "config.yaml", registries).problems
    assert {(p.file, p.code) for p in problems} == {
        ("more/air.yaml", "E222"),
        ("more/scales.yaml", "E222"),
        ("more/rest.yaml", "E223"),
    }


def test_a_text_cannot_be_a_light_s_value(folder: Path, registries: Registries):
    spoil(folder / "scenarios/air.yaml", "air[zone.insee].index", "zone.insee")
    assert "E361" in {p.code for p in check(folder / "config.yaml", registries).problems}


def test_nested_faults_of_a_driver_s_own_options_are_told_in_its_words(folder: Path, registries: Registries):
    spoil(folder / "hardware.yaml", "driver: virtual, angle", "driver: wired, pin: 12, pulse: [1000, x], angle")
    (found,) = check(folder / "config.yaml", registries).problems
    assert (found.code, found.line) == ("E104", 21)
    assert english(found.message) == "expected a number, found the text 'x'"


# -- secrets ---------------------------------------------------------------------------------------------------------


def test_secrets_come_from_the_environment_or_from_credentials(
    folder: Path, registries: Registries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    line = 'mqtt: {host: broker, username: hall, password: "${MQTT_WORD}"}\nconsole: {pin: "${HALL_PIN}"}\nidle:'
    spoil(folder / "config.yaml", "idle:", line)
    (tmp_path / "HALL_PIN").write_text("4711\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("MQTT_WORD", "s3cret")
    made = installation(folder, registries)
    assert made.mqtt is not None
    assert (made.mqtt.username, made.mqtt.password, made.console.pin) == ("hall", "s3cret", "4711")


def test_a_missing_secret_is_told_without_its_value_and_does_not_stop_the_show(
    folder: Path, registries: Registries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HALL_PIN", raising=False)
    spoil(folder / "config.yaml", "idle:", 'console: {pin: "${HALL_PIN}"}\nidle:')
    assert [p.code for p in check(folder / "config.yaml", registries).problems] == ["E224"]
    checked = check(folder / "config.yaml", registries, tmp_path / "state")
    assert checked.installation is not None
    assert checked.installation.console.pin is None
    assert [a.code for a in checked.alerts] == ["secret_missing"]


def test_a_secret_that_cannot_be_read_is_a_problem(
    folder: Path, registries: Registries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "HALL_PIN").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    spoil(folder / "config.yaml", "idle:", 'console: {pin: "${HALL_PIN}"}\nidle:')
    assert [p.code for p in check(folder / "config.yaml", registries).problems] == ["E228"]


def test_a_pin_in_the_document_is_never_shown_in_words(folder: Path, registries: Registries):
    spoil(folder / "config.yaml", "idle:", 'console: {pin: "987654"}\nidle:')
    (found,) = check(folder / "config.yaml", registries).problems
    assert found.code == "E362"
    assert "987654" not in found.heading()


# -- brokers of feeds ------------------------------------------------------------------------------------------------


class HeardFeed(TableDocument):
    kind: Literal["heard"]
    broker: MqttDocument | None = None


HEARD = """feeds:
  hall:
    kind: heard
    every: 1 min
    fresh_for: 1 h
    nature: measured
    source: Ours
    licence: Open
    values: {level: {pick: level}}
"""


def test_a_feed_that_listens_to_a_broker_listens_to_the_installation_s_unless_it_names_one(
    folder: Path, registries: Registries
):
    known = replace(registries, feeds={**registries.feeds, "heard": HeardFeed})
    spoil(folder / "config.yaml", "feeds:\n", HEARD)
    (found,) = check(folder / "config.yaml", known).problems
    assert (found.code, found.line) == ("E101", 1 + (folder / "config.yaml").read_text().split("\n").index("  hall:"))
    spoil(folder / "config.yaml", "feeds:\n", "mqtt: {host: hall.local, port: 8883, tls: true}\nfeeds:\n")
    made = installation(folder, known)
    assert getattr(made.feeds["hall"], "broker", None) == MqttDocument(host="hall.local", port=8883, tls=True)
    assert made.mqtt == MqttSettings("hall.local", 8883, tls=True)
    spoil(folder / "config.yaml", "    kind: heard\n", "    kind: heard\n    broker: {host: other.local}\n")
    assert getattr(installation(folder, known).feeds["hall"], "broker", None) == MqttDocument(host="other.local")


# -- last good copies ------------------------------------------------------------------------------------------------


@pytest.fixture
def state(folder: Path, registries: Registries, tmp_path: Path) -> Path:
    """A state folder that has once seen these documents well."""
    place = tmp_path / "state"
    assert last_good.keep(installation(folder, registries).sources, place, write_atomically) is None
    return place


@pytest.mark.parametrize(
    "file", ["config.yaml", "hardware.yaml", "scenarios/scales.yaml", "scenarios/air.yaml", "plan.svg"]
)
def test_a_wrong_document_gives_way_to_its_last_good_copy(folder: Path, registries: Registries, state: Path, file: str):
    if file == "plan.svg":
        (folder / file).unlink()
    else:
        (folder / file).write_text("maquette: [1\n")
    checked = check(folder / "config.yaml", registries, state)
    assert not checked.passed
    assert checked.installation is not None
    assert set(checked.installation.show.scenarios) == {"air", "veille"}
    (alert,) = checked.alerts
    assert (alert.code, alert.subject) == ("document_last_good", file)
    assert dict(alert.arguments)["file"] == ("hardware.yaml" if file == "plan.svg" else file)
    assert check(folder / "config.yaml", registries).installation is None


@pytest.mark.parametrize(
    ("file", "name"),
    [("config.yaml", "hardware: hardware.yaml"), ("hardware.yaml", "image: plan.svg")],
)
@pytest.mark.parametrize("typed", ["mistyped.x", "/outside.x", "../outside.x"])
def test_a_document_that_names_a_wrong_file_gives_way_to_its_last_good_copy(
    folder: Path, registries: Registries, state: Path, file: str, name: str, typed: str
):
    spoil(folder / file, name, f"{name.split(maxsplit=1)[0]} {typed}")
    checked = check(folder / "config.yaml", registries, state)
    assert checked.installation is not None
    assert {(a.code, a.subject) for a in checked.alerts} == {("document_last_good", file)}


def test_two_faults_of_one_edit_need_one_copy(folder: Path, registries: Registries, state: Path):
    spoil(folder / "config.yaml", "hardware: hardware.yaml", "hardware: hardwear.yaml\ntime_zone: Paris")
    spoil(folder / "hardware.yaml", "[rhone, canal]", "[rhone, canale]")
    spoil(folder / "hardware.yaml", "image: plan.svg", "image: plant.svg")
    checked = check(folder / "config.yaml", registries, state)
    assert checked.installation is not None
    assert {a.subject for a in checked.alerts} == {"config.yaml", "hardware.yaml"}


def test_a_wrong_scenario_without_a_copy_is_left_out(folder: Path, registries: Registries, state: Path):
    (folder / "scenarios/new.yaml").write_text("maquette: 1\ntitel: Neu\n")
    checked = check(folder / "config.yaml", registries, state)
    assert checked.installation is not None
    assert set(checked.installation.show.scenarios) == {"air", "veille"}
    assert [(a.code, a.subject) for a in checked.alerts] == [("scenario_left_out", "scenarios/new.yaml")]


def test_what_scenarios_share_waits_until_they_go_with_it(folder: Path, registries: Registries, state: Path):
    """A group is renamed in the hardware document, and not yet in the scenario that names it; another scenario is new."""
    (folder / "scenarios/new.yaml").write_text((folder / "scenarios/veille.yaml").read_text())
    spoil(folder / "hardware.yaml", "communes: [feyzin, solaize]", "towns: [feyzin, solaize]")
    checked = check(folder / "config.yaml", registries, state)
    assert checked.installation is not None
    assert set(checked.installation.show.scenarios) == {"air", "veille", "new"}
    assert "communes" in checked.installation.show.model.groups
    (alert,) = checked.alerts
    assert (alert.code, alert.subject) == ("document_waits", "hardware.yaml")
    assert dict(alert.arguments)["file"] == "scenarios/air.yaml"
    spoil(folder / "scenarios/air.yaml", "communes", "towns")
    checked = check(folder / "config.yaml", registries, state)
    assert checked.installation is not None
    assert checked.alerts == ()
    assert "towns" in checked.installation.show.model.groups


def test_a_copy_that_no_longer_fits_is_left_out_too(folder: Path, registries: Registries, state: Path):
    (state / "last_good/hardware.yaml").unlink()
    spoil(folder / "hardware.yaml", "communes: [feyzin, solaize]", "towns: [feyzin, solaize]")
    checked = check(folder / "config.yaml", registries, state)
    assert checked.installation is not None
    assert set(checked.installation.show.scenarios) == {"veille"}
    assert [(a.code, a.subject) for a in checked.alerts] == [("scenario_left_out", "scenarios/air.yaml")]
    assert checked.installation.exhibition.buttons[0].scenario is None


def test_without_the_idle_scenario_idle_is_dark(folder: Path, registries: Registries, tmp_path: Path):
    (folder / "scenarios/veille.yaml").write_text("")
    checked = check(folder / "config.yaml", registries, tmp_path / "nothing")
    assert checked.installation is not None
    assert checked.installation.show.idle is None


@pytest.mark.parametrize("file", ["config.yaml", "hardware.yaml"])
def test_without_usable_hardware_or_config_there_is_nothing_to_play(
    folder: Path, registries: Registries, tmp_path: Path, file: str
):
    (folder / file).write_text("maquette: 2\n")
    assert check(folder / "config.yaml", registries, tmp_path / "nothing").installation is None


def test_keeping_overwrites_whole_files_and_leaves_nothing_beside(folder: Path, registries: Registries, state: Path):
    spoil(folder / "scenarios/air.yaml", "for: 40 s", "for: 50 s")
    sources = installation(folder, registries).sources
    assert last_good.keep(sources, state, write_atomically) is None
    kept = {p.relative_to(state / "last_good") for p in (state / "last_good").rglob("*") if p.is_file()}
    assert kept == set(sources)
    assert b"50 s" in (last_good.last_good(state, "scenarios/air.yaml") or b"")


def test_a_disk_that_cannot_be_written_is_a_reason_not_an_error(folder: Path, registries: Registries, tmp_path: Path):
    (tmp_path / "state").write_text("a file, not a folder")
    reason = last_good.keep(installation(folder, registries).sources, tmp_path / "state", write_atomically)
    assert reason is not None
    assert "not a directory" in reason


def test_a_pattern_of_the_catalogue_that_is_none_is_a_problem(folder: Path, registries: Registries):
    spoil(folder / "catalogue/flow.yaml", '"[A-Z][0-9]{9}"', '"[A-Z"')
    (found,) = check(folder / "config.yaml", registries).problems
    assert (found.file, found.code) == ("catalogue/flow.yaml", "E111")
    assert "regular expression" in found.heading("en")


# -- files that are no documents -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file", ["config.yaml", "hardware.yaml", "plan.svg", "scenarios/air.yaml", "scenarios/scales.yaml"]
)
@pytest.mark.parametrize("spoiler", ["folder", "pipe", "nowhere"])
def test_whatever_stands_in_place_of_a_file_is_one_problem(
    folder: Path, registries: Registries, file: str, spoiler: str
):
    (folder / file).unlink()
    match spoiler:
        case "folder":
            (folder / file).mkdir()
        case "pipe":
            os.mkfifo(folder / file)
        case "nowhere":
            (folder / file).symlink_to("nowhere")
    (found,) = check(folder / "config.yaml", registries).problems
    assert found.code in ("E001", "E201")
    assert file.rsplit("/", 1)[-1] in found.heading()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"\x89PNG", "UTF-8"), (b"<html></html>", "<svg>"), (b"<svg>" + b" " * 10_000_000, "10 MB")],
    ids=["png", "html", "large"],
)
def test_a_plan_that_is_no_drawing_is_a_problem(folder: Path, registries: Registries, raw: bytes, reason: str):
    (folder / "plan.svg").write_bytes(raw)
    (found,) = check(folder / "config.yaml", registries).problems
    assert found.code == "E230"
    assert reason in english(found.message)


@pytest.mark.parametrize("file", ["config.yaml", "hardware.yaml"])
def test_a_name_that_no_file_can_have_is_a_problem(folder: Path, registries: Registries, file: str):
    old = "hardware.yaml" if file == "config.yaml" else "plan.svg"
    spoil(folder / file, old, '"a\\0b"')
    (found,) = check(folder / "config.yaml", registries).problems
    assert (found.file, found.code) == (file, "E201")
    assert found.heading().isprintable()


def test_a_sample_with_a_name_that_no_file_can_have_is_left_out(folder: Path, registries: Registries):
    spoil(folder / "config.yaml", "path: grid.json", 'path: grid.json\n    sample: "a\\0b"')
    checked = check(folder / "config.yaml", registries)
    assert [p.code for p in checked.problems] == ["W006"]
    assert checked.installation is not None
    assert checked.installation.feeds["grid"].sample is None


@pytest.mark.parametrize("name", ["bruit.YAML", "bruit.yaml.txt", "bruit.yml", b"\xe9t\xe9.yaml"])
def test_a_file_that_is_nearly_a_document_is_told_of(folder: Path, registries: Registries, name: str | bytes):
    (folder / "scenarios" / os.fsdecode(name)).write_text("maquette: 1\n")
    (found,) = check(folder / "config.yaml", registries).problems
    assert found.code in ("W003", "W007")
    assert found.heading().isprintable()


def test_a_folder_named_twice_is_read_once(folder: Path, registries: Registries):
    spoil(folder / "config.yaml", "idle:", "scenarios: [scenarios, scenarios]\nidle:")
    assert check(folder / "config.yaml", registries).problems == ()


def test_official_scales_are_always_there(folder: Path, registries: Registries):
    (folder / "scenarios/scales.yaml").unlink()
    spoil(folder / "scenarios/air.yaml", "scale: balance", "scale: atmo_pm2")
    problems = check(folder / "config.yaml", registries).problems
    assert [(p.code, english(p.hint)) for p in problems] == [("E212", "did you mean 'atmo_pm25'?")]


def test_references_are_told_of_all_documents_at_once_and_without_echo(folder: Path, registries: Registries):
    spoil(folder / "config.yaml", "use: atmo", "use: atmos")
    spoil(folder / "hardware.yaml", "[rhone, canal]", "[rhone, canale]")
    spoil(folder / "scenarios/air.yaml", "zones: [communes]", "zones: [comunes]")
    problems = check(folder / "config.yaml", registries).problems
    assert {(p.file, p.code) for p in problems} == {
        ("config.yaml", "E218"),
        ("hardware.yaml", "E204"),
        ("scenarios/air.yaml", "E204"),
    }


def test_without_a_config_it_is_said_where_to_look(tmp_path: Path, registries: Registries):
    (found,) = check(tmp_path / "config.yaml", registries).problems
    assert "FOLDER/config.yaml" in english(found.hint)


# -- whatever people write -------------------------------------------------------------------------------------------

FILES = ("config.yaml", "hardware.yaml", "scenarios/air.yaml", "scenarios/scales.yaml")
PIECES = [
    "",
    ":",
    ",",
    "{",
    "]",
    "'",
    '"',
    "#",
    "-",
    "null",
    "true",
    "-1",
    "1e9",
    "x",
    "é",
    "\t",
    "\n",
    "[]",
    "{}",
    " 5 s",
    "all",
    "%",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(FILES),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1, max_size=3),
)
def test_no_edit_makes_the_check_fall_over(folder: Path, registries: Registries, file: str, edits):
    original = (BASE / file).read_text(encoding="utf-8")
    text = original
    for place, length, piece in edits:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    (folder / file).write_text(text, encoding="utf-8")
    try:
        checked = check(folder / "config.yaml", registries)
    finally:
        (folder / file).write_text(original, encoding="utf-8")
    assert (checked.installation is None) is not checked.passed
    for found in checked.problems:
        assert Mark(found.line, found.column) >= Mark(1, 1)
        assert "Input should" not in english(found.message)
        assert "pydantic" not in found.heading()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(FILES),
    line=st.floats(0, 1),
    value=st.sampled_from(
        [
            "3",
            "text",
            "[1, 2]",
            "{a: b}",
            "true",
            "1.5",
            '""',
            "-5 s",
            ".nan",
            "99999999999",
            "[[[]]]",
            "{a: [b]}",
            "{flow: {}}",
            "~",
            "°",
        ]
    ),
)
def test_no_value_makes_the_check_fall_over(folder: Path, registries: Registries, file: str, line: float, value: str):
    original = (BASE / file).read_text(encoding="utf-8")
    lines = original.split("\n")
    number = int(line * (len(lines) - 1))
    lines[number] = lines[number].split(":")[0] + ": " + value
    (folder / file).write_text("\n".join(lines), encoding="utf-8")
    try:
        checked = check(folder / "config.yaml", registries, folder / "state")
    finally:
        (folder / file).write_text(original, encoding="utf-8")
    assert all(found.line >= 1 and found.column >= 1 for found in checked.problems)


def test_a_path_cannot_leave_the_folder(folder: Path, registries: Registries):
    spoil(folder / "config.yaml", "hardware.yaml", os.fspath(folder.parent / "hardware.yaml"))
    assert "E229" in {p.code for p in check(folder / "config.yaml", registries).problems}


@pytest.mark.parametrize(("device", "place"), [("/dev/ttyACM0", (7, 36)), ("/dev/serial/by-id/usb-1a86-if00", None)])
def test_a_device_that_others_may_take_the_place_of_is_a_warning(
    folder: Path, registries: Registries, device: str, place: tuple[int, int] | None
):
    ready_made = (
        "maquette: 1\ntitle: {fr: Air, en: Air}\ntheme: air\nparameters: {device: {title: {fr: Appareil, en: Device}, example: /dev/x}}\n"
        'feed: {kind: serial, device: "{device}", format: mhz19, fresh_for: 1 min, nature: measured, source: Us,\n'
        "  licence: CC0, values: {flow: {pick: co2}}}\n"
    )
    (folder / "catalogue/co2.yaml").write_text(ready_made, encoding="utf-8")
    spoil(
        folder / "config.yaml", "{use: flow, with: {station: V303002002}}", f"{{use: co2, with: {{device: {device}}}}}"
    )
    found = [(p.line, p.column) for p in check(folder / "config.yaml", registries).problems if p.code == "W070"]
    assert found == ([place] if place else [])
