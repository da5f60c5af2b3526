"""`maquette check` as people and machines run it: exit codes, JSON, colours, and a reader that goes away."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import maquette
from maquette.cli import main

SHIPPED = Path(maquette.__file__).parent.parent


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the documents that come with the project, to be spoilt at will."""
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
