"""Lines of letters that fit a width."""

from PIL import ImageFont


def drawable(text: str) -> str:
    """Return a text on one line."""
    return text.replace("\n", " ")


def fitted(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """Return a text cut to a width in pixels, with an ellipsis where something is missing."""
    text = drawable(text)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def lines(text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """Return a text broken at spaces into at most ``most`` lines of a width in pixels; no-break spaces hold."""
    made: list[str] = []
    for word in drawable(text).split(" "):
        longer = f"{made[-1]} {word}" if made else word
        if made and font.getlength(longer) <= width:
            made[-1] = longer
        elif word:
            made.append(word)
    if len(made) > most:
        made[most - 1] = " ".join(made[most - 1 :])
    return [fitted(line, font, width) for line in made[:most]]
