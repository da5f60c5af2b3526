"""Universes: how LEDs are laid into the 512 slots of each DMX universe, for sACN and Art-Net. No LED is ever split between two."""

from collections.abc import Iterator

from maquette.config.refusal import refusal

SLOTS = 512
"""Slots of a universe: 170 LEDs, or 128 with white ones."""
LAST_ADDRESS = SLOTS - 3
"""The last slot at which an LED of four colours can begin."""


def universes(leds: int, channels: int, address: int) -> int:
    """Return how many universes some LEDs take.

    Args:
        leds: how many.
        channels: 3, or 4 for LEDs with a white one.
        address: the slot of the first LED in the first universe, from 1; in the next ones the first LED has slot 1.
    """
    beyond = leds - _first(channels, address)
    return 1 + max(0, -(-beyond // (SLOTS // channels)))


def spanned(first: int, highest: int, leds: int, channels: int, address: int) -> range:
    """Return the universes that some LEDs take from the ``first`` one on; the others as for `universes`.

    Raises:
        ValueError: the last one lies beyond the ``highest`` of the protocol, as a refusal that the check words.
    """
    span = range(first, first + universes(leds, channels, address))
    if span[-1] > highest:
        raise refusal("E111.universes", last=span[-1], highest=highest)
    return span


def slots(pixels: bytes | memoryview, channels: int, address: int) -> Iterator[bytes]:
    """Yield the slots of each universe in turn, from the first one to the last one that an LED takes; arguments as for `universes`."""
    begin, end = 0, channels * _first(channels, address)
    unused = bytes(address - 1)
    while begin < len(pixels):
        yield unused + bytes(pixels[begin:end])
        begin, end, unused = end, end + channels * (SLOTS // channels), b""


def _first(channels: int, address: int) -> int:
    return (SLOTS - address + 1) // channels
