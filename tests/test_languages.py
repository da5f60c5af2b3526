"""A third language is one file: put beside the others, it makes pages, figures, dates and MQTT German, and changes nothing else."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import maquette
from maquette import languages
from maquette.console.pages import PAGES
from maquette.console.wording import catalogue
from tests.rehearsal.conftest import VALLEY

PACKAGE = Path(maquette.__file__).parent
ROOT = PACKAGE.parent

SPOKEN = {
    "day_pattern": "d. MMMM",
    "day_of_year_pattern": "d. MMMM y",
    "hour_pattern": "HH:mm",
    "day_and_hour": "{day} um {hour} Uhr",
}
NOT_YET = "unknown"
"""An entry that the third language lacks."""

PATHS = [*PAGES.values(), "/locale/de.json", "/api/state", "/api/display", "/api/health"]

ASKED = """
import contextlib, io, json
from dataclasses import replace
from datetime import UTC, datetime
import requests
from maquette.cli import main
from maquette.console.mqtt.discovery import announce
from maquette.console.wording import LANGUAGES, Wording, catalogue
from maquette.core.clock import Clock
from tests.console.conftest import running
from tests.console.fake_stage import FakeStage
from tests.console.fake_territory import make_exhibition

german, exhibition = Wording("de"), make_exhibition()
stage = FakeStage(replace(exhibition, languages=("de", *exhibition.languages)))
with running(stage=stage) as console:
    asked = {path: requests.get(console.url + path, timeout=60) for path in PATHS}
moment, said = datetime(2026, 11, 21, 10, 45, tzinfo=UTC), io.StringIO()
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    verbs = [main([*words, "--language", "de"]) for words in (["check", CONFIG], ["describe", "air", "--config", CONFIG])]
print(json.dumps({
    "languages": LANGUAGES,
    "answers": {path: answer.text for path, answer in asked.items()},
    "french": dict(catalogue("fr")),
    "moment": german.moment(moment, Clock(moment.replace(hour=23), trusted=True)),
    "figures": [german.quantity(1234.5, "MW"), german.quantity(12.5, "%"), german.ago(300.0)],
    "unknown": german.quantity(None, "MW"),
    "mqtt": announce(stage.exhibition, stage.readings, "maquette/valley", "homeassistant"),
    "verbs": [verbs, said.getvalue()],
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the program says that has one file more than ours; its words are ours in English with a mark before them."""
    package = tmp_path_factory.mktemp("third") / "maquette"
    (package / "locale").mkdir(parents=True)
    for path in PACKAGE.iterdir():
        if path.name not in ("locale", "__pycache__"):
            (package / path.name).symlink_to(path)
    for path in (PACKAGE / "locale").iterdir():
        (package / "locale" / path.name).symlink_to(path)
    words = {key: f"»{text}" for key, text in languages.read("", "en").items() if key != NOT_YET} | SPOKEN
    (package / "locale/de.json").write_text(json.dumps(words), encoding="utf-8")
    config = shutil.copytree(VALLEY, package.parent / "valley") / "config.yaml"
    config.write_text(config.read_text().replace("languages: [", "languages: [de, "))
    done = subprocess.run(
        [sys.executable, "-c", ASKED.replace("CONFIG", repr(str(config))).replace("PATHS", repr(PATHS))],
        cwd=package.parent, env=os.environ | {"PYTHONPATH": f"{package.parent}:{ROOT}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def test_a_third_language_is_there_once_its_file_is(told):
    assert told["languages"] == ["fr", "de", "en"]


def test_pages_speak_it(told):
    answers = told["answers"]
    for path in PAGES.values():
        assert '<html lang="de"' in answers[path], path
        assert "»" in answers[path], path
    assert json.loads(answers["/locale/de.json"])["next"] == f"»{catalogue('en')['next']}"
    for path in ("/api/state", "/api/display", "/api/health"):
        assert "»" in answers[path], path


def test_figures_and_moments_are_written_as_it_writes_them(told):
    assert told["moment"] == "21. November um 10:45 Uhr"
    assert [text.replace("\u00a0", " ") for text in told["figures"]] == ["1.234 MW", "12,5 %", "vor 5 Min."]


def test_mqtt_speaks_it(told):
    names = [told["mqtt"][topic]["name"] for topic in told["mqtt"] if "/select/" in topic or "/number/" in topic]
    assert names
    assert all(name.startswith("»") for name in names)


def test_what_it_lacks_is_said_in_english_and_maintainers_are_told_in_english(told):
    assert told["unknown"] == catalogue("en")[NOT_YET]
    verbs, said = told["verbs"]
    assert verbs == [0, 0], said
    assert "The air in short" in said


def test_nothing_else_changes(told):
    assert told["french"] == catalogue("fr")


@pytest.mark.parametrize("text", ['{"next": "weiter"', '["weiter"]', None])
def test_a_file_that_cannot_be_read_is_told_and_english_stands_in(tmp_path, monkeypatch, caplog, text):
    (tmp_path / "locale").mkdir()
    if text is not None:
        (tmp_path / "locale/de.json").write_text(text)
    monkeypatch.setattr(languages, "files", lambda _package: tmp_path)
    with caplog.at_level(logging.ERROR):
        assert languages.read.__wrapped__("", "de") == {}
    assert "locale/de.json is not used" in caplog.text
