"""The words of problems: in both languages for every key that the source tells, explained by examples that are what they say."""

import ast
import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import maquette
from maquette.config.check import Registries, check
from maquette.config.words import LANGUAGES, codes, explain, language_of, word
from maquette.core.message import Message, message

PACKAGE = Path(maquette.__file__).parent
TABLES = {
    language: json.loads((PACKAGE / "locale" / f"problems.{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}
SECTIONS = ("problems", "hints", "parts")
CODE = re.compile(r"[EW][0-9]{3}(\.[a-z0-9_]+)?")

# -- what the source tells --------------------------------------------------------------------------------------------

TELLERS = {"message", "report", "told", "problem", "refusal", "_problem"}
"""Functions that take a key; what else they are given by name are the arguments of its words."""
NOT_FOR_WORDS = {"hint", "on_key"}


@cache
def calls() -> tuple[tuple[Path, ast.Call, str], ...]:
    """Return each call of a function in the source: where, the call, the function's name, if it has one."""
    return tuple(
        (path, node, node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    """Return each file of the source, as it is parsed."""
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in sorted(PACKAGE.rglob("*.py")))


def constants(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def beginnings(node: ast.AST) -> set[str]:
    """Return how the keys begin that are put together, as in ``f"eye_{vision}"``."""
    made = (n.values[0] for n in ast.walk(node) if isinstance(n, ast.JoinedStr) and n.values)
    return {first.value for first in made if isinstance(first, ast.Constant) and isinstance(first.value, str)}


def told() -> list[tuple[str, str, set[str] | None]]:
    """Return where, the key, and its arguments (None: not known), for each key that the source tells by name."""
    found: list[tuple[str, str, set[str] | None]] = []
    for path, node, name in calls():
        if name not in TELLERS or not node.args:
            continue
        keys = constants(node.args[0]) if name in ("message", "refusal") else set()
        for argument in node.args[:3] if name != "message" else ():
            keys |= {key for key in constants(argument) if CODE.fullmatch(key)}
        keys -= beginnings(node)
        spread = any(k.arg is None for k in node.keywords)
        arguments = {k.arg for k in node.keywords if k.arg} - (set() if name == "message" else NOT_FOR_WORDS)
        found += [(f"{path.name}:{node.lineno}", key, None if spread else arguments) for key in keys]
    return found


def keys_in_the_source() -> set[str]:
    """Every key that stands in the source, in a call or in a table, whole or put together in a call."""
    texts = {text for _, tree in trees() for text in constants(tree)}
    begun = {text for _, node, name in calls() if name in TELLERS for text in beginnings(node) if len(text) > 3}
    return {key for key in _words() if key in texts or key.startswith(tuple(begun))}


def _words(language: str = "en") -> dict[str, str | dict[str, str]]:
    return {key: entry for section in SECTIONS for key, entry in TABLES[language][section].items()}


def _forms(entry: str | dict[str, str]) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())


def _fields(entry: str | dict[str, str]) -> set[str]:
    return {name for form in _forms(entry) for _, name, _, _ in Formatter().parse(form) if name}


def test_every_key_that_is_told_has_words_for_its_arguments():
    words = _words()
    for where, key, arguments in told():
        assert key in words, f"{where}: {key} has no words in locale/problems.*.json"
        if arguments is not None:
            assert arguments == _fields(words[key]), f"{where}: {key} is told {arguments}"


def test_all_words_are_told_somewhere():
    assert sorted(set(_words()) - keys_in_the_source()) == []


def test_no_key_stands_in_two_sections():
    assert len(_words()) == sum(len(TABLES["en"][section]) for section in SECTIONS)


def test_all_languages_have_the_same_keys_arguments_and_explanations():
    first = TABLES["en"]
    for table in TABLES.values():
        for section in SECTIONS:
            assert list(table[section]) == list(first[section])
            for key, entry in table[section].items():
                assert _fields(entry) == _fields(first[section][key]), key
                assert isinstance(entry, str) or set(entry) == {"one", "other"}, key
        assert list(table["explanations"]) == list(first["explanations"])


PROSE = re.compile(r"[a-zé]{2,}[,;:]? [a-zé]{2,}")
ERRORS = {"UnitError", "ColourError", "CalendarError", "ExpressionError", "SeriesError", "PydanticCustomError"}


def test_no_sentence_stands_in_the_source():
    """What is told to people goes through messages: neither errors of documents nor arguments of messages hold prose."""
    for path, node, name in calls():
        where = f"{path.name}:{node.lineno}"
        if name in ERRORS:
            assert not any(isinstance(argument, ast.JoinedStr) for argument in node.args), where
        if name in ERRORS | TELLERS:
            assert not any(PROSE.search(text) for text in constants(node)), where


# -- typography -------------------------------------------------------------------------------------------------------


def _sentences(language: str) -> Iterator[tuple[str, str]]:
    for key, entry in _words(language).items():
        yield from ((key, form) for form in _forms(entry))
    for code, entry in TABLES[language]["explanations"].items():
        yield code, entry["text"]


def test_french_has_its_spaces_and_its_quotes():
    for key, text in _sentences("fr"):
        assert not re.search(r" [:;?!»]|« |\w[;?!»]|«\w", text), key
        assert "'{" not in text or key in ("write_quoted", "quote_code", "quote_it", "key_or_attribute"), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_plain(language: str):
    for section in ("problems", "hints"):
        for key, entry in TABLES[language][section].items():
            for form in _forms(entry):
                assert not form.endswith("."), key
                assert form == form.strip(), key


# -- explanations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_explained(language: str):
    assert set(TABLES[language]["explanations"]) == set(codes())
    for code in codes():
        found = explain(code, language)
        assert found is not None
        assert 1 <= len(re.findall(r"[.!?…](?:\s|$)", found.text)) <= 6, code
        assert found.wrong != found.right, code
        assert all((found.wrong, found.right)), code
        assert max(map(len, f"{found.wrong}\n{found.right}".split("\n"))) <= 200, code


NOT_LINES_OF_A_DOCUMENT = {
    "E001": "a file",
    "E003": "a large file",
    "E004": "an encoding",
    "E014": "a large document",
    "E215": "two files",
    "E224": "the environment",
    "E222": "names of files",
    "E228": "a file's permissions",
    "E230": "a picture",
    "E238": "two files",
    "E241": "two files",
    "W001": "an encoding",
    "W003": "a file's name",
    "W007": "a file's name",
    "W040": "a line of a table",
    "W052": "a file's name",
    "W060": "the environment",
}
"""Codes whose examples are no lines that can be checked, and what they show."""

DOCUMENTS = {
    "config.yaml": "id languages time_zone place hardware scenarios idle feeds mqtt console opening_hours dimming",
    "hardware.yaml": "plan supplies strips zones groups buttons encoders sensors keys companions",
    "scenarios/scales.yaml": "scales",
    "scenarios/air.yaml": "start_on while_playing interrupt ends steps",
}
"""Documents of the small installation, with keys of their own; all others are those of a step."""


def put_in_place(folder: Path, example: str) -> None:
    """Write an example over the document that it belongs to."""
    keys = re.findall(r"^(\w+):", example, re.MULTILINE)
    owner = next((name for name, owned in DOCUMENTS.items() if set(keys) & set(owned.split())), None)
    if not keys or "---" in example:
        (folder / "scenarios/air.yaml").write_text(example, encoding="utf-8")
    elif owner is None and not re.search(r"^servos:\n  \w+:", example, re.MULTILINE):
        first, *others = example.split("\n")
        step = "\n".join([f"  - {first}", *(f"    {line}" for line in others)])
        scenario = f"maquette: 1\ntitle: {{fr: L'air, en: Air}}\nsteps:\n{step}\n"
        (folder / "scenarios/air.yaml").write_text(scenario, encoding="utf-8")
    else:
        document = folder / (owner or "hardware.yaml")
        blocks = re.split(r"^(?=\w+:)", document.read_text("utf-8"), flags=re.MULTILINE)
        kept = [block for block in blocks if block.partition(":")[0] not in keys]
        document.write_text("".join([*kept, example, "\n"]), encoding="utf-8")


@pytest.mark.parametrize("code", [code for code in codes() if code not in NOT_LINES_OF_A_DOCUMENT])
def test_the_examples_are_wrong_and_right(code: str, folder: Path, registries: Registries, tmp_path: Path):
    found = explain(code, "fr")
    assert found is not None
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    put_in_place(folder, found.wrong)
    put_in_place(other, found.right)
    wrong, right = check(folder / "config.yaml", registries), check(other / "config.yaml", registries)
    assert code in {p.code for p in wrong.problems}, wrong.report()
    assert code not in {p.code for p in right.problems}, right.report()


# -- in words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "french", "english"),
    [
        (message("E204", name="feyzn"), "zone inconnue « feyzn »", "unknown zone 'feyzn'"),
        (message("items", count=0), "0 élément", "0 items"),
        (message("items", count=1), "1 élément", "1 item"),
        (message("items", count=2), "2 éléments", "2 items"),
        (message("one_of", names=("a", "b", "c")), "attendu : « a », « b » ou « c »", "expected 'a', 'b' or 'c'"),
        (message("at_most", amount=2.5), "au plus 2.5", "at most 2.5"),
        (message("at_least", amount=message("items", count=3)), "au moins 3 éléments", "at least 3 items"),
    ],
)
def test_a_message_is_worded_in_the_readers_language(told: Message, french: str, english: str):
    assert word(told, "fr").replace("\u00a0", " ") == french
    assert word(told, "en") == english
    assert word(told, "de") == english


def test_what_people_wrote_stays_on_one_line_and_harmless():
    shown = word(message("E204", name="a\n\x1b[2J" + "b" * 500), "fr")
    assert shown.isprintable() or "\u00a0" in shown
    assert "\x1b" not in shown
    assert "\n" not in shown
    assert len(shown) < 250


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "C"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": ""}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "fra"}, "en"),
    ],
)
def test_the_terminal_says_which_language_it_speaks(environment: dict[str, str], language: str):
    assert language_of(environment) == language


def test_documents_that_are_well_are_checked_without_reading_any_words():
    """The first light does not wait for them."""
    code = (
        "from pathlib import Path; from maquette.house import registries; from maquette import languages\n"
        "from maquette.config.check import check\n"
        f"assert check(Path({str(PACKAGE.parent / 'config.yaml')!r}), registries()).passed\n"
        "print(languages.read.cache_info().misses)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"


def test_messages_are_values():
    told = message("E204", name="feyzn")
    assert told == message("E204", name="feyzn")
    assert hash(told) == hash(message("E204", name="feyzn"))
    assert (told.code, message("E302.comma").code) == ("E204", "E302")
    assert pickle.loads(pickle.dumps(told)) == told
