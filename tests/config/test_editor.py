"""What an editor shows while one writes: the real YAML language server completes and explains with our schemas."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from maquette.show.effects import EFFECTS
from tests.config.language_server import LanguageServer
from tests.config.test_schema import DOCUMENTS, ROOT

SCENARIO = "# yaml-language-server: $schema=../maquette/config/schemas/scenario.json\nmaquette: 1\ntitle: T\n"
HARDWARE = "# yaml-language-server: $schema=../maquette/config/schemas/hardware.json\nmaquette: 1\ntitle: T\n"
CONFIG = "# yaml-language-server: $schema=maquette/config/schemas/config.json\nmaquette: 1\nid: t\nhardware: h.yaml\n"


@pytest.fixture(scope="module")
def editor() -> Iterator[LanguageServer]:
    with LanguageServer() as server:
        yield server


def offered(editor: LanguageServer, file: str, text: str) -> dict[str, str]:
    """Return what is offered where ``text`` has a ``|``, with what is told of it."""
    before, _, after = text.partition("|")
    path = ROOT / file
    editor.open(path, before + after)
    lines = before.split("\n")
    items = editor.completions(path, len(lines) - 1, len(lines[-1]))
    documentation = {label: item.get("documentation") or "" for label, item in items.items()}
    return {label: text if isinstance(text, str) else text["value"] for label, text in documentation.items()}


def explained(editor: LanguageServer, path: Path, written: str) -> str:
    """Return what is told of the first place where something is written; the document is open."""
    lines = path.read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines) if written in text and not text.startswith("#"))
    return editor.hover(path, line, lines[line].index(written) + 1)


def test_shipped_documents_show_no_fault_in_an_editor(editor: LanguageServer):
    for path in (path for paths in DOCUMENTS.values() for path in paths):
        assert editor.open(path, path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        ("start_on", "Ce qui le lance.", "What starts it."),
        ("while_playing", "Ce que fait son propre déclencheur pendant qu'il joue.", "What its own trigger does while it plays."),
        ("fade", "Combien de temps prend le passage à cette étape.", "How long the change to this step takes."),
        ("otherwise", "Par langue, quand un chiffre n'est pas connu.", "By language, when a figure is unknown."),
        ("servo:", "Son nom dans le document du matériel.", "Its name in the hardware document."),
        ("breathe:", EFFECTS["breathe"].doc["fr"], EFFECTS["breathe"].doc["en"]),
        ("depth", EFFECTS["breathe"].parameters["depth"].doc["fr"], EFFECTS["breathe"].parameters["depth"].doc["en"]),
    ],
)  # fmt: skip
def test_a_key_is_explained_in_french_and_in_english(editor: LanguageServer, written: str, french: str, english: str):
    path = ROOT / "scenarios/air.yaml"
    editor.open(path, path.read_text(encoding="utf-8"))
    told = explained(editor, path, written)
    assert french in told
    assert english in told
    assert told.index(french) < told.index(english)


def test_the_words_that_a_key_may_have_are_listed(editor: LanguageServer):
    path = ROOT / "scenarios/air.yaml"
    editor.open(path, path.read_text(encoding="utf-8"))
    told = explained(editor, path, "while_playing")
    assert set(re.findall(r"\* `(\w+)`", told)) == {"ignore", "restart", "next_step"}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("steps:\n  - |", {"title", "for", "until", "through", "ask", "say", "notes", "lights", "servos", "fade", "for_each"}),
        ("steps:\n  - title: T\n    |", {"for", "until", "say", "lights"}),
        ("steps:\n  - title: T\n    lights:\n      - zones: [all]\n        |", {"value", "scale", "colour", "effect", "level"}),
        ("steps:\n  - lights:\n      - zones: [all]\n        effect: |", set(EFFECTS)),
        ("steps:\n  - lights:\n      - zones: [all]\n        effect:\n          |", set(EFFECTS)),
        ("steps:\n  - lights:\n      - zones: [all]\n        effect:\n          flow:\n            |", {"speed", "length"}),
        ("steps:\n  - lights:\n      - zones: [all]\n        blend: |", {"over", "add", "max", "multiply"}),
        ("while_playing: |\nsteps:\n  - title: T\n", {"ignore", "restart", "next_step"}),
        ("steps:\n  - say:\n      |", {"fr", "en", "when", "otherwise"}),
        ("start_on:\n  - button: air\n    press: |", {"short", "long", "double"}),
        ("steps:\n  - ask:\n      |", {"question", "id", "choices"}),
        ("steps:\n  - through:\n      |", {"from", "to", "in"}),
    ],
)  # fmt: skip
def test_a_half_written_scenario_is_completed(editor: LanguageServer, text: str, labels: set[str]):
    found = offered(editor, "scenarios/half_written.yaml", SCENARIO + text)
    assert labels <= set(found)


def test_what_is_offered_is_explained_too(editor: LanguageServer):
    found = offered(editor, "scenarios/half_written.yaml", SCENARIO + "steps:\n  - |")
    assert "Combien de temps elle dure" in found["for"]
    assert "How long it lasts" in found["for"]


@pytest.mark.parametrize(
    ("text", "labels", "not_these"),
    [
        ("strips:\n  river:\n    driver: |", {"ddp", "virtual"}, {"gpiozero"}),
        ("strips:\n  river:\n    driver: ddp\n    |", {"host", "port", "start", "leds", "order"}, {"pin"}),
        ("strips:\n  river:\n    driver: virtual\n    |", {"order", "leds"}, {"host"}),
        ("servos:\n  needle:\n    driver: gpiozero\n    |", {"pin", "pulse", "angle"}, {"host"}),
    ],
)
def test_each_driver_has_its_own_keys(editor: LanguageServer, text: str, labels: set[str], not_these: set[str]):
    found = set(offered(editor, "hardware/half_written.yaml", HARDWARE + text))
    assert labels <= found
    assert not not_these & found


def test_a_feed_is_ready_made_or_of_some_kind(editor: LanguageServer):
    assert {"use", "with", "kind"} <= set(offered(editor, "half_written.yaml", CONFIG + "feeds:\n  river:\n    |"))
    found = set(offered(editor, "half_written.yaml", CONFIG + "feeds:\n  river:\n    kind: http_json\n    |"))
    assert {"url", "every", "fresh_for", "rows", "values"} <= found
    assert not {"use", "with"} & found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("steps:\n  - lights:\n      - zons: [all]\n", "zons is not allowed"),
        ("while_playing: ignored\nsteps:\n  - title: T\n", '"ignore", "restart", "next_step"'),
        ("steps:\n  - fade: 5\n", 'Incorrect type. Expected "string"'),
        ("steps:\n  - fade: 5 m\n", "String does not match the pattern"),
    ],
)
def test_a_fault_is_shown_while_one_types(editor: LanguageServer, text: str, words: str):
    found = editor.open(ROOT / "scenarios/half_written.yaml", SCENARIO + text)
    assert any(words in fault["message"] for fault in found), found
