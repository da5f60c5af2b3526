"""What `maquette describe` says of the shipped scenarios, and of one that uses the whole language: texts that people have read aloud.

Written anew by ``MAQUETTE_UPDATE_RETELLINGS=1``.
"""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import maquette
from maquette import app
from maquette.cli import main
from maquette.retelling.figures import SPACE
from maquette.show.effects import EFFECTS

ROOT = Path(maquette.__file__).parents[1]
VALLEY = Path(__file__).parents[1] / "rehearsal" / "valley" / "config.yaml"
GOLDEN = Path(__file__).parent / "golden"
SHIPPED = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml") if path.stem != "scales")
PAGES = [
    *((ROOT / "config.yaml", scenario, language) for scenario in SHIPPED for language in ("fr", "en")),
    *((VALLEY, "everything", language) for language in ("fr", "en")),
]


@pytest.fixture(autouse=True, scope="module")
def checked_once() -> Iterator[None]:
    """Check documents once for all the pages, since nobody changes them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "_check", cache(app._check))
        yield


def told(config: Path, scenario: str, language: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["describe", scenario, "--config", str(config), "--language", language]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("config", "scenario", "language"), PAGES, ids=lambda part: getattr(part, "stem", part))
def test_it_says_what_people_have_read(config: Path, scenario: str, language: str, capsys: pytest.CaptureFixture[str]):
    page = told(config, scenario, language, capsys)
    golden = GOLDEN / f"{scenario}.{language}.txt"
    if os.environ.get("MAQUETTE_UPDATE_RETELLINGS"):
        golden.write_text(page, encoding="utf-8")
    assert page == golden.read_text(encoding="utf-8"), "read it aloud, then MAQUETTE_UPDATE_RETELLINGS=1 keeps it"


def test_every_golden_has_its_scenario():
    assert {path.name for path in GOLDEN.iterdir()} == {f"{scenario}.{language}.txt" for _, scenario, language in PAGES}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.fr.txt")), ids=lambda path: path.stem)
def test_french_is_french(path: Path):
    text = " ".join(path.read_text(encoding="utf-8").split("\n")[2:])
    assert not re.search(r"\b(de le|de les|à le|à les|que il|que on|si il) ", text)
    assert not re.search(r"[^\s\u00a0\u202f][;!?»]|«[^\s\u00a0\u202f]", text)
    assert not re.search(r" [;:!?»]|« ", text)


def test_all_scenarios_are_told_when_none_is_named(capsys: pytest.CaptureFixture[str]):
    assert main(["describe", "--config", str(VALLEY), "--language", "en"]) == 0
    titles = re.findall(r"^(.+)\n=+$", capsys.readouterr().out, re.MULTILINE)
    assert titles == ["The air in short", "Around the valley"]


def test_the_sentences_come_as_json(capsys: pytest.CaptureFixture[str]):
    assert main(["describe", "air", "--config", str(VALLEY), "--json", "--language", "fr"]) == 0
    (shape,) = json.loads(capsys.readouterr().out)
    assert (shape["id"], shape["title"]) == ("air", "L'air en bref")
    assert f"L'étape 1, «{SPACE}L'indice{SPACE}», dure 3{SPACE}s." in shape["sentences"]
    assert all(sentence[0].isupper() or not sentence[0].isalpha() for sentence in shape["sentences"])


def test_an_unknown_scenario_is_said(capsys: pytest.CaptureFixture[str]):
    assert main(["describe", "ait", "--config", str(VALLEY), "--language", "en"]) == 2
    assert capsys.readouterr().err == "maquette: unknown scenario 'ait'; did you mean 'air'?\n"


def test_documents_with_errors_are_not_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "config.yaml").write_text("maquette: 1\n")
    assert main(["describe", "--config", str(tmp_path / "config.yaml")]) == 1
    assert "config.yaml:" in capsys.readouterr().err


def entries(language: str) -> dict[str, str]:
    file = Path(maquette.__file__).parent / "locale" / f"retelling.{language}.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


def test_both_languages_say_the_same_things():
    french, english = entries("fr"), entries("en")
    assert set(french) == set(english)
    assert [key for key in french if placeholders(french[key]) != placeholders(english[key])] == []


def test_every_parameter_that_a_value_may_drive_has_words():
    names = {name for effect in EFFECTS.values() for name in effect.parameters} - {"phase", "each", "circles"}
    assert [name for name in sorted(names) if f"parameter_{name}" not in entries("fr")] == []


def words_used() -> Iterator[str]:
    for path in (Path(maquette.__file__).parent / "retelling").glob("*.py"):
        yield path.read_text(encoding="utf-8")


def test_no_words_are_unused():
    source = "\n".join(words_used())
    made = r"colour_|colour_in_|parameter_|past_|is_|of_all_|of_these_|day_|press_|sign_|blend_|interrupt_|call_|band_"
    made += r"|pressed_while_playing_|while_playing_|shows_|decoration_|lit_|scenery_|on_scale_|length|.*_true"
    unused = [key for key in entries("fr") if f'"{key}"' not in source and not re.match(made, key)]
    assert unused == []
