"""Frames on the wire: the bytes of `ShownFrame` as pages read them over the WebSocket. This is where the format is written down.

Little-endian throughout:

    offset      type        what
    0           u8          version of this format: 1
    1           u8          S, how many servos
    2           u16         L, how many LEDs
    4           u32         sequence; it counts frames that changed and starts again from 0 after 2³²
    8           i16 × S     servo angles in hundredths of a degree, in the order of ``/api/model``, held to ±327.67°
    8 + 2 S     u8 × 3 L    R, G, B per LED, linear light, in the order of the frame (``leds`` in ``/api/model`` are numbers in it)

Linear light must be encoded for a screen: ``(byte / 255) ** (1 / 2.2)``.
"""

import struct

from maquette.core.snapshot import ShownFrame

VERSION = 1
"""Version of the format."""

_CENTIDEGREES = 32767


def encode_frame(frame: ShownFrame) -> bytes:
    """Write a frame in the format above."""
    servos = [max(-_CENTIDEGREES, min(_CENTIDEGREES, round(angle * 100))) for angle in frame.servos]
    head = struct.pack("<BBHI", VERSION, len(servos), len(frame.pixels) // 3, frame.sequence % 2**32)
    return head + struct.pack(f"<{len(servos)}h", *servos) + frame.pixels
