"""Wire time: how long a strip of addressable LEDs takes to be filled."""

WIRE_TIME_PER_CHANNEL_S = 10e-6
"""8 bits of 1.25 µs: a WS2812B strip's own pace, 30 µs for each of its LEDs."""
WIRE_RESET_S = 300e-6
"""The pause that makes a WS2812B strip show what it was sent."""


def wire_time_s(leds: int, channels: int = 3) -> float:
    """Return the seconds that a WS2812B strip (3 channels), or an SK6812 one with white LEDs (4), takes to be filled."""
    return leds * channels * WIRE_TIME_PER_CHANNEL_S + WIRE_RESET_S
