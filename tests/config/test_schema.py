"""Schemas: those on disk are the models'; they accept what the check accepts, refuse what they can see, explain in French and English."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

import maquette.config
from maquette.config import calendar, quantities
from maquette.config.check import Registries, check
from maquette.config.reference import french
from maquette.config.schema import schemas
from maquette.config.yaml import read_file
from maquette.house import registries
from maquette.show.effects import EFFECTS
from tests.config.conftest import BASE, registries_for
from tests.config.test_problems import CASES, PLACES

ROOT = Path(__file__).parents[2]
FOLDER = Path(maquette.config.__file__).parent / "schemas"
KINDS = ("config", "hardware", "scenario", "scales", "catalogue")
DOCUMENTS = {
    "config": [ROOT / "config.yaml"],
    "hardware": sorted((ROOT / "hardware").glob("*.yaml")),
    "scales": [ROOT / "scenarios/scales.yaml"],
    "scenario": sorted(path for path in (ROOT / "scenarios").glob("*.yaml") if path.stem != "scales"),
    "catalogue": sorted((ROOT / "maquette/feeds/catalogue").glob("*.yaml")),
}
SHIPPED = [pytest.param(kind, path, id=path.stem) for kind, paths in DOCUMENTS.items() for path in paths]


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict[str, Any]]:
    return schemas(registries())


@pytest.fixture(scope="module")
def small() -> dict[str, dict[str, Any]]:
    """Schemas of the small installation, with its own drivers and kinds."""
    return schemas(registries_for(BASE))


def plain(path: Path) -> Any:
    source, problems = read_file(path, path.name)
    assert source is not None, problems
    return source.root.plain


def faults(schema: dict[str, Any], path: Path) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(plain(path))]


def test_the_schemas_on_disk_are_those_of_the_models(shipped):
    assert {path.stem for path in FOLDER.glob("*.json")} == set(shipped) == set(KINDS)
    for name, schema in shipped.items():
        Draft202012Validator.check_schema(schema)
        assert json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) == schema, "run: make schemas"


@pytest.mark.parametrize("name", KINDS)
def test_every_key_is_explained_and_unknown_keys_are_refused(shipped, name: str):
    for model in (shipped[name], *shipped[name]["$defs"].values()):
        for key, field in model.get("properties", {}).items():
            assert field.get("description"), f"{name}: {key}"
            assert field.get("markdownDescription"), f"{name}: {key}"
        assert model.get("type") != "object" or model["additionalProperties"] is not True


def test_each_text_is_in_french_and_in_english_and_no_french_is_left_over(shipped):
    told = {text for schema in shipped.values() for key, text in _entries(schema) if key == "description"}
    english = {text.partition("\n\nEnglish: ")[2] or f"lacks its French: {text}" for text in told}
    effects = {effect.doc["en"] for effect in EFFECTS.values()}
    effects |= {kind.doc["en"] for effect in EFFECTS.values() for kind in effect.parameters.values()}
    assert effects <= english
    assert english - effects == set(french()), "mend maquette/locale/reference.fr.json, then: make schemas"


def test_references_lead_somewhere_and_nothing_is_left_over(shipped):
    for schema in shipped.values():
        references = {text.removeprefix("#/$defs/") for key, text in _entries(schema) if key == "$ref"}
        assert references == set(schema["$defs"])


def test_what_is_for_the_makers_of_schemas_stays_with_them(shipped):
    for schema in shipped.values():
        assert not {key for key, _ in _entries(schema) if key.startswith("x-")}


# -- a schema accepts what the check accepts -------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "path"), SHIPPED)
def test_a_shipped_document_names_its_schema_and_follows_it(shipped, kind: str, path: Path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named, "it must begin with the line that names its schema"
    assert (path.parent / named[1]).resolve() == FOLDER / f"{kind}.json"
    assert faults(shipped[kind], path) == []


def test_what_the_check_accepts_follows_its_schema(folder: Path, registries: Registries, small):
    kinds = {"config.yaml": "config", "hardware.yaml": "hardware", "scales.yaml": "scales"}
    assert check(folder / "config.yaml", registries).passed
    for path in sorted(folder.rglob("*.yaml")):
        kind = "catalogue" if path.parent.name == "catalogue" else kinds.get(path.name, "scenario")
        assert faults(small[kind], path) == [], path


def _codes(case: Path) -> set[str]:
    """Return the codes of the problems that a case has in the document itself."""
    words = case.with_suffix(".txt").read_text(encoding="utf-8")
    return set(re.findall(rf"^{re.escape(PLACES[case.stem.split('-')[0]])}:.*\[([EW][0-9]+)\]", words, re.MULTILINE))


# Faults that are no matter of shape, and that a schema sees all the same: effects, their parameters and the ranges of these.
SEEN_TOO = {"E213", "E214", "E347"}
WELL_SHAPED = [
    case for case in CASES if not _codes(case) & SEEN_TOO and not any(code[:2] in ("E0", "E1") for code in _codes(case))
]
# Shapes that the check refuses and a schema can see. Others depend on more than one key, on an order or on a range in some unit.
VISIBLE = {f"E1{number:02d}" for number in (*range(1, 11), 13)}
ILL_SHAPED = [case for case in CASES if _codes(case) & VISIBLE and case.stem != "scales-diverging"]


@pytest.mark.parametrize("case", WELL_SHAPED, ids=lambda path: path.stem)
def test_a_document_with_other_faults_than_its_shape_follows_its_schema(case: Path, small):
    assert faults(small[case.stem.split("-")[0]], case) == []


@pytest.mark.parametrize("case", ILL_SHAPED, ids=lambda path: path.stem)
def test_a_document_of_a_wrong_shape_does_not_follow_its_schema(case: Path, small):
    source, _ = read_file(case, case.name)
    if source is not None:
        assert not Draft202012Validator(small[case.stem.split("-")[0]]).is_valid(source.root.plain)


WRITTEN = {
    name: TypeAdapter(kind)
    for module in (quantities, calendar)
    for name, kind in vars(module).items()
    if getattr(kind, "__metadata__", None) is not None
}


@pytest.mark.parametrize("name", WRITTEN)
@given(data=st.data())
def test_a_pattern_never_refuses_what_is_read(name: str, data: st.DataObject):
    schema = WRITTEN[name].json_schema()
    forms = schema.get("oneOf", [schema])
    examples = [example for form in forms for example in form.get("examples", [])]
    pieces = st.sampled_from(
        [*examples, *" .-+eE:,", "5", "10", "s", "min", "ago", "mA", "°", "%", "\u00a0", "-fri", "µs"]
    )
    text = data.draw(st.lists(pieces, max_size=4).map("".join) | st.text(max_size=12))
    try:
        WRITTEN[name].validate_python(text)
    except ValidationError:
        return
    assert Draft202012Validator(schema).is_valid(text)


@pytest.mark.parametrize("name", WRITTEN)
def test_examples_are_read(name: str):
    schema = WRITTEN[name].json_schema()
    for form in schema.get("oneOf", [schema]):
        for example in form.get("examples", []):
            WRITTEN[name].validate_python(example)


def _entries(schema: Any) -> Iterator[tuple[str, str]]:
    """Yield every keyword of a schema that holds a text, and that text; names of properties are no keywords."""
    if isinstance(schema, dict):
        for key, item in schema.items():
            if isinstance(item, str):
                yield key, item
            elif key in ("properties", "$defs", "patternProperties"):
                for inner in item.values():
                    yield from _entries(inner)
            else:
                yield from _entries(item)
    elif isinstance(schema, list):
        for item in schema:
            yield from _entries(item)
