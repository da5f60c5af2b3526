"""The look of pictures: a night map on a dark, warm-grey ground. The LEDs and their legends are the only saturated colours."""

Colour = tuple[int, int, int]

GROUND: Colour = (0x17, 0x14, 0x11)
BED: Colour = (0x22, 0x20, 0x1D)
"""Water, a shade lighter than the ground."""
LINE: Colour = (0x2E, 0x29, 0x24)
UNLIT: Colour = (0x3C, 0x36, 0x2F)
"""An LED without light."""
LABEL: Colour = (0x8E, 0x84, 0x77)
SOFT: Colour = (0xAB, 0xA1, 0x93)
INK: Colour = (0xEC, 0xE5, 0xD9)
RULE: Colour = (0x3A, 0x34, 0x2D)
RAISED: Colour = (0x1F, 0x1B, 0x17)
