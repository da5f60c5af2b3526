"""Ready-made feeds: a document of the catalogue and the parameters of an installation become a feed as one would write it oneself."""

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from maquette.config.documents import CatalogueDocument, UseDocument
from maquette.config.draft import Desk, Draft
from maquette.config.problems import did_you_mean
from maquette.config.tree import Path
from maquette.core.message import message

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def catalogue_names(folder: FilePath) -> list[str]:
    """Return the names of the ready-made feeds, sorted."""
    return sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []


def read_catalogue(folder: FilePath, name: str) -> tuple[CatalogueDocument | None, Draft]:
    """Read a ready-made feed; None when it has problems, which stand in the draft."""
    draft = Desk(folder.parent, {}).draft(f"{folder.name}/{name}.yaml")
    if draft.source is None:
        return None, draft
    return draft.shape(CatalogueDocument), draft


def fill_in(document: CatalogueDocument, values: Mapping[str, str | list[str]]) -> dict[str, Any]:
    """Return the feed with its placeholders replaced; braces that name no parameter stay.

    A list is joined as its parameter says, by default so that ``IN ('{communes}')`` becomes ``IN ('69199','69276')``.
    """
    words = {
        name: parameter.joined_by.join(value) if isinstance(value, list) else value
        for name, parameter in document.parameters.items()
        if (value := values.get(name, document.parameters[name].default)) is not None
    }
    filled = _replace(document.feed, words)
    assert isinstance(filled, dict)
    return filled


def _replace(plain: Any, words: Mapping[str, str]) -> Any:
    match plain:
        case str():
            return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), plain)
        case dict():
            return {key: _replace(value, words) for key, value in plain.items()}
        case list():
            return [_replace(value, words) for value in plain]
    return plain


def check_parameters(draft: Draft, path: Path, use: UseDocument, document: CatalogueDocument) -> bool:
    """Check what an installation tells a ready-made feed; problems are noted in the installation's draft."""
    before = len(draft.problems)
    for name in use.with_:
        if name not in document.parameters:
            advice = did_you_mean(name, document.parameters)
            draft.report("E220", (*path, "with", name), on_key=True, hint=advice, feed=use.use, name=name)
    for name, parameter in document.parameters.items():
        if name not in use.with_:
            if parameter.default is None:
                advice = message("add_parameter", name=name, example=parameter.example)
                where = (*path, "with") if "with" in (draft.tree.node(path).entries or {}) else path
                draft.report("E219", where, on_key=True, hint=advice, feed=use.use, name=name)
            continue
        given = use.with_[name]
        if isinstance(given, list) and not parameter.list:
            advice = message("pattern", example=parameter.example)
            draft.report("E221.list", (*path, "with", name), hint=advice, name=name, feed=use.use)
            continue
        for index, value in enumerate(given if isinstance(given, list) else [given]):
            where = (*path, "with", name, index) if isinstance(given, list) else (*path, "with", name)
            if not _suits(value, parameter.pattern):
                advice = message("pattern", example=parameter.example)
                draft.report("E221", where, hint=advice, value=value, name=name, feed=use.use)
    return len(draft.problems) == before


def _suits(value: str, pattern: str | None) -> bool:
    """A value is words that stay inside the quotes that a ready-made feed puts around it."""
    if not value or any(c in "'\"`\\\n" for c in value):
        return False
    return pattern is None or re.fullmatch(pattern, value) is not None
