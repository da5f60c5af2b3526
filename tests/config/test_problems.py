"""One wrong document per file in problems/, and beside it the words that people get for it."""

import os
import shutil
from pathlib import Path

import pytest

from maquette.config.check import Registries, check
from maquette.config.words import codes

CASES = sorted((Path(__file__).parent / "problems").glob("*.yaml"))
PLACES = {
    "config": "config.yaml",
    "hardware": "hardware.yaml",
    "scenario": "scenarios/air.yaml",
    "scales": "scenarios/scales.yaml",
}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_wrong_document_is_explained_at_the_right_place(case: Path, folder: Path, registries: Registries):
    shutil.copyfile(case, folder / PLACES[case.stem.split("-")[0]])
    if "two-scenarios" in case.stem:
        shutil.copyfile(case, folder / "scenarios" / "zoo.yaml")
    checked = check(folder / "config.yaml", registries)
    expected = case.with_suffix(".txt")
    report = checked.report("en") + "\n"
    french = case.parent / "french" / expected.name
    headings = "".join(f"{problem.heading('fr')}\n" for problem in checked.problems)
    if os.environ.get("MAQUETTE_UPDATE_PROBLEMS"):
        expected.write_text(report, encoding="utf-8")
        french.write_text(headings, encoding="utf-8")
    assert report == expected.read_text(encoding="utf-8")
    assert headings == french.read_text(encoding="utf-8")
    assert (checked.installation is None) is not checked.passed


def test_every_case_has_its_words():
    folder = Path(__file__).parent / "problems"
    for words in (folder, folder / "french"):
        assert {path.stem for path in words.glob("*.txt")} == {path.stem for path in CASES}


def test_every_code_is_met_somewhere():
    here = Path(__file__).parent
    cases = (*here.glob("problems/*.txt"), *here.parent.rglob("test_*.py"))
    texts = [path.read_text(encoding="utf-8") for path in cases]
    assert [code for code in codes() if not any(code in text for text in texts)] == []
