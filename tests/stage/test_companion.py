"""The stage's side of a serial companion, on a pseudo-terminal that speaks the companion's bytes."""

import json
import queue
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.config.documents import ButtonDocument, CompanionDocument
from maquette.config.installation import Senses
from maquette.core.alerts import Alert
from maquette.core.events import ButtonPressed, ButtonReleased
from maquette.core.pushed import Pushed, PushedRow
from maquette.errors import ServoError
from maquette.stage.companion import companion as room
from maquette.stage.companion import protocol
from maquette.stage.companion.companion import Companion
from maquette.stage.companion.outbox import Outbox
from maquette.stage.controls import Controls
from maquette.stage.pins import Edge
from maquette.stage.servos.companion import CompanionServo, CompanionServoDocument
from tests.feeds.cable import Cable
from tests.stage.controlling import problem_key

BUTTONS = {
    "air": ButtonDocument(companion="edge", input=0, lamp_output=1, label={"": "Air"}),
    "jobs": ButtonDocument(companion="edge", input=3, label={"": "Jobs"}),
    "elsewhere": ButtonDocument(companion="hall", input=1, label={"": "Elsewhere"}),
}
NEEDLE = CompanionServoDocument.read(
    {
        "driver": "companion", "companion": "edge", "channel": 1,
        "angle": ["0°", "100°"], "pulse": ["1000 µs", "2000 µs"], "top_speed": "50°/s",
    }
)  # fmt: skip
HELLO = {"hello": "maquette companion", "protocol": 1, "buttons": 4, "lamps": 2, "servos": 2, "down": []}
PATIENCE_S = 10.0


class Bench:
    """A companion on a cable, the controls that use it, and what they told."""

    def __init__(self, folder):
        self.cable = Cable(folder)
        self.cable.plug()
        self.inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.pushed: queue.SimpleQueue[Pushed] = queue.SimpleQueue()
        document = CompanionDocument(port=str(self.cable.path), feed="hall")
        self.companion = Companion("edge", document, BUTTONS, self.inbox.put, self.pushed.put, greeting_s=0.01)
        companions = {"edge": self.companion}
        own = {name: button for name, button in BUTTONS.items() if button.companion == "edge"}
        self.controls = Controls(own, Senses(), self.inbox.put, self.inbox.put, companions, simulated=False)
        self._heard = b""

    def say(self, **words):
        self.cable.say(json.dumps(words).encode() + b"\r\n")

    def line(self):
        """Return the next line that the companion is told, questions left out."""
        while (line := self._line()) == protocol.WHO:
            pass
        return line

    def _line(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.cable.hear(1)
        return line

    def asked(self):
        assert self._line() == protocol.WHO

    def told(self, kind):
        """Wait for the next message of a kind."""
        while True:
            message = self.inbox.get(timeout=PATIENCE_S)
            if isinstance(message, kind):
                return message

    def heard(self, count):
        """Wait for edges; return what they mean."""
        meant = [self.controls.heard(self.told(Edge)) for _ in range(count)]
        return [event for event in meant if event is not None]

    def greet(self, **words):
        """Be asked, say hello; take note of how the buttons are found."""
        self.asked()
        self.say(**{**HELLO, **words})
        self.heard(2)


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setattr("maquette.stage.trouble.FIRST_WAIT_S", 0.01)
    bench = Bench(tmp_path)
    yield bench
    bench.controls.close()
    bench.cable.end()


@pytest.fixture
def listening(bench):
    """A bench whose companion has said hello."""
    bench.controls.open()
    bench.greet()
    return bench


def test_a_press_is_an_event_and_a_release_another(listening):
    listening.say(button=0, down=True)
    (pressed,) = listening.heard(1)
    listening.say(button=2, down=True)  # nobody's
    listening.say(button=3, down=True)
    (other,) = listening.heard(1)

    assert (type(pressed), pressed.button, other.button) == (ButtonPressed, "air", "jobs")


def test_a_button_that_is_held_down_from_the_start_is_no_press(bench):
    bench.controls.open()
    bench.greet(down=[0])
    bench.say(button=0, down=False)

    assert bench.heard(1) == []


def test_a_lamp_is_lit_and_dark_at_the_end(listening):
    listening.controls.light({"air": 0.5}, 0.0)
    assert listening.line() == b"L 1 128\n"
    listening.controls.light({"air": 0.5}, 0.0)
    listening.controls.light({"air": 1.0}, 0.0)
    assert listening.line() == b"L 1 255\n"
    listening.controls.close()
    assert listening.line() == b"L 1 0\n"


def test_light_and_noise_go_to_the_feed(listening):
    listening.say(light=0.5, noise=0.03)
    listening.say(light=2, noise=0.1)
    first, second = (listening.pushed.get(timeout=PATIENCE_S) for _ in range(2))

    assert (first.feed, first.rows) == ("hall", (PushedRow(None, {"light": 0.5, "noise": 0.03}),))
    assert second.rows == (PushedRow(None, {"noise": 0.1}),), "more than all there is, is no light"


def test_one_that_is_pulled_out_is_told_once_its_buttons_are_released_and_it_is_told_everything_when_it_is_back(
    listening,
):
    listening.controls.light({"air": 1.0}, 0.0)
    assert listening.line() == b"L 1 255\n"
    listening.say(button=0, down=True)
    (pressed,) = listening.heard(1)
    listening.cable.unplug()
    gone = listening.told(Edge)
    released = listening.controls.heard(Edge(gone.thing, gone.closed, at=pressed.at + 1))
    alert = listening.told(Alert)
    listening.cable.plug()
    listening.greet(down=[0])
    back = listening.told(Alert)

    assert released == ButtonReleased("air", pressed.at + 1)
    assert (alert.code, alert.subject, problem_key(alert)) == ("companion_failed", "edge", "output_unplugged")
    assert (back.code, back.over) == ("companion_failed", True)
    assert listening.line() == b"L 1 255\n", "it may have lost its power"


def test_one_that_starts_anew_by_itself_is_told_everything_again(listening, monkeypatch):
    listening.controls.light({"air": 1.0}, 0.0)
    assert listening.line() == b"L 1 255\n"
    listening.say(button=0, down=True)
    listening.heard(1)
    monkeypatch.setattr(room, "ASK_S", -1.0)  # it was not asked

    listening.say(**HELLO)
    assert listening.told(Edge).closed is False, "whoever held the button has let go"
    assert listening.line() == b"L 1 255\n"


def test_another_version_is_told_in_words(bench):
    bench.controls.open()
    bench.asked()
    bench.say(hello="maquette companion", protocol=2)
    alert = bench.told(Alert)

    assert (alert.code, problem_key(alert)) == ("companion_failed", "companion_version")


@pytest.mark.parametrize(
    "noise", [b"", b"\xff\x00\x80garbage" * 100, b'{"hello":"another"}\n[1]\nnull\n{"button":0,"down":true}\n']
)
def test_something_that_never_says_hello_is_told_in_words(bench, monkeypatch, noise):
    monkeypatch.setattr(room, "PATIENCE_S", 0.05)
    monkeypatch.setattr(room, "ASK_S", 0.02)
    bench.controls.open()
    bench.cable.say(noise)
    alert = bench.told(Alert)

    assert (alert.code, problem_key(alert)) == ("companion_failed", "companion_silent")


def test_garbage_between_lines_is_passed_over(listening):
    listening.cable.say(b'{"button":0,"do\xff\xfe\n' + b"x" * 3000 + b'\n{"error":"not understood"}\n')
    listening.say(button=3, down=True)

    assert [press.button for press in listening.heard(1)] == ["jobs"]


def test_a_button_that_it_does_not_have_is_told_until_it_has_it(bench):
    bench.controls.open()
    bench.asked()
    bench.say(**{**HELLO, "buttons": 3, "lamps": 1})
    few = bench.told(Alert)
    dark = bench.told(Alert)
    bench.cable.unplug()
    bench.told(Alert)
    bench.cable.plug()
    bench.greet()
    over = [bench.told(Alert) for _ in range(3)]

    assert [(a.code, a.subject, problem_key(a)) for a in (few, dark)] == [
        ("button_failed", "jobs", "companion_inputs"),
        ("lamp_failed", "air", "companion_lamps"),
    ]
    assert {(alert.code, alert.over) for alert in over} == {
        ("button_failed", True),
        ("lamp_failed", True),
        ("companion_failed", True),
    }


def test_a_servo_waits_for_its_companion_and_its_first_pulse_is_where_it_was_left(bench):
    servo = CompanionServo(NEEDLE, bench.companion)
    servo.open(30.0)
    assert servo.check() is None
    bench.controls.open()
    bench.greet()

    assert bench.line() == b"S 1 1300 500\n", "50 degrees a second, of 10 µs each"
    assert servo.check() == 30.0
    servo.turn(31.0)
    assert servo.check() == 30.0
    assert bench.line() == b"S 1 1310 500\n"
    servo.rest()
    assert bench.line() == b"R 1\n"
    bench.cable.unplug()
    bench.told(Alert)
    assert servo.check() is None, "it stays where it is until its companion is back"


def test_a_servo_that_a_companion_does_not_have_is_told(bench):
    servo = CompanionServo(NEEDLE.model_copy(update={"channel": 2}), bench.companion)
    servo.open(30.0)
    bench.controls.open()
    bench.greet()

    with pytest.raises(ServoError) as error:
        servo.check()
    assert error.value.message.key == "companion_servos"


# -- what waits ------------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["lamp", "servo"]), st.integers(0, 7), st.integers(0, 255)), max_size=30))
def test_the_newest_of_each_is_said_once_in_pieces_that_fit(wants):
    outbox, newest = Outbox(), {}
    outbox.begin({"lamp": 8, "servo": 7})
    for part, number, level in wants:
        newest[part, number] = b"%s %d %d\n" % (part.encode(), number, level)
        outbox.want((part, number), newest[part, number])
    said = b""
    while not outbox.is_empty:
        piece = outbox.take(60)
        assert 0 < len(piece) <= 60
        said += piece

    exist = [line for (part, number), line in newest.items() if number < {"lamp": 8, "servo": 7}[part]]
    assert sorted(said.splitlines(keepends=True)) == sorted(exist)


@settings(max_examples=50)
@given(st.binary(max_size=50))
def test_no_bytes_are_too_strange(raw):
    for line in protocol.Lines().heard(raw):
        protocol.understood(line)


@settings(max_examples=50)
@given(st.integers(0, 45))
def test_a_line_is_understood_however_it_is_cut(cut):
    lines, said = protocol.Lines(), b'{"light":0.25}\r\n{"button":2,"down":true}\r\n'
    heard = [protocol.understood(line) for piece in (said[:cut], said[cut:]) for line in lines.heard(piece)]

    assert heard == [protocol.Sensed((("light", 0.25),)), protocol.Moved(2, down=True)]
