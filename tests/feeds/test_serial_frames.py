from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.feeds.serial_frames import SENSORS, FrameReader, sds011_command, sds011_work_period

FRAMES = {
    "sds011": bytes.fromhex("aa c0 d4 04 3a 0a a1 60 1d ab"),
    "pms5003": bytes.fromhex("42 4d 00 1c 0001 0002 0003 0004 0005 0006 0100 0080 0020 0008 0002 0001 9700 0203"),
    "mhz19": bytes.fromhex("ff 86 02 60 47 00 00 00 d1"),
}
"""One frame each, as the data sheets show them."""
ROWS: dict[str, dict[str, float]] = {
    "sds011": {"pm25": 123.6, "pm10": 261.8},
    "pms5003": {"pm1": 4, "pm25": 5, "pm10": 6},
    "mhz19": {"co2": 608},
}

names = st.sampled_from(sorted(FRAMES))


def read(name, *pieces):
    reader = FrameReader(SENSORS[name])
    return [row for piece in pieces for row in reader.feed(piece)]


def pieces(data, cuts):
    marks = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(marks)]


@pytest.mark.parametrize("name", SENSORS)
def test_a_frame_of_the_data_sheet_is_read(name):
    assert read(name, FRAMES[name]) == [ROWS[name]]
    assert set(ROWS[name]) == set(SENSORS[name].values)


@given(names, st.lists(st.binary()))
def test_no_byte_makes_it_fail(name, data):
    read(name, *data)


@given(names, st.binary(), st.lists(st.integers(0)))
def test_any_cut_of_any_bytes_gives_the_same_rows(name, noise, cuts):
    stream = FRAMES[name] + noise + FRAMES[name] * 2
    assert read(name, *pieces(stream, cuts)) == read(name, stream)


@given(names, st.lists(st.binary(max_size=40)))
def test_what_stands_between_frames_is_skipped(name, noises):
    head = FRAMES[name][:1]
    noises = [noise.replace(head, b"") for noise in noises]
    stream = b"".join(noise + FRAMES[name] for noise in noises)
    assert read(name, stream) == [ROWS[name]] * len(noises)


@pytest.mark.parametrize("name", SENSORS)
def test_a_frame_that_is_cut_costs_itself_alone(name):
    frame = FRAMES[name]
    for end in range(len(frame)):
        assert read(name, frame[:end] + frame + frame) == [ROWS[name]] * 2


@given(names, st.data())
def test_a_wrong_byte_gives_nothing(name, data):
    frame = bytearray(FRAMES[name])
    # The SDS011 leaves its command byte out of the sum, the MH-Z19 its start; both are the frame's head.
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= data.draw(st.integers(1, 255))
    assert read(name, bytes(frame)) == []
    assert read(name, bytes(frame) + FRAMES[name] * 2)[-1] == ROWS[name]


@pytest.mark.parametrize("name", SENSORS)
def test_noise_takes_no_room(name):
    reader = FrameReader(SENSORS[name])
    for _ in range(100):
        reader.feed(FRAMES[name][:1] * 1000)
        assert len(reader._begun) <= SENSORS[name].length


def test_answers_to_commands_are_no_measurements():
    assert read("sds011", bytes.fromhex("aa c5 08 01 05 00 a1 60 0f ab")) == []


def test_the_commands_are_those_of_the_data_sheets():
    assert sds011_command(8, 1, 5).hex(" ") == "aa b4 08 01 05 00 00 00 00 00 00 00 00 00 00 ff ff 0c ab"
    wake, speak, work = sds011_work_period(5)
    assert wake.hex(" ") == "aa b4 06 01 01 00 00 00 00 00 00 00 00 00 00 ff ff 06 ab"
    assert speak.hex(" ") == "aa b4 02 01 00 00 00 00 00 00 00 00 00 00 00 ff ff 01 ab"
    assert work == sds011_command(8, 1, 5)
    assert SENSORS["mhz19"].question[-1] == -sum(SENSORS["mhz19"].question[1:8]) & 0xFF
