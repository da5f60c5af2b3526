"""What a look at the documents comes to: a small installation on disk, the real check, no process."""

import asyncio
import pickle
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maquette.config.check import Registries, check
from maquette.config.parcel import Parcel, unpacked
from maquette.console.documents.reload import Reloader
from maquette.console.documents.revision import Revision, first_played, taken_over
from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart, Documents, Replacement
from maquette.console.trial import reviser
from maquette.console.trial.jobs import Job
from maquette.console.trial.reviser import Reviser
from maquette.core.exhibition import ConsoleSettings
from maquette.core.readings import Readings
from maquette.errors import TrialError
from maquette.show.dry_run import Stumble, dry_run
from maquette.show.scenario import Layer, Show
from tests.console.fake_stage import FakeStage
from tests.content.shipped import REGISTRIES, ROOT

STEPS = "steps:\n  - lights: [{zones: [all], colour: '#ff0000'}]\n"


class House:
    """The shipped hardware with two small scenarios, and a reviser that knows them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "hardware", folder / "hardware")
        (folder / "scenarios").mkdir()
        for name in ("air", "veille"):
            self.write(f"scenarios/{name}.yaml", f"maquette: 1\ntitle: {name}\n{STEPS}")
        self.write(
            "config.yaml",
            "maquette: 1\nid: test\nlanguages: [fr]\ntime_zone: Europe/Paris\nplace: {lat: 45.6, lon: 4.8, radius: 12 km}\n"
            "hardware: hardware/vallee-de-la-chimie.yaml\nscenarios: [scenarios]\nidle: {show: veille, after: 90 s}\n",
        )
        checked = check(folder / "config.yaml", REGISTRIES, folder / "state")
        assert checked.installation is not None, checked.report()
        found = checked.installation
        self.documents = Documents(
            folder / "config.yaml",
            folder / "state",
            pickle.dumps(REGISTRIES),
            found.sources,
            checked.watched,
            found.fixed,
        )
        self.playing = first_played(self.documents)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def revise(self) -> Revision:
        found = Reviser(self.documents, REGISTRIES, self.playing).revise(Readings(), 0.0)
        self.playing = taken_over(self.playing, found)
        return found


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def told(found: Revision) -> set[tuple[str, str]]:
    return {(alert.code, alert.subject) for alert in found.alerts}


def played(found: Revision) -> Show:
    assert found.next is not None
    parcel: Parcel = pickle.loads(found.next.replacement.parcel)
    return unpacked(parcel).show


def test_what_is_unchanged_is_not_sent(house: House):
    found = house.revise()
    assert (found.next, found.alerts, found.problem) == (None, (), None)


def test_what_changed_is_sent_once(house: House):
    house.write("scenarios/air.yaml", f"maquette: 1\ntitle: Anew\n{STEPS}")
    assert played(house.revise()).scenarios["air"].title == {"": "Anew"}
    assert house.revise().next is None


def test_deleting_what_another_scenario_names_takes_nothing_over_until_they_agree(house: House):
    house.write("scenarios/rhone.yaml", f"maquette: 1\ntitle: rhone\nends: air\n{STEPS}")
    assert set(played(house.revise()).scenarios) == {"air", "rhone", "veille"}
    (house.folder / "scenarios/air.yaml").unlink()
    found = house.revise()
    assert found.next is None
    assert told(found) == {("document_last_good", "scenarios/rhone.yaml")}
    house.write("scenarios/rhone.yaml", f"maquette: 1\ntitle: rhone\n{STEPS}")
    assert set(played(house.revise()).scenarios) == {"rhone", "veille"}


def test_a_new_scenario_that_is_wrong_is_left_out_alone(house: House):
    house.write("scenarios/new.yaml", "maquette: 1\ntitel: New\n")
    house.write("scenarios/other.yaml", f"maquette: 1\ntitle: other\n{STEPS}")
    found = house.revise()
    assert told(found) == {("scenario_left_out", "scenarios/new.yaml")}
    assert set(played(found).scenarios) == {"air", "other", "veille"}


def test_a_document_without_which_nothing_plays_leaves_everything_as_it_is(house: House):
    (house.folder / "scenarios/veille.yaml").unlink()
    found = house.revise()
    assert (found.next, told(found)) == (None, {("documents_refused", "config.yaml")})


def test_another_place_of_the_console_waits_for_a_start_and_the_rest_does_not(house: House):
    config = (house.folder / "config.yaml").read_text()
    house.write("config.yaml", config.replace("after: 90 s", "after: 30 s") + "console: {port: 9999}\n")
    found = house.revise()
    assert told(found) == {("restart_needed", "config.yaml")}
    assert played(found).idle_after_s == 30.0


def test_a_fault_of_ours_is_met_before_the_stage_and_told(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reviser, "dry_run", lambda *_: Stumble("air", 1, "ZeroDivisionError: division by zero"))
    house.write("scenarios/air.yaml", f"maquette: 1\ntitle: Anew\n{STEPS}")
    found = house.revise()
    assert (found.next, told(found)) == (None, {("dry_run_failed", "air")})
    assert not found.sources, "and it is not kept for the next start"
    monkeypatch.setattr(reviser, "dry_run", dry_run)
    assert played(house.revise()).scenarios["air"].title == {"": "Anew"}


def test_an_unforeseen_error_leaves_everything_as_it_is_until_the_next_change(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("maquette.console.trial.reviser.packed", lambda _: 1 / 0)
    house.write("scenarios/air.yaml", f"maquette: 1\ntitle: Anew\n{STEPS}")
    found = house.revise()
    assert (found.next, told(found)) == (None, {("reload_failed", "")})
    assert "cannot be read" in caplog.text
    monkeypatch.undo()
    assert played(house.revise()).scenarios["air"].title == {"": "Anew"}


@pytest.mark.parametrize(
    ("was", "becomes"), [("top_speed: 45", "top_speed: 40"), ("looks: gate", "looks: needle  # and no longer slow")]
)
def test_other_wires_wait_for_a_start_even_in_a_document_of_another_name(house: House, was: str, becomes: str):
    old, new = (house.folder / "hardware" / name for name in ("vallee-de-la-chimie.yaml", "renamed.yaml"))
    old.rename(new)
    config = (house.folder / "config.yaml").read_text()
    house.write("config.yaml", config.replace("vallee-de-la-chimie.yaml", "renamed.yaml"))
    assert house.revise().alerts == ()
    new.write_text(new.read_text().replace(was, becomes))
    house.write("scenarios/air.yaml", f"maquette: 1\ntitle: Anew\n{STEPS}")
    found = house.revise()
    assert told(found) == {("restart_needed", "hardware/renamed.yaml")}
    assert played(found).scenarios["air"].title == {"": "Anew"}
    assert {servo.top_speed for servo in played(house_kept(house)).model.servos.values()} >= {45.0}


def house_kept(house: House) -> Revision:
    """Return what is sent after one more change of words."""
    house.write("scenarios/air.yaml", f"maquette: 1\ntitle: Again\n{STEPS}")
    return house.revise()


def test_a_dry_run_names_the_step_that_cannot_be_painted(house: House):
    installation = check(house.folder / "config.yaml", REGISTRIES).installation
    assert installation is not None
    show = installation.show
    assert dry_run(show, show.scenarios, Readings(), 0.0) is None
    air = show.scenarios["air"]
    broken = replace(air, steps=(*air.steps, replace(air.steps[0], layers=(Layer(("nowhere",)),))))
    found = dry_run(replace(show, scenarios={**show.scenarios, "air": broken}), ["air"], Readings(), 0.0)
    assert found is not None
    assert (found.scenario, found.step) == ("air", 2)
    assert "nowhere" in found.problem


def test_the_registries_come_over_the_line():
    assert isinstance(pickle.loads(pickle.dumps(REGISTRIES)), Registries)


class Away:
    """A process that has gone."""

    async def ask(self, job: Job, *, patient: bool = False) -> Any:
        raise TrialError("trial_failed")

    def end(self) -> None:
        """Nothing was started."""


def test_a_process_that_fails_is_told_and_leaves_everything_as_it_is(house: House):
    stage = FakeStage()
    hub = Hub(ConsoleStart(stage.exhibition, ConsoleSettings()), stage.post)
    reloader = Reloader(hub, house.documents, stage.post, Away())
    revision = asyncio.run(reloader.read_now())
    assert (revision.next, told(revision)) == (None, {("reload_failed", "")})
    assert [alert.code for alert in hub.alerts] == ["reload_failed"]
    assert not any(isinstance(message, Replacement) for message in stage.posted)
