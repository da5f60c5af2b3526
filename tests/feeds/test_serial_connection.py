import queue
import threading
import time
from functools import partial
from typing import Any

import pytest

from maquette.errors import FeedError
from maquette.feeds.serial_connection import NOISE, SerialConnection, Talk
from maquette.feeds.serial_frames import SENSORS, FrameReader, sds011_work_period
from maquette.feeds.serial_lines import LONGEST_LINE, LineReader, read_pairs
from tests.feeds.cable import PATIENCE_S, Cable

PAIRS = partial(LineReader, read_pairs)


class Listening:
    """A connection to a cable, its clock, and what it came to."""

    def __init__(self, cable, reader=PAIRS, kind=frozenset, **options):
        self.later_s = 0.0
        self._woken: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.wakes = 0
        talk = Talk(str(cable.path), 9600, reader, kind, **options)
        self.connection = SerialConnection(talk, self._wake, monotonic=self.now, retry_s=0.01)

    def now(self):
        return time.monotonic() + self.later_s

    def _wake(self):
        self.wakes += 1
        self._woken.put(None)

    def ask(self):
        """Return what it comes to now: the newest rows, or the problem."""
        try:
            return [dict(row.content) for row in self.connection.fetch().content]
        except FeedError as error:
            return error.code

    def until(self, *wanted):
        """Ask each time that it says there is something new, until one of these has come."""
        while (found := self.ask()) not in wanted:
            self._woken.get(timeout=PATIENCE_S)
        return found


@pytest.fixture
def cable(tmp_path):
    cable = Cable(tmp_path)
    yield cable
    cable.end()


@pytest.fixture
def listen(cable):
    listening = []

    def begin(*args, **options):
        listening.append(Listening(cable, *args, **options))
        return listening[-1]

    yield begin
    for one in listening:
        one.connection.close()
        one.connection._thread.join(PATIENCE_S)
        assert not one.connection._thread.is_alive()


def test_a_line_wakes_and_is_told_with_its_time(cable, listen):
    cable.plug()
    here = listen()
    here.until("waiting")
    here.until("waiting")  # asking again changes nothing
    before = here.now()
    while here.ask() == "waiting":
        cable.say(b"st line;lux=1\nlux=312;dba=54.2\n")
    (row,) = here.connection.fetch().content
    assert row.content == {"lux": 312, "dba": 54.2}
    assert before <= row.received_s <= here.now()


def opened(cable, listen, *args, **options):
    """Return a listening whose device is open; what a device says before that is lost, as on any cable."""
    cable.plug()
    here = listen(*args, **options)
    wait_until_open(here)
    return here


def wait_until_open(here):
    while here.ask() in ("no_device", "device_refused") or here.connection._port is None:
        here._woken.get(timeout=PATIENCE_S)


def test_the_rest_of_a_line_that_began_earlier_is_no_reading(cable, listen):
    here = opened(cable, listen)
    cable.say(b"2;dba=4\n")
    cable.say(b"lux=1;dba=50\n")
    assert here.until([{"lux": 1, "dba": 50}])


def test_a_line_may_come_in_pieces(cable, listen):
    here = opened(cable, listen)
    for piece in (b"\r\nl", b"ux=3", b"1", b"2\r"):
        cable.say(piece)
    assert here.until([{"lux": 312}])


def test_the_newest_row_of_each_kind_is_told(cable, listen):
    here = opened(cable, listen)
    cable.say(b"\nlux=1\ndba=50\nlux=2\n")
    assert here.until([{"dba": 50}, {"lux": 2}])


def test_rows_that_do_not_count_are_not_kept(cable, listen):
    here = opened(cable, listen, kind=lambda row: row.get("id"))
    cable.say(b"\nlux=1\nid=a;lux=2\nid=b;lux=3\nid=a;lux=4\n")
    assert here.until([{"id": "b", "lux": 3}, {"id": "a", "lux": 4}])


def test_without_a_device_it_says_so_and_finds_it_when_it_comes(cable, listen):
    here = listen()
    here.until("no_device")
    cable.plug()
    wait_until_open(here)
    cable.say(b"\nlux=1\n")
    assert here.until([{"lux": 1}])


@pytest.mark.parametrize("cut_first", [True, False])
def test_pulled_out_and_plugged_in_under_another_name_it_comes_back_by_itself(cable, listen, cut_first):
    here = opened(cable, listen)
    cable.say(b"\nlux=1\nlux=")
    here.until([{"lux": 1}])
    name = cable.path.readlink()
    if cut_first:
        cable.cut()
        here.until("no_device", "device_refused")
        cable.path.unlink()
    else:  # the name goes, and nobody tells who listens
        cable.path.unlink()
    here.until("no_device")
    cable.plug()
    assert cable.path.readlink() != name
    wait_until_open(here)
    cable.say(b"7\nlux=2\n")  # the line that was cut by it is none
    assert here.until([{"lux": 2}])


def test_plugged_in_elsewhere_in_the_same_moment_it_is_found_as_well(cable, listen):
    here = opened(cable, listen)
    cable.say(b"\nlux=1\n")
    here.until([{"lux": 1}])
    port = here.connection._port
    cable.path.unlink()
    cable.plug()
    while here.connection._port in (port, None):
        here.ask()
        here._woken.get(timeout=PATIENCE_S)
    cable.say(b"\nlux=2\n")
    assert here.until([{"lux": 2}])


def test_a_device_that_falls_silent_is_called_so(cable, listen):
    here = opened(cable, listen, silent_after_s=60.0)
    cable.say(b"\nlux=1\n")
    here.until([{"lux": 1}])
    here.later_s = 61.0
    assert here.ask() == "silent"
    cable.say(b"lux=2\n")
    assert here.until([{"lux": 2}])


def test_a_device_that_never_speaks_is_silent_after_a_while(cable, listen):
    here = opened(cable, listen, silent_after_s=60.0, warm_up_s=30.0)
    assert here.ask() == "warming_up"
    here.later_s = 31.0
    assert here.ask() == "waiting"
    here.later_s = 91.0
    assert here.ask() == "silent"


def test_what_it_says_while_it_warms_up_is_not_told(cable, listen):
    fed: queue.SimpleQueue[list[dict[str, Any]]] = queue.SimpleQueue()

    class Told(LineReader):
        def feed(self, data):
            rows = super().feed(data)
            fed.put(rows)
            return rows

    here = opened(cable, listen, partial(Told, read_pairs), warm_up_s=180.0)
    cable.say(b"\nlux=1\n")
    while not fed.get(timeout=PATIENCE_S):
        pass
    cable.say(b"l")
    fed.get(timeout=PATIENCE_S)  # what came before it has been heard to its end
    assert here.ask() == "warming_up"
    here.later_s = 181.0
    assert here.ask() == "waiting"
    cable.say(b"ux=2\n")
    assert here.until([{"lux": 2}])


def test_noise_is_called_so_and_ends_with_the_first_reading(cable, listen):
    here = opened(cable, listen)
    cable.say(b"\xf8\x00\n" * (NOISE // 6))
    cable.say(b"\xf8\x00\n" * (NOISE // 6))
    assert here.ask() == "waiting"  # a bootloader
    while here.ask() != "garbled":
        cable.say(b"\xf8\x00\n")
    cable.say(b"\nlux=1\n")
    assert here.until([{"lux": 1}])


def test_a_flood_wakes_once_until_it_is_asked(cable, listen):
    here = opened(cable, listen)
    here.ask()
    here.wakes = 0
    last = 0
    while here.connection._rows.get(frozenset({"lux"})) is None or last < 3000:
        last += 1
        cable.say(b"lux=%d\n" % last)
    assert here.wakes == 1
    while {"end": 1} not in here.ask():
        cable.say(b"\nend=1\n")
    assert len(here.ask()) == 2


def test_a_line_that_never_ends_takes_no_room(cable, listen):
    here = opened(cable, listen)
    for _ in range(20):
        cable.say(b"1" * LONGEST_LINE)
    cable.say(b"\n")
    while here.ask() in ("waiting", "garbled"):
        cable.say(b"\nlux=1\n")
    assert here.ask() == [{"lux": 1}]


def test_a_sensor_that_is_asked_answers(cable, listen):
    sensor = SENSORS["mhz19"]
    here = opened(cable, listen, partial(FrameReader, sensor), question=sensor.question, every_s=1000.0)
    for ppm in (608, 609):
        assert cable.hear(9) == sensor.question
        answer = bytes([0xFF, 0x86, *divmod(ppm, 256), 0x47, 0, 0, 0])
        cable.say(answer + bytes([-sum(answer[1:]) & 0xFF]))
        assert here.until([{"co2": ppm}])
        here.later_s += 1000.0


def test_commands_are_said_one_after_the_other_each_time_it_is_opened(cable, listen):
    commands = sds011_work_period(5)
    here = opened(cable, listen, commands=commands)
    assert cable.hear(57) == b"".join(commands)
    cable.unplug()
    here.until("no_device")
    cable.plug()
    assert cable.hear(57) == b"".join(commands)


def test_what_is_no_serial_line_is_refused_in_words(cable, listen, tmp_path):
    cable.path.write_text("lux=1\n")
    here = listen()
    assert here.until("device_refused")
    cable.path.unlink()
    assert here.until("no_device")


def test_a_device_in_use_is_refused(cable, listen):
    first = opened(cable, listen)
    second = listen()
    assert second.until("device_refused")
    first.connection.close()
    wait_until_open(second)


def test_closing_ends_the_listening_at_once(cable, listen):
    here = opened(cable, listen)
    assert any(thread.name == "serial" for thread in threading.enumerate())
    here.connection.close()
    here.connection.close()
    here.connection._thread.join(PATIENCE_S)
    assert here.ask() == "broken"
