"""The running program and its visitors: what they answer survives restarts, what wakes it while the exhibition is closed."""

import os
import re
import signal

import pytest

from tests.daemon import Daemon, Installation, Strip, running

ASKING = """\
maquette: 1
title: {fr: Une question, en: A question}
steps:
  - for: 10 min
    ask:
      question: {fr: "Vous sentez-vous bien ici ?", en: "Do you feel well here?"}
      id: bien_etre
      choices:
        - {button: air, label: {fr: Oui, en: 'Yes'}, score: 5}
        - {button: next, label: {fr: Non, en: 'No'}, score: 0}
    say: {fr: "Moyenne {votes.bien_etre}, {votes.bien_etre_count} réponses.", en: "Mean {votes.bien_etre}."}
    lights:
      - {zones: [all], colour: "#202020"}
"""


@pytest.fixture
def installation(tmp_path):
    strip = Strip()
    made = Installation(tmp_path, strip)
    (made.folder / "scenarios" / "question.yaml").write_text(ASKING, encoding="utf-8")
    yield made
    strip.close()


def ask(daemon: Daemon) -> None:
    daemon.wait_for("/healthz", lambda health: bool(health["ok"]))
    assert daemon.command(command="play", scenario="question")["ok"]


def wait_for_votes(daemon: Daemon, count: int) -> None:
    daemon.wait_for("/api/state", lambda state: bool(state["question"]) and state["question"]["count"] == count)


def test_votes_survive_a_power_cut_and_a_console_that_dies(installation):
    log = installation.state / "votes.jsonl"
    with running(installation) as daemon:
        ask(daemon)
        wait_for_votes(daemon, 0)
        assert daemon.command(command="press", button="air")["ok"]
        assert daemon.command(command="press", button="next")["ok"]
        wait_for_votes(daemon, 2)
        os.kill(daemon.children()["console"], signal.SIGKILL)
        daemon.wait_for("/api/state", lambda state: state["scenario"] == "question")
        wait_for_votes(daemon, 2)
        daemon.wait_for("/api/state", lambda _: log.exists() and len(log.read_text().splitlines()) == 2)
        os.kill(daemon.process.pid, signal.SIGKILL)
        daemon.process.wait()
    with running(installation) as daemon:
        ask(daemon)
        wait_for_votes(daemon, 2)
        assert daemon.command(command="press", button="air")["ok"]
        wait_for_votes(daemon, 3)
        state = daemon.get("/api/state?lang=fr")
        assert state["caption"] == "Moyenne 3,33, 3 réponses."
        assert [choice["count"] for choice in state["question"]["choices"]] == [2, 1]
        rows = {(r["feed"], r["name"]): r for r in daemon.get("/api/readings")}
        mean = rows["votes", "bien_etre"]
        assert (round(mean["value"], 2), mean["quality"], mean["nature"]) == (3.33, "live", "opinion")


def test_while_the_exhibition_is_closed_the_model_sleeps_until_somebody_presses(installation):
    text = re.sub(r"^opening_hours:.*\n(?:[ \t].*\n)*", "", installation.config.read_text(), flags=re.MULTILINE)
    # Open one minute a year, on a day long past.
    installation.config.write_text(text + 'opening_hours: {"2001-01-01": "10:00-10:01"}\n')
    with running(installation) as daemon:
        daemon.wait_for("/api/state", lambda state: state["state"] == "asleep")
        assert daemon.command(command="press", button="air")["ok"]
        daemon.wait_for("/api/state", lambda state: (state["state"], state["scenario"]) == ("playing", "air"))
    with running(installation, trusted_clock=False) as daemon:
        daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
