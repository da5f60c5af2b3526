"""`maquette record` and what `maquette replay` looks for, in words of both languages."""

import time
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest

from maquette import app, cli
from maquette.errors import CalendarError
from maquette.feeds.archive import Archive, Entry
from maquette.feeds.recording import read_recording
from maquette.feeds.recording_command import _span, replay_of, run_record
from maquette.feeds.store import terms_digest
from tests.feeds.archives import POND
from tests.feeds.documents import PARIS, document

FEEDS = {"pond": document(), "shut": document(duties=["no_storage"], licence="For eyes only"), "lake": document()}
OURS = POND._replace(terms=terms_digest(FEEDS["pond"]))
HOUR = 3600.0


def installation() -> Any:
    """Return what the commands look at of one."""
    return SimpleNamespace(id="lyon", feeds=FEEDS, time_zone="Europe/Paris")


@pytest.fixture
def state(tmp_path):
    archive = Archive(tmp_path / "history.sqlite")
    now = time.time()
    archive.write([Entry(OURS, "level", None, "m", now - hours * HOUR, hours, now) for hours in (50.0, 2.0, 1.0)])
    yield tmp_path  # the model runs on: its archive is open
    archive.close()


def run(state, when=None, names=(), target="-", language="en"):
    return run_record(installation(), when, names, str(target), state, language)


def test_the_last_day_is_written_and_what_a_licence_forbids_is_told(state, tmp_path, capsys):
    target = tmp_path / "made" / "day.csv"
    assert run(state, target=target) == 0
    made = read_recording(target.read_text("utf-8"))
    assert (made.model, [row.value for row in made.rows]) == ("lyon", [2.0, 1.0])
    assert made.until - made.since == 24 * HOUR
    told = capsys.readouterr().err
    assert "the feed 'shut' is left out: its licence (For eyes only) does not allow it to be kept" in told
    assert "nothing was kept of these feeds then: lake" in told
    assert f"{target}: 2 values from" in told


def test_it_goes_to_the_next_programme_too(state, capsys):
    assert run(state, when="3 h ago", names=["pond"]) == 0
    made = read_recording(capsys.readouterr().out)
    assert len(made.rows) == 2
    assert made.until - made.since == pytest.approx(3 * HOUR, abs=1.0)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ({"names": ["shut"]}, 1, "the feed 'shut' is left out"),
        ({"names": ["lake"]}, 1, "nothing was kept from"),
        ({"names": ["pnd"]}, 2, "unknown feed 'pnd'; did you mean 'pond'?"),
        ({"when": "2199-01-01"}, 2, "'2199-01-01' is neither a recording that is there, nor a day or a moment that is over"),
        ({"when": "yesterday"}, 2, "'yesterday' is not a moment; write 2026-11-25, '2026-11-25 08:00' or '24 h ago'"),
        ({"when": "yesterday", "language": "fr"}, 2, "«\N{NO-BREAK SPACE}yesterday\N{NO-BREAK SPACE}» n'est pas un moment"),
        ({"target": "/proc/day.csv"}, 1, "/proc/day.csv cannot be written"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(state, capsys, options, code, told):
    assert run(state, **options) == code
    written = capsys.readouterr()
    assert told in written.err
    assert not written.out


def test_without_a_history_there_is_nothing_to_record_nor_to_replay(tmp_path, capsys):
    assert run(tmp_path) == 1
    assert replay_of(installation(), "1 h ago", "60x", tmp_path, "en") is None
    assert capsys.readouterr().err.count("this model has kept nothing yet") == 2
    (tmp_path / "history.sqlite").write_text("not a database, but long enough to be taken for one" * 20)
    assert run(tmp_path) == 1
    assert replay_of(installation(), "1 h ago", "60x", tmp_path, "en") is None
    assert capsys.readouterr().err.count("the history cannot be read") == 2


def test_a_replay_is_of_a_recording_or_of_a_day_that_was_kept(state, tmp_path, capsys):
    target = tmp_path / "day.csv"
    assert run(state, target=target) == 0
    found = replay_of(installation(), str(target), "60x", state, "en")
    assert found is not None
    assert (found.path, found.speed, found.span) == (str(target), 60.0, None)
    found = replay_of(installation(), "3 h ago", "1x", state, "en")
    assert found is not None
    assert found.span is not None
    assert found.span[1] - found.span[0] == pytest.approx(3 * HOUR, abs=1.0)


@pytest.mark.parametrize(
    ("what", "speed", "told"),
    [
        ("nowhere.csv", "1x", "'nowhere.csv' is neither a recording that is there, nor a day or a moment that is over; write"),
        ("2001-01-01", "1x", "nothing was kept from 2000-12-31T23:00:00Z to 2001-01-01T23:00:00Z"),
        ("1 h ago", "60", "'60' is not a speed; write 60x for sixty times as fast; from 1x to 3600x"),
        ("bad.csv", "1x", "bad.csv, line 1: it does not begin with '# Maquette recording 1'"),
        ("latin.csv", "1x", "latin.csv, line 2: it is not UTF-8 text"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_told(state, monkeypatch, capsys, what, speed, told):
    monkeypatch.chdir(state)
    (state / "bad.csv").write_text("time,flow\n")
    (state / "latin.csv").write_bytes(b"# Maquette recording 1\n# model: caf\xe9\n")
    assert replay_of(installation(), what, speed, state, "en") is None
    assert told in capsys.readouterr().err
    assert replay_of(installation(), what, speed, state, "fr") is None
    assert told not in capsys.readouterr().err


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-20", 24)])
def test_a_day_lasts_from_midnight_to_midnight_of_the_territory(day, hours):
    since, until = _span(day, datetime(2026, 12, 1, tzinfo=PARIS))
    assert (until.timestamp() - since.timestamp()) / HOUR == hours
    assert (since.hour, until.hour) == (0, 0)


@pytest.mark.parametrize("text", ["2026-11-20T08:00", "2026-11-20 08:00"])
def test_a_moment_begins_a_day(text):
    since, until = _span(text, datetime(2026, 11, 21, 6, tzinfo=ZoneInfo("Europe/Paris")))
    assert (since.hour, until.hour, until.day) == (8, 6, 21)


def test_what_is_not_over_is_refused():
    with pytest.raises(CalendarError):
        _span("2026-11-21", datetime(2026, 11, 21, tzinfo=PARIS))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("record", (Path("config.yaml"), None, [], "-")),
        ("record 2026-11-25", (Path("config.yaml"), "2026-11-25", [], "-")),
        ("record 2026-11-25 a.yaml -o day.csv --feeds river,air", (Path("a.yaml"), "2026-11-25", ["river", "air"], "day.csv")),
        ("record 2026-11-25 -o day.csv a.yaml", (Path("a.yaml"), "2026-11-25", [], "day.csv")),
        ("record a.yaml", (Path("a.yaml"), None, [], "-")),
    ],
)  # fmt: skip
def test_the_verb_record_takes_its_words_in_any_order(monkeypatch, words, wanted):
    asked = Mock(return_value=0)
    monkeypatch.setattr(app, "record", asked)
    assert cli.main(words.split()) == 0
    assert asked.call_args.args == wanted


@pytest.mark.parametrize("words", ["replay day.csv a.yaml --speed 60x", "replay day.csv --speed 60x a.yaml"])
def test_the_verb_replay_takes_its_words_in_any_order(monkeypatch, words):
    asked = Mock(return_value=0)
    monkeypatch.setattr(app, "run", asked)
    assert cli.main(words.split()) == 0
    assert asked.call_args.args == (Path("a.yaml"),)
    assert asked.call_args.kwargs["replay"] == ("day.csv", "60x")


@pytest.mark.parametrize("words", ["record 2026-11-25 2026-11-26", "replay day.csv other.csv"])
def test_words_too_many_are_refused(words, capsys):
    assert cli.main(words.split()) == 2
    assert "unrecognized arguments" in capsys.readouterr().err
