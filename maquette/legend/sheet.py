"""The sheets, from an installation to the bytes of a file."""

from maquette.config.installation import Installation
from maquette.legend.content import gather
from maquette.legend.drawing import Sheet
from maquette.legend.layout import lay_out
from maquette.legend.pdf import to_pdf
from maquette.legend.svg import to_svg
from maquette.legend.wiring import gather_wiring
from maquette.legend.wiring_layout import lay_out_wiring
from maquette.letters import measure


def legend(installation: Installation, scenario: str, form: str) -> bytes:
    """Return the sheet of a scenario; ``form`` is ``.svg`` or ``.pdf``."""
    sheet = lay_out(gather(installation, scenario), measure)
    return _written(sheet, form)


def wiring(installation: Installation, language: str, form: str) -> bytes:
    """Return the sheet of the model as it is wired, in one language; ``form`` as above."""
    return _written(lay_out_wiring(gather_wiring(installation, language), measure), form)


def _written(sheet: Sheet, form: str) -> bytes:
    return to_pdf(sheet) if form == ".pdf" else to_svg(sheet).encode()
