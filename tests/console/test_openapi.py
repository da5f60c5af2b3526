"""The description of the HTTP interface is true: every answer fits what it says, and what it says is all there is."""

import json
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path

import pytest
import requests
from jsonschema import Draft202012Validator

import maquette
from maquette.core.events import COMMANDS

PATHS = {"{zone}": "rhone", "{feed}": "air", "{name}": "air", "{number}": "1", "{code}": "E204"}


@pytest.fixture
def console(shared):
    shared.reset()
    return shared


@pytest.fixture
def description(console):
    return requests.get(f"{console.url}/api/openapi.json", timeout=5).json()


def validator(description, schema):
    return Draft202012Validator({**schema, "components": description["components"]})


def test_what_can_be_read_is_as_the_description_says(console, description):
    read = 0
    for path, methods in description["paths"].items():
        address = console.url + path
        for name, variable in PATHS.items():
            address = address.replace(name, variable)
        for query in ({}, {"with": "words", "lang": "en"}):
            if "get" in methods:
                answer = requests.get(address, params=query, timeout=5)
                told = methods["get"]["responses"][str(answer.status_code)]["content"]
                (media,) = told
                assert answer.headers["content-type"].partition(";")[0] == media
                if "schema" in told[media]:
                    validator(description, told[media]["schema"]).validate(answer.json())
                read += 1
    assert read >= 14


def test_every_command_of_the_table_is_described_and_a_refusal_too(console, description):
    told = description["components"]["schemas"]["Command"]["oneOf"]
    assert [command["title"] for command in told] == list(COMMANDS)
    operation = description["paths"]["/api/commands"]["post"]
    for payload, status in (({"command": "next"}, 200), ({"command": "play", "scenario": "ari"}, 404), ({}, 400)):
        answer = requests.post(f"{console.url}/api/commands", json=payload, timeout=5)
        assert answer.status_code == status
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        validator(description, schema).validate(answer.json())


def test_the_description_is_the_table(shared, description):
    rows = {(row.path, row.method.lower()) for row in shared.web.endpoints}
    assert rows == {(path, method) for path, methods in description["paths"].items() for method in methods}
    operations = [operation for methods in description["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_what_is_sent_at_random_meets_the_description(shared):
    """Schemathesis invents requests, right and wrong, and holds the answers against the description."""
    shared.reset()
    options = ["--phases=coverage,fuzzing", "--max-examples=3", "--generation-deterministic", "--no-color"]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{shared.url}/api/openapi.json", *options]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stdout
    assert "test cases" in found.stdout.lower()


def sentences_of(node):
    """Return what stands under ``summary`` and ``description`` anywhere in the document."""
    if isinstance(node, list):
        return {sentence for entry in node for sentence in sentences_of(entry)}
    if not isinstance(node, dict):
        return set()
    own = {v for k, v in node.items() if k in ("summary", "description") and isinstance(v, str)}
    statuses = {status.phrase for status in HTTPStatus}
    return (own | {sentence for value in node.values() for sentence in sentences_of(value)}) - statuses


def test_every_sentence_of_the_description_has_its_french(console):
    english, french = (
        sentences_of(requests.get(f"{console.url}/api/openapi.json?lang={language}", timeout=5).json())
        for language in ("en", "fr")
    )
    table = json.loads(Path(maquette.__file__).with_name("locale").joinpath("api.fr.json").read_text("utf-8"))
    assert english == set(table)
    assert french == set(table.values())
