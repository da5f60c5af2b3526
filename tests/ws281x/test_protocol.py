"""What is said to a sender that may be root: whatever it is, it is either right in every part or refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.ws281x.protocol import (
    MOST_BYTES,
    MOST_LEDS,
    PINS,
    READY,
    Hello,
    Mode,
    RefusedError,
    StripHello,
    read_hello,
    read_problem,
    spi_bytes,
    spi_leds,
    written_hello,
    written_problem,
)

BOTH = Hello((StripHello(18, 300, 3, invert=False), StripHello(13, 120, 4, invert=True)), 10)


def said(**other):
    """A hello that is right but for what is given."""
    strip = {"pin": 18, "leds": 10, "colours": 3, "invert": False}
    whole = {"version": 1, "dma": 10, "strips": [strip]}
    strip |= {name: value for name, value in other.items() if name in strip}
    return json.dumps(whole | {name: value for name, value in other.items() if name not in strip}).encode()


def strips(*pins):
    return [{"pin": pin, "leds": 10, "colours": 3, "invert": False} for pin in pins]


def test_a_hello_arrives_as_it_was_written():
    assert read_hello(written_hello(BOTH)) == BOTH
    assert read_hello(said()) == Hello((StripHello(18, 10, 3, invert=False),), 10)


@pytest.mark.parametrize(
    "packet",
    [
        b"", b"{", b"[]", b"7", b"\xff", b"[" * 50_000, said(version=2), said(more=1), said(dma=5), said(dma=15), said(dma=-1),
        said(dma=True), said(dma=10.0), said(strips=[]), said(strips={}), said(strips=[7]), said(strips=strips(18, 13, 12)),
        said(strips=strips(18, 12)), said(strips=strips(18, 18)), said(strips=strips(10, 21)), said(strips=strips(18, 21)),
        said(pin=5), said(pin="18"), said(pin=True), said(leds=0), said(leds=2701), said(leds=-1), said(leds=1e3), said(colours=2),
        said(colours=5), said(invert=0), said(invert=None),
    ],
)  # fmt: skip
def test_what_is_no_hello_is_refused(packet):
    with pytest.raises(RefusedError, match="hello"):
        read_hello(packet)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@given(field=st.sampled_from(["version", "dma", "strips", "pin", "leds", "colours", "invert"]), value=ANYTHING)
def test_a_hello_that_is_taken_has_nothing_out_of_bounds(field, value):
    try:
        hello = read_hello(said(**{field: value}))
    except RefusedError:
        return
    for strip in hello.strips:
        assert strip.pin in PINS
        assert 1 <= strip.leds <= MOST_LEDS[strip.way.mode]
        assert strip.bytes < MOST_BYTES


def test_problems_arrive_as_they_were_written():
    problem = read_problem(written_problem(RefusedError("device", path="/dev/mem", reason="Permission denied")))
    assert problem is not None
    assert (problem.key, problem.arguments) == ("device", {"path": "/dev/mem", "reason": "Permission denied"})


@pytest.mark.parametrize("packet", [READY, b"", b"{", b"[]", b"7", b'{"problem": 7}'])
def test_other_answers_are_no_problems(packet):
    assert read_problem(packet) is None


def test_a_frame_takes_the_time_of_four_colours_on_the_longest_strip():
    assert BOTH.wire_time_s == pytest.approx(300 * 40e-6 + 300e-6)


@given(st.integers(0, 1 << 20))
def test_the_leds_that_fit_into_a_transfer_fit_and_no_more_would(bufsiz):
    leds = spi_leds(bufsiz)
    assert leds == 0 or spi_bytes(leds) <= bufsiz
    assert spi_bytes(leds + 1) > bufsiz


def test_only_spi_needs_no_root():
    assert [mode for mode in Mode if not mode.needs_root] == [Mode.SPI]
