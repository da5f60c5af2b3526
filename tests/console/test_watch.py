"""When saved documents are read: real files, saved as editors save them; the clock is the test's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from maquette.config.watched import Watched, is_document
from maquette.console.documents.watch import GONE_S, RESTLESS_S, STILL_S, Stillness, look

TEXT = "maquette: 1\n"


class Desk:
    """A folder with two documents, and a watch over it; `after` lets time pass between looks."""

    def __init__(self, folder: Path) -> None:
        self.scenarios = folder / "scenarios"
        self.scenarios.mkdir()
        self.air = self.scenarios / "air.yaml"
        self.config = folder / "config.yaml"
        for path in (self.air, self.config):
            path.write_text(TEXT)
        self.watched = Watched(frozenset({self.config, folder / "plan.svg"}), frozenset({self.scenarios}))
        self.stillness = Stillness(look(self.watched))
        self.now = 100.0

    def after(self, seconds: float) -> bool:
        """Let time pass and look; return whether it is time to read."""
        self.now += seconds
        seen = look(self.watched)
        if not self.stillness.is_due(seen, self.now):
            return False
        self.stillness.read(seen)
        return True

    @property
    def names(self) -> set[str]:
        return {path.name for path in look(self.watched)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def in_place(desk: Desk) -> None:
    desk.air.write_text("")
    assert not desk.after(0.05)
    desk.air.write_text(TEXT + "title: Anew\n")


def renamed_over(desk: Desk) -> None:
    """As gedit, VS Code on some settings, and every careful programme."""
    beside = desk.scenarios / ".goutputstream-9YHX02"
    beside.write_text(TEXT + "title: Anew\n")
    assert not desk.after(0.05)
    beside.replace(desk.air)


def as_vim(desk: Desk) -> None:
    (desk.scenarios / ".air.yaml.swp").write_bytes(b"b0VIM")
    (desk.scenarios / "4913").touch()
    (desk.scenarios / "4913").unlink()
    desk.air.rename(desk.scenarios / "air.yaml~")
    assert not desk.after(0.05)
    desk.air.write_text(TEXT + "title: Anew\n")
    (desk.scenarios / "air.yaml~").unlink()


def as_emacs(desk: Desk) -> None:
    (desk.scenarios / ".#air.yaml").symlink_to("maintainer@model.1234")
    (desk.scenarios / "#air.yaml#").write_text("half of it")
    assert not desk.after(0.05)
    desk.air.write_text(TEXT + "title: Anew\n")
    (desk.scenarios / "#air.yaml#").unlink()
    (desk.scenarios / ".#air.yaml").unlink()


def deleted_and_written_anew(desk: Desk) -> None:
    """As some synchronisers: it may take them a good while."""
    desk.air.unlink()
    assert not desk.after(0.05)
    assert not desk.after(GONE_S - 0.1)
    desk.air.write_text(TEXT + "title: Anew\n")


@pytest.mark.parametrize("save", [in_place, renamed_over, as_vim, as_emacs, deleted_and_written_anew])
def test_each_way_of_saving_is_read_once_when_it_is_still_and_never_taken_for_a_deletion(
    desk: Desk, save: Callable[[Desk], None]
):
    save(desk)
    assert not desk.after(0.05)
    assert not desk.after(STILL_S - 0.01)
    assert "air.yaml" in desk.names
    assert desk.after(0.02)
    assert desk.names == {"air.yaml", "config.yaml"}
    assert not desk.after(60.0)
    assert desk.stillness.resting


def test_a_burst_of_saves_is_read_once(desk: Desk):
    read = 0
    for count in range(50):
        desk.air.write_text(TEXT * (count + 2))
        read += desk.after(0.04)
    assert read == 0
    assert desk.after(STILL_S + 0.01)
    assert not desk.after(STILL_S)


def test_files_that_are_saved_one_after_another_are_read_together(desk: Desk):
    desk.air.write_text(TEXT * 2)
    assert not desk.after(STILL_S - 0.05)
    desk.config.write_text(TEXT * 2)
    assert not desk.after(STILL_S - 0.05)
    assert desk.after(STILL_S + 0.01)


def test_a_file_that_never_rests_does_not_keep_the_others_waiting_for_ever(desk: Desk):
    looks = 0
    while not desk.after(0.1):
        looks += 1
        desk.air.write_text(TEXT * (looks + 2))
    assert RESTLESS_S <= looks * 0.1 <= RESTLESS_S + 0.5


def test_a_deletion_is_believed_after_a_second_and_a_new_file_at_once(desk: Desk):
    desk.air.unlink()
    assert not desk.after(0.05)
    assert desk.after(GONE_S)
    desk.air.write_text(TEXT)
    assert not desk.after(0.05)
    assert desk.after(STILL_S + 0.01)


def test_what_is_undone_in_time_is_no_change(desk: Desk):
    moved = desk.air.rename(desk.scenarios / "air.yaml~")
    assert not desk.after(0.05)
    moved.rename(desk.air)
    assert not desk.after(60.0)


def test_a_folder_that_is_gone_has_no_documents_and_comes_back(desk: Desk):
    elsewhere = desk.scenarios.rename(desk.scenarios.with_name("elsewhere"))
    assert desk.names == {"config.yaml"}
    elsewhere.rename(desk.scenarios)
    assert not desk.after(60.0)


@pytest.mark.parametrize(
    "name",
    [".air.yaml.swp", ".#air.yaml", "#air.yaml#", "air.yaml~", "4913", "air.yaml.tmp", "air.yml", "air.yaml.bak", "a\u202eir.yaml"],
)  # fmt: skip
def test_names_that_editors_leave_beside_a_file_do_not_count(name: str):
    assert not is_document(name)
    assert is_document("air.yaml")
