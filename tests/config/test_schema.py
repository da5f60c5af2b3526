"""Schemas: those on disk are those of the models, and documents name theirs."""

import json
from pathlib import Path

import pytest

import maquette.config
from maquette.config.schema import schemas

FOLDER = Path(maquette.config.__file__).parent / "schemas"


def test_the_schemas_on_disk_are_those_of_the_models():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(schemas())
    for name, schema in schemas().items():
        assert json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) == schema, "run: make schemas"


@pytest.mark.parametrize("name", ["config", "hardware", "scenario", "scales", "catalogue"])
def test_every_key_is_explained_and_unknown_keys_are_refused(name: str):
    schema = schemas()[name]
    assert schema["additionalProperties"] is False
    for model in (schema, *schema.get("$defs", {}).values()):
        for key, field in model.get("properties", {}).items():
            assert field.get("description") or "$ref" in field, f"{name}: {key}"


def test_references_lead_somewhere():
    for schema in schemas().values():
        for reference in _references(schema):
            assert reference.removeprefix("#/$defs/") in schema["$defs"]


def _references(plain):
    if isinstance(plain, dict):
        for key, value in plain.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    if isinstance(plain, list):
        for item in plain:
            yield from _references(item)
