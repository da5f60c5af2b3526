"""Official scales: those that an authority has published, with its names and colours. Every installation has them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path as FilePath

from maquette.config.documents import ScaleDocument, ScalesDocument
from maquette.config.draft import Desk

FILE = FilePath(__file__).parent / "scales" / "official.yaml"
"""Where they stand."""


@cache
def official_scales() -> Mapping[str, ScaleDocument]:
    """Return the official scales by name."""
    draft = Desk(FILE.parent, {}).draft(FILE.name)
    document = draft.shape(ScalesDocument)
    assert document is not None, draft.problems
    return document.scales
