"""Words: every entry exists in both languages and is used; numbers, ages and readings are written as people write them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest

import maquette
from maquette import languages
from maquette.canary.findings import State
from maquette.console.health import report as health
from maquette.console.health.remedies import AREAS, LESSONS, Area
from maquette.console.pages import PAGES, script_words
from maquette.console.titles import Titles
from maquette.console.wording import LANGUAGES, Wording, arguments_of, catalogue
from maquette.core.alerts import Alert
from maquette.core.clock import Clock
from maquette.core.colour_names import COLOURS, name_colour
from maquette.core.exhibition import FeedCard, ValueCard
from maquette.core.message import message
from maquette.core.readings import Nature, Quality, Reading
from maquette.core.series import FUNCTIONS
from maquette.core.snapshot import DimmedTo, Mode
from maquette.core.text import Figure
from maquette.core.vitals import Ending
from maquette.rehearsal.values import Origin
from tests.console.fake_territory import make_exhibition

PACKAGE = Path(maquette.__file__).parent
SOURCES = {
    p: p.read_text("utf-8")
    for p in PACKAGE.rglob("*")
    if p.suffix in {".py", ".js", ".html"} and p.parent.name != "retelling"  # it has words of its own
}
NOW = datetime(2026, 11, 21, 10, 45, tzinfo=ZoneInfo("Europe/Paris"))
CLOCK = Clock(NOW, trusted=True)
FLOW = Reading(
    "river", "flow", None, 812.0, "m³/s", Quality.LIVE, Nature.MEASURED, NOW.astimezone(UTC) - timedelta(minutes=5)
)

MADE_KEYS = {
    *(f"page_{page}" for page in PAGES),
    *(f"past_{function}" for function in FUNCTIONS),
    *(f"done_{nature.value}" for nature in Nature),
    *(f"nature_{nature.value}" for nature in Nature),
    *(f"quality_{quality.value}" for quality in Quality),
    *(f"quality_note_{quality.value}" for quality in Quality if quality is not Quality.LIVE),
    *(f"state_{mode.value}" for mode in Mode),
    *(f"light_dimmed_{reason}" for reason in get_args(get_type_hints(DimmedTo)["reason"])),
    *(f"rehearsal_{origin.value}" for origin in Origin),
    *(f"colour_{number}_{colour}" for number in ("one", "many") for colour in COLOURS),
    *(f"feeds_state_{state.value}" for state in State),
    *(f"feeds_do_{lesson}" for lesson in (*LESSONS.values(), "shape", "wait")),
    *(f"alert_{kind}_failed" for kind in ("button", "lamp", "encoder", "sensor")),  # of `stage.pins.Wired`
    *(f"{prefix}_unknown" for prefix in ("alert", "refused", "feed_problem", "remedy")),
    *(f"area_{area.value}" for area in Area),
    *(f"health_state_{state.value}" for state in health.State if state is not health.State.OK),
    *(f"health_after_{ending.value}" for ending in Ending),
    *(f"remedy_{code}" for code in AREAS),
}
"""Keys that code puts together from a prefix and a name of `core` or `why`."""


def written_keys() -> set[str]:
    """Return the keys that stand as they are in code and pages."""
    found: set[str] = set()
    for path, source in SOURCES.items():
        if path.suffix == ".html":
            found |= set(re.findall(r"\{\{(\w+)\}\}", source)) - {
                "title",
                "language",
                "interface",
                "links",
                "page_title",
            }
        elif path.suffix == ".js":
            found |= set(re.findall(r'\bsay\(\s*"(\w+)"', source))
        else:
            found |= set(re.findall(r'\bsay\(\s*"(\w+)"', source))
    found |= {f"fact_{name}" for name in re.findall(r'(?<!say)\("(\w+)", ', SOURCES[PACKAGE / "console/why.py"])}
    found |= set(re.findall(r'"(why_\w+)"', SOURCES[PACKAGE / "console/why.py"]))
    return found | {"pause", "resume"}  # the button that is both


def codes(prefix: str) -> set[str]:
    """Return the words for codes: a code stands quoted somewhere in the package."""
    everything = "\n".join(source for path, source in SOURCES.items() if path.suffix == ".py")
    keys = (key for key in catalogue("fr") if key.startswith(f"{prefix}_") and not key.endswith("_unknown"))
    return {key for key in keys if f'"{key.removeprefix(f"{prefix}_")}"' in everything}


def test_every_key_that_is_used_exists():
    assert written_keys() | MADE_KEYS <= set(catalogue("fr"))


def test_no_entry_is_unused():
    used = written_keys() | MADE_KEYS | codes("alert") | codes("refused") | codes("feed_problem") | codes("remedy")
    assert set(catalogue("fr")) - used == set()


def test_every_alert_and_every_reason_of_a_feed_has_words():
    everything = "\n".join(source for path, source in SOURCES.items() if path.suffix == ".py")
    alerts = set(re.findall(r'\bAlert\(\s*"(\w+)"', everything))
    reasons = set(re.findall(r'\bFeedError\(\s*"(\w+)"', everything)) | set(re.findall(r'problem="(\w+)"', everything))
    refusals = set(re.findall(r'\brefused="(\w+)"', everything))
    assert {f"alert_{code}" for code in alerts} <= set(catalogue("fr"))
    assert {f"feed_problem_{code}" for code in reasons} <= set(catalogue("fr"))
    assert {f"refused_{code}" for code in refusals} <= set(catalogue("fr"))


def test_every_alert_has_an_area_and_a_remedy_of_its_own():
    told = {key.removeprefix("alert_") for key in catalogue("fr") if key.startswith("alert_")}
    assert told - {"unknown"} == set(AREAS)


def test_scripts_are_given_every_word_that_they_say_and_no_remedy():
    said = set()
    for path, source in SOURCES.items():
        if path.suffix == ".js":
            said |= set(re.findall(r'\bsay\(\s*"(\w+)"', source))
    for language in LANGUAGES:
        words = script_words(language)
        assert said | {"quality_live", "area_feeds", "health_state_error"} <= set(words)
        assert not any(key.startswith("remedy_") for key in words)


@pytest.mark.parametrize("family", ["", "legend", "retelling"])
def test_all_languages_have_the_same_entries_with_the_same_arguments(family: str):
    english = languages.read(family, languages.ENGLISH)
    for language in languages.known(family):
        entries = languages.read(family, language)
        assert list(entries) == list(english), language
        for key, text in entries.items():
            assert arguments_of(text) == arguments_of(english[key]), (language, key)
            assert text.strip(), (language, key)


def test_the_files_are_of_the_families_that_are_told():
    told = set(re.findall(r"^\| ``(.+?)``", languages.__doc__ or "", re.MULTILINE))
    made = {re.sub(r"\b(fr|en)\.json$", "<lang>.json", file.name) for file in (PACKAGE / "locale").glob("*.json")}
    assert made == {re.sub(r"\bfr\.json$", "<lang>.json", name) for name in told}


def test_french_breaks_no_line_before_its_punctuation():
    plain = re.compile(r" [:;?!»](\s|$)|« ")
    assert [key for key, text in catalogue("fr").items() if plain.search(text) and key != "document_template"] == []


def test_an_alert_quotes_a_problem_in_the_reader_s_language():
    problem = message("E204", name="feyzn")
    arguments = (("file", "scenarios/air.yaml"), ("line", "11"), ("message", problem))
    alert = Alert("scenario_left_out", "scenarios/air.yaml", arguments=arguments)
    french = "scenarios/air.yaml, ligne 11 : zone inconnue « feyzn ». Ce document est laissé de côté."
    english = "scenarios/air.yaml, line 11: unknown zone 'feyzn'. This document is left out."
    assert Wording("fr").alert(alert).replace("\u00a0", " ") == french
    assert Wording("en").alert(alert) == english


@pytest.mark.parametrize(
    ("value", "unit", "french", "english"),
    [
        (812.0, "m³/s", "812\u00a0m³/s", "812\u00a0m³/s"),
        (1234.5, "MW", "1\u202f234\u00a0MW", "1,234\u00a0MW"),
        (34.56, "MW", "34,6\u00a0MW", "34.6\u00a0MW"),
        (0.057, None, "0,057", "0.057"),
        (3.0, None, "3", "3"),
        (-6690.0, "MW", "−6\u202f690\u00a0MW", "−6,690\u00a0MW"),
        (12.34, "%", "12,3\u00a0%", "12.3%"),
        (35.0, "°", "35°", "35°"),
        (None, "MW", "inconnu", "unknown"),
    ],
)
def test_quantities_are_written_as_people_write_them(value, unit, french, english):
    assert Wording("fr").quantity(value, unit) == french
    assert Wording("en").quantity(value, unit) == english


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "à l'instant"), (40, "il y a 40\u00a0s"), (300, "il y a 5\u00a0min"), (7200, "il y a 2\u00a0h")],
)
def test_ages_are_told_in_plain_words(seconds, words):
    assert Wording("fr").ago(seconds) == words


def when(reading: Reading, now: float = 0.0, clock: Clock = CLOCK, language: str = "fr") -> str:
    return Wording(language).when(reading, reading.view(clock, now), clock)


def test_a_reading_says_how_and_when_it_came_to_be():
    assert when(FLOW) == "mesuré il y a 5\u00a0min"
    assert when(FLOW, language="en") == "measured 5 min. ago"
    assert when(replace(FLOW, fresh_until=10.0), now=11.0) == "mesuré il y a 5\u00a0min, valeur périmée"
    assert when(replace(FLOW, quality=Quality.SAMPLE)) == "exemple fourni avec le logiciel, pas une mesure"
    assert when(replace(FLOW, quality=Quality.REPLAY)) == "rejeu d'une valeur du 21 novembre à 10:40"
    assert when(replace(FLOW, value=None)) == "aucune valeur reçue"
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    assert when(replace(FLOW, nature=Nature.FORECAST, measured_at=midnight)) == "prévision pour le 22 novembre"


def test_an_untrusted_clock_gives_no_age():
    assert when(FLOW, clock=Clock(NOW, trusted=False)) == "mesuré, date inconnue"


def test_a_caption_has_its_figures_written_out_in_the_readers_language():
    caption = {
        "fr": (
            "Débit : ",
            Figure(812.5, "m³/s", "live"),
            " — ",
            Figure("Ternay", None, "live"),
            Figure(None, None, "missing"),
        )
    }
    assert Wording("fr").caption(caption) == "Débit : 812\u00a0m³/s — Ternayinconnu"
    assert Wording("en").caption(caption) == "Débit : 812\u00a0m³/s — Ternayunknown"
    assert Wording("fr").caption(None) is None


def test_an_unknown_code_is_named_and_a_missing_argument_loses_nothing():
    assert "comet_landed" in Wording("fr").alert(Alert("comet_landed"))
    assert "{host}" in Wording("en").alert(Alert("broker_unreachable"))


def test_an_alert_words_the_reason_of_a_feed_and_repeats_what_a_driver_said():
    failed = Alert("feed_failed", "river", arguments=(("feed", "river"), ("problem", "timeout")))
    assert "ne répond pas à temps" in Wording("fr").alert(failed)
    broken = Alert("output_failed", "plants", arguments=(("strip", "plants"), ("problem", "no route to host")))
    assert "no route to host" in Wording("fr").alert(broken)


def test_a_language_without_interface_borrows_the_first():
    assert Wording("de").say("unknown") == "inconnu"


SHIPPED_COLOURS = {
    "#50f0e6": "turquoise", "#50ccaa": "green", "#f0e641": "yellow", "#ff5050": "red", "#960032": "burgundy",
    "#7d2181": "violet", "#1a5fa8": "blue", "#2391c7": "blue", "#52c4cf": "turquoise", "#c8f0dc": "other",
    "#a8671f": "other", "#eba648": "orange", "#ffe0a0": "other", "#9ad8ff": "blue", "#1f8f7c": "other",
    "#4fd0b4": "other", "#c98a10": "other", "#ffe38a": "yellow", "#7a52b0": "violet", "#a884dc": "violet",
    "#d8c2ff": "other", "#a85a3c": "other", "#b890f0": "violet", "#d9d2c4": "other", "#f0b060": "orange",
    "#1f5f94": "blue", "#14110e": "dark",
}  # fmt: skip
"""Colours of the shipped scales and lights, and the word for each; ``other`` where two people would say two words."""


@pytest.mark.parametrize(("colour", "name"), SHIPPED_COLOURS.items())
def test_shipped_colours_have_the_names_that_people_use(colour, name):
    assert name_colour(colour) == name


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#2a7fff", "blue"), ("#000000", "dark"), ("#ffffff", "white"), ("#101418", "dark"), ("#808080", "grey"),
     ("#ff0000", "red"), ("#ffff00", "yellow"), ("#ff8800", "orange"), ("#ff70b0", "pink"), ("#300000", "other")],
)  # fmt: skip
def test_plain_colours_have_plain_names(colour, name):
    assert name_colour(colour) == name


def test_an_alert_calls_a_feed_by_its_title():
    failed = Alert("feed_failed", "river", arguments=(("feed", "river"), ("problem", "no_network")))
    assert Wording("fr").alert(failed, feed="Débit de la rivière") == "Débit de la rivière\u00a0: pas de réseau."


def test_arguments_may_have_any_name():
    assert "loose wire" in Wording("en").alert(
        Alert("servo_failed", arguments=(("key", "k"), ("problem", "loose wire")))
    )


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        ("flow", "Débit", "Flow"),
        ("flow.ago(604800)", "Débit, il y a 7\N{NO-BREAK SPACE}jours", "Flow, 7 days ago"),
        ("flow.mean(86400)", "Débit, moyenne sur 24\N{NO-BREAK SPACE}heures", "Flow, mean over 24 hours"),
        ("flow.change(5400)", "Débit, écart en 90 minutes", "Flow, change in 90 minutes"),
        ("flow.sum(1)", "Débit, somme sur 1\N{NO-BREAK SPACE}seconde", "Flow, sum over 1 second"),
        ("level.max(3600)", "river.level, maximum sur 1\N{NO-BREAK SPACE}heure", "river.level, maximum over 1 hour"),
    ],
)
def test_the_past_of_a_value_is_named_after_it(name, french, english):
    reading = Reading("river", name, None, 1.0, "m³/s", Quality.LIVE, Nature.MEASURED)
    card = ValueCard("river", "flow", {"fr": "Débit", "en": "Flow"}, "m³/s")
    shown = replace(make_exhibition(), values=(card,))
    assert [Titles(shown, Wording(language)).value(reading) for language in LANGUAGES] == [french, english]


@pytest.mark.parametrize(
    ("source", "problem", "french", "english"),
    [
        (
            "Hub'Eau",
            "alternative",
            "modélisé il y a 5\N{NO-BREAK SPACE}min, remplace Hub'Eau",
            "standing in for Hub'Eau",
        ),
        ("Hub'Eau", "timeout", "modélisé il y a 5\N{NO-BREAK SPACE}min", "modelled 5"),
        ("", "alternative", "modélisé il y a 5\N{NO-BREAK SPACE}min", "modelled 5"),
    ],
)
def test_a_value_of_another_source_says_for_whom_it_stands_in_and_is_no_failure(source, problem, french, english):
    measured_at = NOW - timedelta(minutes=5)
    reading = Reading(
        "river", "flow", None, 1.0, "m³/s", Quality.LIVE, Nature.MODELLED, measured_at, source="Model", problem=problem
    )
    shown = replace(make_exhibition(), feeds=(FeedCard("river", {"fr": "Rhône"}, source=source),))
    told = [Titles(shown, Wording(language)).when(reading, reading.view(CLOCK, 0.0), CLOCK) for language in LANGUAGES]
    assert told[0] == french
    assert english in told[1]
    assert reading.view(CLOCK, 0.0)["quality"] == "live"


@pytest.mark.parametrize(
    ("quality", "problem", "french"),
    [
        (Quality.STALE, "offline", "le capteur ne répond plus"),
        (Quality.STALE, "retained", "la valeur était gardée d'avant, et nul ne sait de quand elle date"),
        (Quality.LIVE, "partial", "certaines lignes n'ont pas de nombre, ou en ont un trop ancien"),
        (Quality.STALE, "too_old", ""),
        (Quality.STALE, "alternative", ""),
        (Quality.LIVE, "timeout", ""),
        (Quality.LIVE, None, ""),
    ],
)
def test_what_is_wrong_with_a_value_that_is_shown_is_said_beside_it(quality, problem, french):
    reading = Reading("river", "flow", None, 1.0, "m³/s", quality, Nature.MEASURED, NOW, problem=problem)
    assert Titles(make_exhibition(), Wording("fr")).trouble(reading, 0.0) == french
