"""Texts of the hardware document: what has no words in one of the installation's languages."""

from collections.abc import Sequence

from maquette.config.documents import HardwareDocument
from maquette.config.draft import Draft
from maquette.config.languages import check_text


def check_hardware_texts(draft: Draft, document: HardwareDocument, languages: Sequence[str]) -> None:
    """Warn of titles and labels that are missing in a language."""
    check_text(draft, ("title",), document.title, languages)
    for name, zone in document.zones.items():
        check_text(draft, ("zones", name, "title"), zone.title, languages)
    for name, button in document.buttons.items():
        check_text(draft, ("buttons", name, "label"), button.label, languages)
