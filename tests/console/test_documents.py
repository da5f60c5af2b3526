"""Documents that pages write: a small installation on disk, the real check, a reload that only says that it was asked."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maquette.console.commands import Refusal
from maquette.console.documents import store as documents
from maquette.console.documents.store import VERSIONS_KEPT, Change, Faulty, Written, versions
from maquette.core.message import Message
from maquette.ops.state import write_atomically
from tests.console.small_house import AIR, NEW, House, scenario


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@contextmanager
def unchanged(house: House) -> Iterator[None]:
    before = {path: path.read_bytes() for path in house.folder.rglob("*") if path.is_file()}
    yield
    assert {path: path.read_bytes() for path in house.folder.rglob("*") if path.is_file()} == before
    assert house.reloads == 0


def test_the_documents_of_the_installation_are_the_ones_that_can_be_read(house: House):
    names = asyncio.run(house.store.names())
    assert names == ("config.yaml", "hardware/vallee-de-la-chimie.yaml", AIR, "scenarios/veille.yaml")
    assert asyncio.run(house.store.read("../config.yaml")) == Refusal(
        "unknown_document", "config.yaml", {"name": "../config.yaml"}
    )
    for name in ("/etc/passwd", "hardware/vallee-de-la-chimie.svg", "state/x.yaml", "", "a\0.yaml"):
        assert isinstance(asyncio.run(house.store.read(name)), Refusal), name


def test_a_named_pipe_keeps_nobody_waiting_and_a_link_to_nothing_is_not_written_through(house: House):
    os.mkfifo(house.folder / "scenarios/pipe.yaml")
    (house.folder / NEW).symlink_to(house.folder / "elsewhere.yaml")
    assert isinstance(asyncio.run(house.store.read("scenarios/pipe.yaml")), Refusal)
    assert house.write(Change(NEW, scenario("new"), None)) == Refusal("document_exists", None, {"name": NEW})
    assert not (house.folder / "elsewhere.yaml").exists()


def test_what_is_right_is_written_and_taken_over_and_the_version_before_is_kept(house: House):
    before = house.text(AIR)
    done = house.edit(AIR, scenario("L'air"))
    assert isinstance(done, Written)
    assert house.text(AIR) == scenario("L'air")
    assert done.fingerprints == {AIR: house.read(AIR).fingerprint}
    assert house.reloads == 1
    assert [path.read_text() for path in versions(house.state, AIR)] == [before]


def test_the_oldest_versions_go_first(house: House):
    for number in range(VERSIONS_KEPT + 3):
        documents.keep_version(house.state, AIR, str(number).encode())
    kept = [path.read_text() for path in versions(house.state, AIR)]
    assert kept == [str(number) for number in range(3, VERSIONS_KEPT + 3)]


def test_what_is_wrong_is_told_and_not_written(house: House):
    with unchanged(house):
        told = house.edit(AIR, scenario("L'air").replace("[all]", "[feyzn]"))
        assert isinstance(told, Faulty)
        assert [(p.file, p.line, p.column, p.code) for p in told.problems] == [(AIR, 4, 23, "E204")]


def test_what_was_wrong_elsewhere_before_is_no_reason_to_refuse_and_what_would_be_is(house: House):
    house.put("scenarios/veille.yaml", scenario("veille", "ends: nowhere\n"))
    assert isinstance(house.edit(AIR, scenario("L'air")), Written)
    hardware = "hardware/vallee-de-la-chimie.yaml"
    house.put(AIR, scenario("L'air").replace("[all]", "[feyzin]"))
    told = house.edit(hardware, house.text(hardware).replace("feyzin", "fezin"))
    assert isinstance(told, Faulty)
    assert (told.problems[0].file, told.problems[0].code) == (AIR, "E204")


def test_who_edited_an_older_version_writes_nothing(house: House):
    older = house.read(AIR).fingerprint
    house.put(AIR, scenario("by somebody else"))
    with unchanged(house):
        assert house.write(Change(AIR, scenario("mine"), older)) == Refusal("document_changed", None, {"name": AIR})


def test_documents_are_made_and_deleted_together_with_what_names_them(house: House):
    with unchanged(house):
        assert isinstance(house.write(Change(AIR, "x", None)), Refusal), "it is there"
        for name in (
            "hardware/new.yaml",
            "scenarios/../new.yaml",
            "scenarios/new.txt",
            "scenarios/.new.yaml",
            "/tmp/new.yaml",
        ):
            assert isinstance(house.write(Change(name, scenario("x"), None)), Refusal), name
        assert isinstance(house.write(Change("config.yaml", None, house.read("config.yaml").fingerprint)), Refusal)
        veille = house.read("scenarios/veille.yaml").fingerprint
        assert isinstance(house.write(Change("scenarios/veille.yaml", None, veille)), Faulty), "config.yaml names it"
        assert isinstance(house.write(Change(NEW, "maquette: 1\ntitel: x\n", None)), Faulty)
    moved = house.write(
        Change(NEW, scenario("new"), None),
        Change("scenarios/veille.yaml", None, veille),
        Change(
            "config.yaml", house.text("config.yaml").replace("veille", "new"), house.read("config.yaml").fingerprint
        ),
    )
    assert isinstance(moved, Written), moved
    assert set(moved.fingerprints) == {NEW, "config.yaml"}
    assert (house.text(NEW), (house.folder / "scenarios/veille.yaml").exists()) == (scenario("new"), False)


def test_a_full_disk_leaves_everything_as_it_was(house: House, monkeypatch: pytest.MonkeyPatch):
    veille = house.read("scenarios/veille.yaml")

    def full(path: Path, data: bytes) -> None:
        if path.name == "veille.yaml" and data != veille.text.encode():
            raise OSError(28, "No space left on device")
        write_atomically(path, data)

    monkeypatch.setattr(documents, "write_atomically", full)
    before = house.text(AIR)
    told = house.write(
        Change(AIR, scenario("L'air"), house.read(AIR).fingerprint),
        Change("scenarios/veille.yaml", scenario("La veille"), veille.fingerprint),
    )
    assert isinstance(told, Refusal)
    assert (told.code, told.arguments["reason"]) == ("document_not_written", Message("disk_full"))
    assert (house.text(AIR), house.text("scenarios/veille.yaml")) == (before, veille.text)


def test_line_ends_stay_as_they_are(house: House):
    house.put(AIR, scenario("L'air").replace("\n", "\r\n"))
    assert isinstance(house.edit(AIR, scenario("Le vent")), Written)
    assert house.text(AIR) == scenario("Le vent").replace("\n", "\r\n")
