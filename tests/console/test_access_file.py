"""What is kept of sessions and of a PIN that was set at the model; who may read it; which PIN holds."""

import json
import stat

import pytest

from maquette.console.access.access_file import load, new, save
from maquette.ops.scrypt import is_of, is_record, record_of

PIN, CONFIGURED = "975310", record_of("246813", b"salt")


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Records that cost little: what they cost elsewhere is no matter here."""
    monkeypatch.setattr("maquette.ops.scrypt._N", 16)


def test_the_key_stays_and_nobody_else_may_read_it(tmp_path):
    file = tmp_path / "access.json"
    kept = load(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load(file) == kept
    file.chmod(0o644)
    assert load(file) == kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept.key != new().key


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"key": "00"}', '{"key": "zz"}', '{"key": "KEY", "pin": "246813"}', "\x00"]
)
def test_a_file_that_cannot_be_read_gives_way_to_a_new_key(tmp_path, text):
    file = tmp_path / "access.json"
    file.write_text(text.replace("KEY", "00" * 32))
    kept = load(file)
    assert (kept.pin, load(file)) == (None, kept)


def test_where_nothing_can_be_written_there_is_a_key_all_the_same(tmp_path, caplog):
    (tmp_path / "state").write_text("a file where a folder should be")
    assert len(load(tmp_path / "state" / "access.json").key) == 32
    assert "access file" in caplog.text


def test_a_pin_set_at_the_model_holds_until_the_documents_name_another(tmp_path):
    kept = new().with_pin(PIN, CONFIGURED)
    save(tmp_path / "access.json", kept)
    assert PIN not in (tmp_path / "access.json").read_text()
    kept = load(tmp_path / "access.json")
    held = kept.pin_instead_of(CONFIGURED)
    assert held is not None
    assert is_of(PIN, held)
    other = record_of("864209")
    assert kept.pin_instead_of(other) == other
    assert kept.pin_instead_of(None) is None
    assert new().pin_instead_of(CONFIGURED) == CONFIGURED


def test_it_may_replace_a_pin_in_clear_or_none_at_all(tmp_path):
    kept = new().with_pin(PIN, "246813")
    assert "246813" not in json.dumps([kept.pin, kept.instead_of])
    assert kept.pin_instead_of("246813") == kept.pin
    assert kept.pin_instead_of("246814") == "246814"
    first = new().with_pin(PIN, None)
    assert first.pin_instead_of(None) == first.pin
    assert first.pin_instead_of("246813") == "246813"


def test_a_record_is_that_of_one_text_alone():
    assert is_record(CONFIGURED)
    assert is_of("246813", CONFIGURED)
    assert not is_of("246814", CONFIGURED)
    assert record_of("246813") != CONFIGURED
    for wrong in (
        "",
        "246813",
        "scrypt:1:8:1:YQ:YQ",
        CONFIGURED[:-4],
        CONFIGURED.replace("16384", "1073741824"),
        CONFIGURED.replace(":8:", ":x:"),
    ):
        assert not is_record(wrong)
        assert not is_of("246813", wrong)
