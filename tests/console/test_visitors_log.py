"""The visitors' log: every vote once, across restarts and power cuts, and nothing about who gave it."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart
from maquette.console.visitors_log import VisitorsLog, keeping_votes
from maquette.core.alerts import Alert
from maquette.core.exhibition import ConsoleSettings
from maquette.core.votes import FormerVotes, VoteCast, VotesKept
from tests.console.fake_stage import FakeStage

HOUR = datetime(2026, 11, 26, 9, tzinfo=UTC)


def vote(number, choice="air", score=5.0, run="one"):
    return VoteCast("well", choice, score, HOUR, run, number)


def totals(path, run="later"):
    return VisitorsLog(path, run).totals().tallies


def test_votes_are_counted_across_runs_and_those_of_this_run_are_left_to_the_stage(tmp_path):
    path = tmp_path / "state" / "votes.jsonl"
    assert VisitorsLog(path, "one").totals() == FormerVotes({})
    assert VisitorsLog(path, "one").totals().latest == {}
    assert VisitorsLog(path, "one").keep([vote(1), vote(2, "next", 0.0), vote(3)]) == VotesKept(3)
    assert totals(path) == {"well": {("air", 5.0): 2, ("next", 0.0): 1}}
    assert VisitorsLog(path, "later").totals().latest == {"well": HOUR}
    assert totals(path, run="one") == {}


def test_a_vote_that_is_told_twice_is_kept_once(tmp_path):
    path = tmp_path / "votes.jsonl"
    first = VisitorsLog(path, "one")
    first.keep([vote(1), vote(2)])
    assert first.keep([vote(2), vote(3)]) == VotesKept(3)
    again = VisitorsLog(path, "one")  # a console that was started anew
    again.totals()
    assert again.keep([vote(2), vote(3)]) == VotesKept(3)
    assert len(path.read_text().splitlines()) == 3


def test_a_line_says_nothing_of_the_visitor(tmp_path):
    path = tmp_path / "votes.jsonl"
    VisitorsLog(path, "one").keep([vote(1)])
    assert json.loads(path.read_text()) == {
        "question": "well", "choice": "air", "score": 5.0, "hour": "2026-11-26T09:00:00Z", "run": "one", "number": 1,
    }  # fmt: skip


@pytest.mark.parametrize("cut", range(2, 100, 7))
def test_a_line_that_a_power_cut_left_unfinished_is_passed_over_and_spoils_no_other(tmp_path, cut):
    path = tmp_path / "votes.jsonl"
    log = VisitorsLog(path, "one")
    log.keep([vote(1), vote(2)])
    path.write_bytes(path.read_bytes()[:-cut])
    VisitorsLog(path, "two").keep([vote(1, run="two")])
    assert totals(path) == {"well": {("air", 5.0): 2}}


def test_lines_that_are_no_votes_are_passed_over(tmp_path):
    path = tmp_path / "votes.jsonl"
    path.write_bytes(b'{"question": 1}\n[]\nnull\n"a"\n\xff\xfe\n{"score": "many"}\n')
    VisitorsLog(path, "one").keep([vote(1)])
    assert totals(path) == {"well": {("air", 5.0): 1}}


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "votes.jsonl"
    log = VisitorsLog(path, "one")
    log.keep([vote(1)])
    before = path.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        log.keep([vote(2)])
    assert path.read_bytes() == before
    monkeypatch.undo()
    assert log.keep([vote(2)]) == VotesKept(2)


def kept(path, steps):
    """Run a console's keeper; ``steps`` drives it. Return what it posted."""
    posted: asyncio.Queue[object] = asyncio.Queue()

    async def run():
        start = ConsoleStart(FakeStage().exhibition, ConsoleSettings(), run="one", votes=path)
        hub = Hub(start, posted.put_nowait)
        with keeping_votes(hub, start, posted.put_nowait):
            await steps(hub, posted)

    asyncio.run(asyncio.wait_for(run(), 10))


def test_a_console_tells_the_totals_and_keeps_what_comes(tmp_path):
    path = tmp_path / "votes.jsonl"
    VisitorsLog(path, "before").keep([vote(1, run="before")])

    async def steps(hub, posted):
        hub.receive(vote(1))
        assert await posted.get() == FormerVotes({"well": {("air", 5.0): 1}}, {"well": HOUR})
        assert await posted.get() == Alert("state_not_saved", "votes", over=True)
        assert await posted.get() == VotesKept(1)
        hub.receive(vote(2))
        assert await posted.get() == VotesKept(2)

    kept(path, steps)
    assert totals(path) == {"well": {("air", 5.0): 3}}


def test_a_disk_that_takes_nothing_is_an_alert_and_is_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr("maquette.console.visitors_log.AGAIN_S", 0.01)
    path = tmp_path / "votes.jsonl"
    path.mkdir()

    async def steps(hub, posted):
        hub.receive(vote(1))
        alert = await posted.get()
        assert (alert.code, alert.subject, alert.over) == ("state_not_saved", "votes", False)
        path.rmdir()
        told = [await posted.get()]
        while told[-1] != VotesKept(1):
            told.append(await posted.get())
        assert FormerVotes({}) in told
        assert Alert("state_not_saved", "votes", over=True) in told

    kept(path, steps)
    assert totals(path) == {"well": {("air", 5.0): 1}}
