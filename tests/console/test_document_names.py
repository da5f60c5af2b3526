"""How documents are called in addresses, and which names a new one may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.console.commands import Refusal
from maquette.console.documents.names import RESERVED, flaw, names_by_file


def test_a_scenario_goes_by_its_stem_and_any_other_document_by_its_path():
    files = ["config.yaml", "hardware/valley.yaml", "more/air.yaml", "scenarios/air.yaml", "scenarios/Air 2.yaml"]
    assert names_by_file(files, ["more", "scenarios"]) == {
        "config.yaml": "config.yaml",
        "hardware/valley.yaml": "hardware:valley.yaml",
        "more/air.yaml": "air",
        "scenarios/air.yaml": "scenarios:air.yaml",
        "scenarios/Air 2.yaml": "Air 2",
    }


@pytest.mark.parametrize(
    ("name", "code", "meant"),
    [
        ("L'été", "document_name", "l-ete"),
        ("Air", "document_name", None),
        ("new.yaml", "document_name", "new"),
        ("../air", "document_name", None),
        ("2026_bilan", "document_name", "bilan"),
        ("", "document_name", None),
        ("a" * 61, "document_name", "a" * 60),
        ("air\n", "document_name", None),
        ("idle", "document_name_reserved", None),
        ("nul", "document_name_reserved", None),
        ("scales", "document_name_reserved", None),
        ("air", "document_exists", None),
        ("bruit", "document_exists", None),
    ],
)
def test_a_name_that_may_not_be_is_refused_with_one_that_may(name: str, code: str, meant: str | None):
    assert flaw(name, ["air", "Bruit"]) == Refusal(code, meant, {"name": name})


@given(st.text(max_size=80))
def test_what_is_suggested_may_be_had(name: str):
    refused = flaw(name, ["air"])
    if refused is not None and refused.hint is not None:
        assert flaw(refused.hint, ["air"]) is None
    assert refused is not None or (name.isascii() and "/" not in name and name not in RESERVED)
