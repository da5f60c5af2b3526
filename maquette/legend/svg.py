"""SVG: a sheet as one drawing, its pages below one another, with the fonts that it needs."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape

from maquette.legend.drawing import Disc, Letters, Panel, Shape, Sheet, Stroke
from maquette.letters import font_bytes


def to_svg(sheet: Sheet) -> str:
    """Return a sheet as SVG."""
    height = sheet.height * len(sheet.pages)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width:g}mm" height="{height:g}mm" '
            f'viewBox="0 0 {sheet.width:g} {height:g}" xml:lang="{escape(sheet.language)}">',
            f"<title>{escape(sheet.title)}</title>",
            f"<style>{_faces(sheet)} text {{ font-family: Letters, 'Source Sans Pro', sans-serif; white-space: pre }}</style>",
            f'<rect width="{sheet.width:g}" height="{height:g}" fill="#ffffff"/>',
            *_pages(sheet),
            "</svg>\n",
        ]
    )


def _faces(sheet: Sheet) -> str:
    written = [shape for page in sheet.pages for shape in page.shapes if isinstance(shape, Letters)]
    faces = []
    for strong, weight in ((False, 400), (True, 600)):
        signs = "".join(sorted({sign for shape in written if shape.strong is strong for sign in shape.text}))
        font = b64encode(font_bytes(signs, strong=strong)).decode()
        faces.append(
            f"@font-face {{ font-family: Letters; font-weight: {weight}; src: url(data:font/ttf;base64,{font}) }}"
        )
    return " ".join(faces)


def _pages(sheet: Sheet) -> Iterator[str]:
    for number, page in enumerate(sheet.pages):
        yield f'<g transform="translate(0 {number * sheet.height:g})">'
        yield from map(_shape, page.shapes)
        yield "</g>"


def _shape(shape: Shape) -> str:
    match shape:
        case Letters():
            weight = ' font-weight="600"' if shape.strong else ""
            place = f'x="{shape.x:.2f}" y="{shape.y:.2f}" font-size="{shape.size:.2f}"'
            return f'<text {place}{weight} fill="{shape.ink}">{escape(shape.text)}</text>'
        case Disc():
            return f'<circle cx="{shape.x:.2f}" cy="{shape.y:.2f}" r="{shape.radius:.2f}" fill="{shape.fill}"/>'
        case Panel():
            size = f'width="{shape.width:.2f}" height="{shape.height:.2f}" rx="{shape.radius:.2f}"'
            return f'<rect x="{shape.x:.2f}" y="{shape.y:.2f}" {size} fill="{shape.fill}"/>'
        case Stroke():
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in shape.points)
            look = f'fill="none" stroke="{shape.ink}" stroke-width="{shape.width:g}" stroke-linejoin="round"'
            return f'<polyline points="{points}" {look}/>'
