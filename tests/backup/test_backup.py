"""A backup gives back what was there, on another card; an archive that was tampered with, or wrong documents, change nothing."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette import app
from maquette.backup.archive import _belongs
from maquette.backup.command import run_backup, run_restore
from maquette.cli import main
from maquette.console.access import access_file
from maquette.ops import state as state_rules
from maquette.ops.environment import variables
from tests.config.conftest import BASE, registries_for

FEED = """
  meals:
    kind: file
    path: data/meals.csv
    every: 1 h
    fresh_for: 2 h
    nature: declared
    source: a
    licence: b
    values: {served: {pick: served}}
"""


class Card:
    """An installation on a card, with its state."""

    def __init__(self, place: Path, capsys):
        self.folder, self.state, self._capsys = place / "etc", place / "state", capsys
        self.config = self.folder / "config.yaml"

    def fill(self):
        shutil.copytree(BASE, self.folder)
        (self.folder / "data").mkdir()
        (self.folder / "data" / "meals.csv").write_text("time,served\n")
        with self.config.open("a") as file:
            file.write(FEED)
        (self.folder / "environment").write_text("KEY='one two'\n")
        (self.folder / "scenarios" / ".air.yaml.swp").write_text("an editor's")
        (self.state / "last_good").mkdir(parents=True)
        (self.state / "last_good" / "config.yaml").write_text("a copy")
        (self.state / "votes.jsonl").write_text('{"vote": 1}\n')
        (self.state / "life.json").write_text("{}\n")
        (self.state / access_file.NAME).write_text("{}\n")
        with closing(sqlite3.connect(self.state / "history.sqlite")) as past, past:
            past.execute("create table kept (value)")
            past.execute("insert into kept values (7)")
        return self

    def backup(self, target, *, history=False, secrets=False, code=0):
        got = run_backup(
            self.config, registries_for(self.folder), self.state, target, "en", history=history, secrets=secrets
        )
        out, err = self._capsys.readouterr()
        assert got == code, err
        return out + err

    def restore(self, source, *, code=0, dry_run=False, playing=False):
        got = run_restore(source, self.config, registries_for(BASE), self.state, "en", dry_run=dry_run, playing=playing)
        out, err = self._capsys.readouterr()
        assert got == code, out + err
        return out + err

    def files(self):
        return {
            str(path.relative_to(self.folder.parent)): path.read_bytes()
            for path in self.folder.parent.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def old(tmp_path, capsys):
    return Card(tmp_path / "old", capsys).fill()


@pytest.fixture
def new(tmp_path, capsys):
    return Card(tmp_path / "new", capsys)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "backup.tar.gz"


def names(target):
    with tarfile.open(target) as archive:
        return archive.getnames()


def test_a_new_card_gets_what_the_old_one_had(old, new, target, monkeypatch):
    monkeypatch.delenv("KEY", raising=False)
    told = old.backup(target, history=True, secrets=True)
    assert "keep it as you keep them" in told
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    told = new.restore(target)
    assert "Restored (" in told
    gone = {"etc/scenarios/.air.yaml.swp", "state/last_good/config.yaml", "state/history.sqlite", "state/life.json"}
    gone |= {name for name in old.files() if "catalogue" in name or "earlier" in name}  # named nowhere
    assert {k: v for k, v in new.files().items() if k not in gone} == {
        k: v for k, v in old.files().items() if k not in gone
    }
    with closing(sqlite3.connect(new.state / "history.sqlite")) as past:
        assert past.execute("select value from kept").fetchall() == [(7,)]
    assert os.environ.pop("KEY") == "one two", "secrets were known when the documents were checked"
    assert "Nothing to do" in new.restore(target)


def test_secrets_and_the_past_are_left_out_unless_asked_for(old, target):
    told = old.backup(target)
    assert "It holds no passwords, keys or PINs" in told
    assert names(target)[0] == "manifest.json"
    assert not {"environment", "state/history.sqlite", "state/life.json", f"state/{access_file.NAME}"} & set(
        names(target)
    )
    assert "state/votes.jsonl" in names(target)
    assert not any("last_good" in name or "swp" in name for name in names(target))


def test_wrong_documents_are_backed_up_as_they_are_and_refused_later(old, new, target):
    scenario = next((old.folder / "scenarios").glob("*.yaml"))
    scenario.write_text("maquette: 1\nnonsense: 2\n")
    assert "have 3 errors; they were backed up as they are" in old.backup(target)
    told = new.restore(target, code=1)
    assert "nonsense" in told
    assert "nothing has changed" in told
    assert new.files() == {}


def test_what_was_there_stays_beside_and_the_oldest_go(old, target):
    kept = old.config.read_bytes()
    old.backup(target)
    for i in range(5):
        (old.folder / "config.yaml").write_text((BASE / "config.yaml").read_text() + f"# {i}\n")
        old.restore(target)
        (aside,) = [p for p in old.folder.glob(".replaced-*") if (p / "config.yaml").read_text().endswith(f"# {i}\n")]
        aside.rename(old.folder / f".replaced-2026112{i}T120000")
    assert old.config.read_bytes() == kept
    assert len(list(old.folder.glob(".replaced-*"))) == 3
    assert not list(old.folder.glob(".restore-*"))


def test_a_dry_run_says_all_and_changes_nothing(old, target):
    old.backup(target)
    (old.folder / "config.yaml").write_text("broken")
    before = old.files()
    told = old.restore(target, dry_run=True, playing=True)
    assert f"replaces {old.folder / 'config.yaml'}" in told
    assert "scenarios" not in told, "they are the same"
    assert old.files() == before


def test_state_is_not_restored_under_a_model_that_plays(old, target):
    old.backup(target)
    before = old.files()
    assert "systemctl stop maquette" in old.restore(target, code=1, playing=True)
    assert old.files() == before


def test_a_stick_brings_some_documents_and_the_others_stay(old, tmp_path):
    stick = tmp_path / "stick"
    shutil.copytree(BASE / "scenarios", stick / "scenarios")
    (stick / "environment").write_text("KEY=never\n")
    (next((stick / "scenarios").glob("*.yaml"))).write_bytes(
        next((stick / "scenarios").glob("*.yaml")).read_bytes() + b"# mine\n"
    )
    before = old.files()
    told = old.restore(stick, playing=True)
    assert "Restored" in told
    changed = {name for name, data in old.files().items() if before.get(name) != data and ".replaced" not in name}
    assert changed == {f"etc/scenarios/{next((stick / 'scenarios').glob('*.yaml')).name}"}
    assert "holds neither config.yaml" in old.restore(tmp_path / "old", code=1)


def test_owner_and_permissions_are_those_of_the_folder(old, target):
    old.folder.chmod(0o2770)
    old.backup(target)
    (old.folder / "config.yaml").unlink()
    (old.folder / "scenarios" / "extra.txt").write_text("")
    old.restore(target)
    assert stat.S_IMODE((old.folder / "config.yaml").stat().st_mode) == 0o660
    assert stat.S_IMODE((old.folder / "scenarios").stat().st_mode) == 0o2770


def test_when_a_move_fails_all_is_as_before(old, target, monkeypatch):
    old.backup(target)
    for name in ("config.yaml", "hardware.yaml", "plan.svg"):
        (old.folder / name).write_bytes((old.folder / name).read_bytes() + b"\n")
    before = old.files()
    real, left = Path.rename, [3]

    def rename(self, other):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "No space left on device", str(self))
        return real(self, other)

    monkeypatch.setattr(Path, "rename", rename)
    assert "nothing has changed" in old.restore(target, code=1)
    assert {k: v for k, v in old.files().items() if ".replaced" not in k} == before


# -- archives that nobody should trust ---------------------------------------------------------------------------------


def forged(target, files, *, manifest=None, more=()):
    marks = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    about = {"format": 1, "version": "9.9", "id": "a", "made_at": "now", "config": "config.yaml", "files": marks}
    about |= manifest or {}
    with tarfile.open(target, "w:gz") as archive:
        for name, data in [("manifest.json", json.dumps(about).encode()), *files.items(), *more]:
            entry = data if isinstance(data, tarfile.TarInfo) else tarfile.TarInfo(name)
            raw = b"" if isinstance(data, tarfile.TarInfo) else data
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))


def link(name, kind):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, "/etc/passwd"
    return entry


GOOD = {"documents/config.yaml": b"maquette: 1\n"}
FORGED = {
    "a path that leads outside": ({**GOOD, "documents/../../x": b"1"}, {}, (), "'documents/../../x', which does not belong"),
    "an absolute path": ({**GOOD, "/etc/cron.d/x": b"1"}, {}, (), "'/etc/cron.d/x', which does not belong"),
    "another folder": ({**GOOD, "bin/x": b"1"}, {}, (), "'bin/x', which does not belong"),
    "a file that is not listed": (GOOD, {}, [("documents/x", b"1")], "'documents/x', which does not belong"),
    "a link": (GOOD, {"files": {}}, (), "does not begin with a manifest.json"),
    "a symbolic link in place of a file": (
        {}, {"files": {"documents/config.yaml": {"bytes": 0, "sha256": ""}}},
        [("", link("documents/config.yaml", tarfile.SYMTYPE))], "'documents/config.yaml', which does not belong",
    ),
    "a hard link in place of a file": (
        {}, {"files": {"documents/config.yaml": {"bytes": 0, "sha256": ""}}},
        [("", link("documents/config.yaml", tarfile.LNKTYPE))], "'documents/config.yaml', which does not belong",
    ),
    "a file twice": (GOOD, {}, [("documents/config.yaml", b"maquette: 1\n")], "which does not belong"),
    "a wrong checksum": (
        GOOD, {"files": {"documents/config.yaml": {"bytes": 12, "sha256": "0" * 64}}}, (), "documents/config.yaml' in the backup is damaged"
    ),
    "a wrong size": (
        GOOD, {"files": {"documents/config.yaml": {"bytes": 2, "sha256": "0" * 64}}}, (), "'documents/config.yaml' in the backup is"
    ),
    "a file that is missing": (
        {}, {"files": {"documents/config.yaml": {"bytes": 2, "sha256": "0" * 64}}}, (), "documents/config.yaml' in the backup is damaged"
    ),
    "a newer format": (GOOD, {"format": 2}, (), "was written by version 9.9 of this program, which is newer"),
    "too much": (
        GOOD, {"files": {"documents/config.yaml": {"bytes": 1 << 40, "sha256": ""}}}, (), "more than 4 GB"
    ),
    "no sizes": (GOOD, {"files": {"documents/config.yaml": {"bytes": "12", "sha256": ""}}}, (), "does not begin with"),
    "a list": (GOOD, {"files": []}, (), "does not begin with"),
    "no documents": ({"state/votes.jsonl": b""}, {}, (), "does not begin with"),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_nothing_is_taken_from_a_forged_or_damaged_archive(new, target, case):
    files, manifest, more, reason = FORGED[case]
    forged(target, files, manifest=manifest, more=more)
    assert reason in new.restore(target, code=1)
    assert new.files() == {}


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00"])
def test_what_is_no_archive_is_refused(new, target, raw):
    target.write_bytes(raw)
    told = new.restore(target, code=1)
    assert "is no backup" in told
    assert "no such file" in new.restore(target.with_name("none.tar.gz"), code=1)


def test_an_archive_that_was_cut_short_is_refused(old, new, target):
    old.backup(target)
    raw = target.read_bytes()
    for length in range(1, len(raw) - 8, max(1, len(raw) // 7)):
        target.write_bytes(raw[:length])
        new.restore(target, code=1)
        assert new.files() == {}


@given(
    st.lists(
        st.sampled_from(["documents", "state", "..", ".", "", "a", "/", "b/c", "\n", "\\"]), min_size=1, max_size=5
    )
)
def test_no_name_leads_out_of_its_folder(parts):
    name = "/".join(parts)
    if _belongs(name):
        place = os.path.normpath(f"/stage/{name}")
        assert place.startswith(("/stage/documents/", "/stage/state/"))


def test_the_file_of_secrets_is_read_as_the_service_manager_reads_it():
    text = "# comment\n; too\nA=1\n B = two words \nC='quoted # no comment'\nD=\"\"\nnothing\n=x\n"
    assert variables(text) == {"A": "1", "B": "two words", "C": "quoted # no comment", "D": ""}


# -- the installed model ----------------------------------------------------------------------------------------------


@pytest.fixture
def installed(old, tmp_path, monkeypatch):
    """A model that is installed, seen from a folder without documents."""
    for place in (app, state_rules):
        monkeypatch.setattr(place, "CONFIG", old.config)
    monkeypatch.setattr(state_rules, "STATE", old.state)
    monkeypatch.setattr(app, "SERVICE_RUNTIME", tmp_path / "run")
    monkeypatch.setattr("maquette.house.registries", lambda: registries_for(old.folder))
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("KEY", "known")
    monkeypatch.chdir(tmp_path)
    return old


def test_commands_find_the_installed_model_its_state_and_its_secrets(installed, target, monkeypatch, capsys):
    (installed.folder / "environment").write_text("KEY=other\nMAQUETTE_TEST_WORD=x\n")
    monkeypatch.delenv("MAQUETTE_TEST_WORD", raising=False)
    assert main(["backup", "-o", str(target), "--language", "en"]) == 0
    assert os.environ.pop("MAQUETTE_TEST_WORD") == "x"
    assert os.environ["KEY"] == "known", "what is set counts"
    assert "state/votes.jsonl" in names(target)
    assert main(["restore", str(target), "--dry-run", "--language", "fr"]) == 0
    assert "Rien à faire" in capsys.readouterr().out


def test_the_installed_model_is_not_restored_while_it_plays(installed, target, tmp_path, capsys):
    assert main(["backup", "-o", str(target)]) == 0
    (tmp_path / "run").mkdir()
    assert main(["restore", str(target), "--language", "en"]) == 1
    assert "systemctl stop maquette" in capsys.readouterr().err
    assert main(["restore", str(target), "--dry-run"]) == 0


def test_documents_of_this_folder_come_first(installed, tmp_path, monkeypatch, target):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here" / "config.yaml").write_text("maquette: 1\nid: here\n")
    assert main(["backup", "-o", str(target), "--state", str(tmp_path / "none")]) == 0
    assert names(target) == ["manifest.json", "documents/config.yaml"]


@pytest.mark.parametrize("words", [["backup"], ["backup", "-o", "a.zip"], ["restore"]])
def test_verbs_that_are_called_wrongly_say_how(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
