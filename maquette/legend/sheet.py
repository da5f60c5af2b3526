"""The sheet, from an installation to the bytes of a file."""

from maquette.config.installation import Installation
from maquette.legend.content import gather
from maquette.legend.layout import lay_out
from maquette.legend.pdf import to_pdf
from maquette.legend.svg import to_svg
from maquette.letters import measure


def legend(installation: Installation, scenario: str, form: str) -> bytes:
    """Return the sheet of a scenario; ``form`` is ``.svg`` or ``.pdf``."""
    sheet = lay_out(gather(installation, scenario), measure)
    return to_pdf(sheet) if form == ".pdf" else to_svg(sheet).encode()
