"""`maquette check` as people and machines run it: exit codes, JSON, colours, and a reader that goes away."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import maquette
from maquette.cli import main
from tests.content.shipped import KEYS

SHIPPED = Path(maquette.__file__).parent.parent


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that speaks neither French nor English."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the documents that come with the project, to be spoilt at will, on a machine that has every key."""
    for key in KEYS:
        monkeypatch.setenv(key, "none")
    for name in ("hardware", "scenarios"):
        shutil.copytree(SHIPPED / name, tmp_path / name)
    shutil.copyfile(SHIPPED / "config.yaml", tmp_path / "config.yaml")
    return tmp_path


def test_documents_that_are_well_are_said_to_be_so(shipped: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(shipped / "config.yaml")]) == 0
    assert capsys.readouterr().out == f"maquette: nothing to mend in {shipped / 'config.yaml'} and what it names\n"


def test_problems_are_printed_with_line_and_caret(shipped: Path, capsys: pytest.CaptureFixture[str]):
    with (shipped / "scenarios/air.yaml").open("a") as stream:
        stream.write("say: Attention : danger\n")
    assert main(["check", str(shipped / "config.yaml")]) == 1
    heading, line, caret = capsys.readouterr().out.rstrip("\n").split("\n")
    assert heading.startswith("scenarios/air.yaml:")
    assert heading.endswith('write: say: "Attention : danger"')
    assert line[caret.index("^") :] == ": danger"


def test_machines_read_the_same_problems(shipped: Path, capsys: pytest.CaptureFixture[str]):
    (shipped / "scenarios/air.yaml").write_text("")
    assert main(["check", "--json", str(shipped / "config.yaml")]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["file"], found["code"], found["hint"]) == ("scenarios/air.yaml", "E002", None)


@pytest.mark.parametrize("asked", ["option", "environment"])
def test_problems_are_told_in_french_to_who_asks_for_it(
    shipped: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, asked: str
):
    if asked == "environment":
        monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    options = ["--language", "fr"] if asked == "option" else []
    scenario = shipped / "scenarios/air.yaml"
    scenario.write_text(scenario.read_text().replace("[communes]", "[comunes]", 1))
    assert main(["check", *options, str(shipped / "config.yaml")]) == 1
    heading = capsys.readouterr().out.split("\n", maxsplit=1)[0].replace("\u00a0", " ")
    assert heading.endswith("erreur[E204]: zone inconnue « comunes » ; vouliez-vous dire « communes » ?")
    assert main(["check", *options, "--json", str(shipped / "config.yaml")]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["severity"], found["message"]) == ("error", "zone inconnue «\u00a0comunes\u00a0»")


def test_documents_that_are_well_are_said_to_be_so_in_french(shipped: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", "--language", "fr", str(shipped / "config.yaml")]) == 0
    assert "rien à corriger" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("named places of the model", "instead of:", "write:")), ("fr", ("lieux nommés", "au lieu de", "écrivez"))],
)
def test_a_code_is_explained_with_a_wrong_and_a_right_example(
    capsys: pytest.CaptureFixture[str], language: str, words: tuple[str, ...]
):
    assert main(["check", "--explain", "e204", "--language", language]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("E204")
    assert [word for word in words if word not in shown] == []
    assert shown.index("[feyzn]") < shown.index("[feyzin]")


@pytest.mark.parametrize(("code", "meant"), [("E999", "'E"), ("204", "'E204'"), ("zone", "codes look like E204")])
def test_a_code_that_does_not_exist_is_a_wrong_use(capsys: pytest.CaptureFixture[str], code: str, meant: str):
    assert main(["check", "--explain", code]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"there is no code '{code}'; " in shown.err
    assert meant in shown.err


def test_a_missing_config_is_a_problem_and_an_unknown_option_a_wrong_use(tmp_path: Path):
    assert main(["check", str(tmp_path / "config.yaml")]) == 1
    with pytest.raises(SystemExit) as stopped:
        main(["check", "--colour"])
    assert stopped.value.code == 2


def test_a_reader_that_goes_away_is_no_fault(shipped: Path):
    (shipped / "scenarios/air.yaml").write_text("maquette: 1\n" + "".join(f"key{n}: 1\n" for n in range(3000)))
    command = [sys.executable, "-m", "maquette", "check", str(shipped / "config.yaml")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
