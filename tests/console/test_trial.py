"""Documents are tried as somebody would have them: checked with all others, retold, played dry; and the process that does it."""

import asyncio
import base64
import json
import os
import signal
from typing import Any

import numpy as np
import pytest

from maquette.console.trial.bench import MOST_WAITING, Bench
from maquette.console.trial.jobs import Check, DryRun, Examine, Overview, PlanRename
from maquette.console.trial.trial import Trial
from maquette.core.readings import Nature, Quality, Reading
from maquette.errors import TrialError
from tests.console.small_house import AIR, NEW, House, scenario

VEILLE, SCALES = "scenarios/veille.yaml", "scenarios/scales.yaml"
FLOW = "{title: Débit, unit: m³/s, continuous: {from: 0 m³/s, to: 1000 m³/s, colours: ['#000000', '#ffffff']}}"
SCALE = f"maquette: 1\nscales: {{flow: {FLOW}}}\n"
LIT = """maquette: 1
title: {fr: Le Rhône, en: The Rhône}
start_on: [{at: "10:00"}]
steps:
  - title: Le débit
    for: 6 s
    fade: 0 s
    say: "{river.flow}"
    lights: [{zones: [feyzin], value: river.flow, scale: flow}]
  - for: 4 s
    lights: [{zones: [all], colour: "#000000"}]
"""
FEEDS = """feeds:
  river: {kind: push, every: 1 h, fresh_for: 1 h, nature: measured, source: A, licence: B, values: {flow: {unit: m³/s}}}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house"))
    house.put("config.yaml", house.text("config.yaml") + FEEDS)
    house.put(SCALES, SCALE)
    house.put("scenarios/rhone.yaml", LIT)
    house.put("scenarios/wrong.yaml", "maquette: 1\ntitle: Faux\nsteps: []\n")
    return house


@pytest.fixture(scope="module")
def trial(house: House) -> Trial:
    return Trial(house.documents)


def test_a_text_is_checked_with_all_the_others_to_line_and_column(trial: Trial):
    told = trial.do(Examine(AIR, scenario("L'air").replace("[all]", "[feyzn]"), "fr"))
    (problem,) = told["problems"]
    assert (problem["file"], problem["line"], problem["column"], problem["code"]) == (AIR, 4, 23, "E204")
    assert problem["message"] == "zone inconnue «\u00a0feyzn\u00a0»"
    assert problem["excerpt"][problem["caret"] :].startswith("feyzn]")
    assert (told["passed"], told["retelling"], told["elsewhere"]) == (False, None, [])


def test_what_passes_is_retold_in_the_reader_s_language_though_others_are_wrong(trial: Trial):
    french, english = (trial.do(Examine(NEW, scenario("Neuf"), language)) for language in ("fr", "en"))
    assert french["passed"]
    assert french["retelling"]["paragraphs"][1][1] == "En décor\u00a0: toute la maquette s'éclaire en rouge."
    assert english["retelling"]["paragraphs"][0][1] == "One step of 20\u00a0s."
    assert (french["steps"], french["duration_s"]) == (1, 20)


def test_what_would_be_wrong_elsewhere_is_told_and_what_is_wrong_there_already_is_not(trial: Trial):
    told = trial.do(Examine(SCALES, "maquette: 1\nscales: {other: " + FLOW + "}\n", "en"))
    assert [(problem["file"], problem["code"]) for problem in told["elsewhere"]] == [("scenarios/rhone.yaml", "E212")]
    assert (told["passed"], told["problems"]) == (False, [])
    assert trial.do(Examine(SCALES, SCALE.replace("1000", "2000"), "en"))["passed"]


def test_the_overview_counts_what_is_wrong_and_names_what_it_can(trial: Trial):
    rows = trial.do(Overview((AIR, VEILLE, "scenarios/wrong.yaml", "config.yaml"), "fr"))
    told = [(row["title"], row["steps"], row["duration_s"], row["idle"], row["errors"] > 0) for row in rows]
    assert told == [
        ("air", 1, 20, False, False),
        ("veille", 1, 20, True, False),
        ("Faux", None, None, False, True),
        (None, None, None, False, False),
    ]


def played(trial: Trial, *readings: Reading, now: float = 0.0) -> dict[str, Any]:
    told = json.loads(trial.do(DryRun(NEW, LIT, "fr", readings, now)))
    assert told["problems"] == [], told
    result: dict[str, Any] = told["played"]
    return result


def flow(value: float, **more: Any) -> Reading:
    return Reading("river", "flow", None, value, "m³/s", Quality.LIVE, Nature.MEASURED, **more)


def test_a_dry_run_plays_every_step_with_the_readings_of_now(trial: Trial):
    shown = played(trial, flow(1000.0))
    frames = np.frombuffer(base64.b64decode(shown["frames"]), np.uint8).reshape(len(shown["servos"]), -1)
    assert shown["fps"] == 10.0
    assert len(frames) == pytest.approx(100, abs=2)
    assert [step["title"] for step in shown["steps"]] == ["Le débit", None]
    first, second = shown["moments"]
    assert (first["frame"], first["step"], first["caption"], first["quality"]) == (0, 1, "1\u202f000\u00a0m³/s", "live")
    assert second["step"] == 2
    assert second["frame"] == pytest.approx(60, abs=2)
    lit = frames.max(axis=1)
    assert lit[30] > 0
    assert lit[-1] == 0
    assert (shown["journeys"], shown["unknown"], shown["cut"]) == (False, [], False)


def test_readings_do_not_age_during_a_dry_run_and_are_as_old_as_they_are(trial: Trial):
    assert played(trial, flow(1000.0, fresh_until=2.0), now=1.0)["moments"][0]["quality"] == "live"
    assert played(trial, flow(1000.0, fresh_until=2.0), now=3.0)["moments"][0]["quality"] == "stale"
    assert played(trial)["moments"][0]["quality"] == "missing"


def test_a_dry_run_says_what_it_cannot_know(trial: Trial):
    asks = LIT.replace("value: river.flow,", "value: \"river.flow.ago('24 h')\",").replace(
        "for: 4 s", "through: {from: 24 h ago, in: 4 s}"
    )
    told = json.loads(trial.do(DryRun(NEW, asks, "fr", (flow(5.0),), 0.0)))["played"]
    assert told["journeys"]
    assert told["unknown"] == ["flow, il y a 24\u00a0heures"]


def test_a_text_that_is_wrong_is_not_played(trial: Trial):
    told = json.loads(trial.do(DryRun(NEW, "maquette: 1\n", "fr", (), 0.0)))
    assert told["played"] is None
    assert {problem["code"] for problem in told["problems"]} == {"E101"}


def test_a_long_scenario_has_fewer_frames_and_is_cut_before_it_is_too_much(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("maquette.console.trial.rehearsal.MOST_FRAMES", 20)
    shown = played(trial)
    assert shown["fps"] == 2.0
    assert len(shown["servos"]) == 20


def test_a_renaming_is_written_where_others_name_the_scenario(trial: Trial, house: House):
    house.put(VEILLE, scenario("veille", "ends: air  # then the air\n"))
    plan = trial.do(PlanRename(AIR, NEW))
    assert plan.texts == {VEILLE: scenario("veille", "ends: new  # then the air\n")}
    assert plan.obstacles == ()
    house.put(VEILLE, scenario("veille"))
    assert trial.do(PlanRename(VEILLE, NEW)).obstacles == ("config.yaml:8",)


# -- the process -----------------------------------------------------------------------------------------------------


def bench(house: House, **more: float) -> Bench:
    return Bench(house.documents, module="tests.console.fake_trial", **more)


def is_alive(ours: Bench) -> bool:
    return ours.pid is not None


def job(text: str) -> Examine:
    return Examine(AIR, text, "fr")


def test_the_process_begins_with_a_job_and_ends_after_the_last(house: House):
    async def run() -> None:
        ours = bench(house, idle_s=0.0)
        assert not is_alive(ours)
        assert await ours.ask(job("hello")) == "hello"
        while is_alive(ours):
            await asyncio.sleep(0.01)  # its end is nobody's to await
        assert await ours.ask(job("again")) == "again"
        ours.end()

    asyncio.run(run())


def test_a_job_that_hangs_or_kills_the_process_is_refused_and_the_next_one_is_done(house: House):
    async def run() -> None:
        ours = bench(house, limit_s=0.2)
        with pytest.raises(TrialError, match="trial_too_long"):
            await ours.ask(job("hang"))
        ours._limit_s = 20.0
        assert await ours.ask(job("well")) == "well"
        assert ours.pid is not None
        os.kill(ours.pid, signal.SIGKILL)
        with pytest.raises(TrialError, match="trial_failed"):
            await ours.ask(job("gone"))
        assert await ours.ask(job("well again")) == "well again"
        ours.end()

    asyncio.run(run())


def test_too_many_jobs_are_refused(house: House):
    async def run() -> None:
        ours = bench(house)
        asked = [asyncio.create_task(ours.ask(job(str(number)))) for number in range(MOST_WAITING + 1)]
        done = await asyncio.gather(*asked, return_exceptions=True)
        assert done[:-1] == [str(number) for number in range(MOST_WAITING)]
        assert isinstance(done[-1], TrialError)
        ours.end()

    asyncio.run(run())


def test_the_real_process_checks(house: House):
    async def run() -> None:
        ours = Bench(house.documents)
        told = await ours.ask(Check({AIR: b"maquette: 1\n"}, frozenset()))
        assert {problem.code for problem in told if problem.file == AIR} == {"E101"}
        ours.end()

    asyncio.run(run())
