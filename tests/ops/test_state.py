"""The state folder survives a power cut and a full disk."""

from pathlib import Path

import pytest

from maquette.ops.state import state_folder, write_atomically


def test_a_file_is_written_whole_in_a_folder_that_did_not_exist(tmp_path):
    write_atomically(tmp_path / "readings" / "river.json", b"{}")
    assert (tmp_path / "readings" / "river.json").read_bytes() == b"{}"


def test_a_full_disk_leaves_the_former_file_and_no_litter(tmp_path):
    target = tmp_path / "river.json"
    write_atomically(target, b"old")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", _no_space)
        with pytest.raises(OSError, match="No space"):
            write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["river.json"]


def test_what_a_power_cut_left_half_written_is_taken_over(tmp_path):
    (tmp_path / ".river.json.new").write_bytes(b'{"half":')
    write_atomically(tmp_path / "river.json", b"{}")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("river.json", b"{}")]


def _no_space(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_the_chosen_folder_comes_first_then_the_services_then_the_users(monkeypatch, tmp_path):
    config = tmp_path / "valley" / "config.yaml"
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/maquette")
    assert state_folder(tmp_path, config) == tmp_path
    assert state_folder(None, config) == Path("/var/lib/maquette")
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    mine = state_folder(None, config)
    assert mine.parent == tmp_path / "maquette"
    assert mine.name.startswith("valley-")
    assert mine != state_folder(None, tmp_path / "other" / "valley" / "config.yaml")
