"""PDF: a sheet as pages that print, through fpdf2, with the letters that it needs embedded."""

from io import BytesIO

from fpdf import FPDF

from maquette.legend.drawing import Disc, Letters, Panel, Shape, Sheet, Stroke
from maquette.letters import font_path

_FAMILY = "Letters"
_POINTS_PER_MM = 72 / 25.4


def to_pdf(sheet: Sheet) -> bytes:
    """Return a sheet as PDF."""
    pdf = FPDF(unit="mm", format=(sheet.width, sheet.height))
    pdf.set_auto_page_break(False)
    pdf.set_title(sheet.title)
    pdf.set_lang(sheet.language)
    for style in ("", "B"):
        with font_path(strong=style == "B") as path:
            pdf.add_font(_FAMILY, style, path)
    for page in sheet.pages:
        pdf.add_page()
        for shape in page.shapes:
            _draw(pdf, shape)
    written = BytesIO()
    pdf.output(written)
    return written.getvalue()


def _draw(pdf: FPDF, shape: Shape) -> None:
    match shape:
        case Letters():
            pdf.set_font(_FAMILY, "B" if shape.strong else "", shape.size * _POINTS_PER_MM)
            pdf.set_text_color(shape.ink)
            pdf.text(shape.x, shape.y, shape.text)
        case Disc():
            pdf.set_fill_color(shape.fill)
            pdf.circle(shape.x, shape.y, shape.radius, style="F")
        case Panel():
            pdf.set_fill_color(shape.fill)
            # From half of the height on, fpdf2 takes the radius for a share of it.
            radius = min(shape.radius, 0.499 * min(shape.width, shape.height))
            pdf.rect(shape.x, shape.y, shape.width, shape.height, style="F", round_corners=True, corner_radius=radius)
        case Stroke():
            pdf.set_draw_color(shape.ink)
            pdf.set_line_width(shape.width)
            pdf.polyline(shape.points)
