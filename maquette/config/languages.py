"""Languages of texts: what is missing for somebody who reads, and what nobody will read."""

from collections.abc import Mapping, Sequence

from maquette.config.draft import Draft
from maquette.config.tree import Path
from maquette.core.message import message


def check_text(draft: Draft, path: Path, text: Mapping[str, str] | None, languages: Sequence[str]) -> None:
    """Warn of each of the installation's languages in which a text says nothing; a plain string speaks for all."""
    if text is None or "" in text:
        return
    for language in languages:
        if not text.get(language, "").strip():
            draft.report("W002", path, on_key=True, hint=message("language", language=language), language=language)
    for language in text:
        if language not in languages:
            draft.report("W005", (*path, language), on_key=True, language=language)
