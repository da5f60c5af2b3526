"""The companion: one thread that owns its serial line. Edges and readings come out, what is wanted of lamps and servos goes in.

The port is opened, and looked for again, until the companion says hello; from then on it is told what is wanted, the newest of each, and
everything again every three seconds, so that a line that was lost does no lasting harm. One that starts anew, because its port was opened
or its power fell, says hello by itself: it is told everything at once, and servos stand where they are told to be. Buttons that are held
while it goes away are released.

Plugging, pulling, restarting and stalling have been tried with pseudo-terminals, and with the sketch itself on a simulated Arduino; no
Arduino was at hand.
"""

import contextlib
import logging
import os
import select
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from maquette.config.documents import ButtonDocument, CompanionDocument
from maquette.core.alerts import Alert
from maquette.core.message import message
from maquette.core.pushed import Pushed, PushedRow
from maquette.errors import DeviceError
from maquette.stage.companion import protocol
from maquette.stage.companion.outbox import Outbox, Which
from maquette.stage.companion.protocol import Hello, Moved, NotUnderstood, Sensed
from maquette.stage.pins import Edge
from maquette.stage.serial_port import opened, refusal
from maquette.stage.trouble import Trouble, problem_of

BAUD = 115200
GREETING_S = 2.5
"""Seconds that it has to say hello by itself: opening the port starts it anew, and its bootloader waits for two."""
PATIENCE_S = 7.0
"""Seconds without a word, after which nothing answers there. It is asked meanwhile."""
ASK_S = 1.0
"""Between two questions who it is."""
SLOT_S = 0.02
SLOT_BYTES = 60
"""So many bytes in so many seconds at most: its own buffer holds 64, and it looks at it about every millisecond."""
REPEAT_S = 3.0
"""Everything that is wanted is said again after this long; lamps go out after ten seconds of silence."""
STALL_S = 1.0
"""Seconds after which a port that takes no bytes hangs."""
STOP_S = 2.0
"""Seconds that the thread has at the end to say what is wanted last."""
AT_ONCE = 512

log = logging.getLogger(__name__)


class Companion:
    """A serial companion. Its methods return at once, on any thread."""

    def __init__(
        self,
        name: str,
        document: CompanionDocument,
        buttons: Mapping[str, ButtonDocument],
        post: Callable[[Edge | Alert], None],
        push: Callable[[Pushed], None],
        *,
        greeting_s: float = GREETING_S,
    ) -> None:
        """Describe the companion; `open` begins.

        Args:
            name: its id.
            document: its port, and the feed that takes its readings.
            buttons: all buttons of the model; those that name it are its own.
            post: takes edges, and the alert ``companion_failed`` (arguments ``companion``, ``problem``) and its end, on any thread; and
                ``button_failed`` and ``lamp_failed`` for what it does not have.
            push: takes light and noise, on any thread.
            greeting_s: how long it may take to say hello by itself.
        """
        self.name = name
        self._document = document
        own = {button: entry for button, entry in buttons.items() if entry.companion == name}
        self._inputs = {entry.input: button for button, entry in own.items() if entry.input is not None}
        self._lamps = {entry.lamp_output: button for button, entry in own.items() if entry.lamp_output is not None}
        self._post = post
        self._push = push
        self._greeting_s = greeting_s
        self._trouble = Trouble("companion_failed", "companion", name, post)
        parts = (("button", self._inputs), ("lamp", self._lamps))
        self._lacks = {
            (part, number): Trouble(f"{part}_failed", part, button, post)
            for part, numbers in parts
            for number, button in numbers.items()
        }
        self._lock = threading.Lock()
        self._outbox = Outbox()
        self._hello: Hello | None = None
        self._held: set[int] = set()
        self._lines = protocol.Lines()
        self._heard_at = self._asked_at = self._told_at = self._repeated_at = 0.0
        self._closing = threading.Event()
        self._wake, self._waker = -1, -1
        self._thread = threading.Thread(target=self._run, name=f"companion {name}", daemon=True)

    @property
    def hello(self) -> Hello | None:
        """What it said of itself, or None while it is not there."""
        return self._hello

    def open(self) -> None:
        """Begin to look for it."""
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)
        self._thread.start()

    def close(self) -> None:
        """Say what is wanted last, lamps off, and let the port go; may be called twice."""
        if self._waker < 0 or self._closing.is_set():
            return
        for number in self._lamps:
            self.light(number, 0.0)
        self._closing.set()
        self._nudge()
        self._thread.join(STOP_S)
        if not self._thread.is_alive():
            os.close(self._wake)
            os.close(self._waker)
            self._wake = self._waker = -1

    def light(self, lamp: int, level: float) -> None:
        """Set a lamp to a level between 0 and 1."""
        self._want(("lamp", lamp), protocol.lamp(lamp, level))

    def turn(self, servo: int, pulse_us: float, us_per_s: float) -> None:
        """Turn a servo to a pulse, no faster than so many microseconds in a second."""
        self._want(("servo", servo), protocol.servo(servo, pulse_us, us_per_s))

    def release(self, servo: int) -> None:
        """Stop the pulses of a servo."""
        self._want(("servo", servo), protocol.release(servo))

    def has_turned(self, servo: int) -> bool:
        """Tell whether a servo was told anything since the companion said hello."""
        with self._lock:
            return self._hello is not None and self._outbox.was_said(("servo", servo))

    def _want(self, which: Which, line: bytes) -> None:
        with self._lock:
            news = self._outbox.want(which, line)
        if news:
            self._nudge()

    def _nudge(self) -> None:
        if self._waker >= 0:
            with contextlib.suppress(BlockingIOError):  # nudged already
                os.write(self._waker, b"!")

    # -- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            error = self._session()
            now = time.monotonic()
            self._gone(now)
            if error is not None:
                self._trouble.failed(problem_of(error), now)
            while not self._closing.is_set() and (left_s := self._trouble.retry_at - time.monotonic()) > 0:
                self._wait(None, left_s)

    def _session(self) -> Exception | None:
        """Open the port, hear and speak; return why this ended, None at the end."""
        port = None
        try:
            port = opened(self._document.port, BAUD, write_timeout_s=STALL_S)
            self._begin(time.monotonic())
            self._talk(port)
        except Exception as error:  # noqa: BLE001 - a serial port raises whatever its driver does; it is tried again
            return refusal(self._document.port, error)
        finally:
            if port is not None:
                with contextlib.suppress(OSError):  # a port that is gone may refuse even that; the thread goes on
                    port.close()  # at once: while it is held, a board that is plugged in again gets another number
        return None

    def _begin(self, now: float) -> None:
        self._lines = protocol.Lines()
        self._heard_at = now
        self._asked_at = now + self._greeting_s - ASK_S

    def _talk(self, port: Any) -> None:
        """Hear and speak until the line fails, or until the end."""
        while not self._closing.is_set() or self._owes():
            if self._wait(port, self._rest_s(time.monotonic())):
                now = time.monotonic()
                for line in self._lines.heard(port.read(AT_ONCE)):
                    self._hear(line, now)
            self._speak(port, time.monotonic())

    def _owes(self) -> bool:
        """Tell whether something is wanted that can be said."""
        with self._lock:
            return self._hello is not None and not self._outbox.is_empty

    def _rest_s(self, now: float) -> float:
        """Return how long there is nothing to say."""
        if self._hello is None:
            return max(0.0, self._asked_at + ASK_S - now)
        due = self._told_at + SLOT_S if self._owes() else self._repeated_at + REPEAT_S
        return max(0.0, due - now)

    def _wait(self, port: Any, most_s: float) -> bool:
        """Wait until it says something, something is wanted of it, or time is over; return True when it has said something."""
        waiter = select.poll()
        waiter.register(self._wake, select.POLLIN)
        if port is not None:
            waiter.register(port.fileno(), select.POLLIN)
        ready = {descriptor for descriptor, _ in waiter.poll(most_s * 1000)}
        if self._wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, AT_ONCE)
        return port is not None and port.fileno() in ready

    def _speak(self, port: Any, now: float) -> None:
        if now - self._heard_at > PATIENCE_S:
            raise DeviceError(message("companion_silent", device=self._document.port))
        if self._hello is None:
            if now >= self._asked_at + ASK_S:
                self._asked_at = now
                port.write(protocol.WHO)
            return
        if now < self._told_at + SLOT_S:
            return
        if now >= self._repeated_at + REPEAT_S:
            self._repeated_at = now
            port.write(protocol.WHO)  # a sign of life, and asks for one
            with self._lock:
                self._outbox.repeat()
        else:
            with self._lock:
                lines = self._outbox.take(SLOT_BYTES)
            if not lines:
                return
            port.write(lines)
        self._told_at = now

    def _hear(self, line: bytes, now: float) -> None:
        heard = protocol.understood(line)
        match heard:
            case Hello():
                self._greet(heard, now)
            case _ if self._hello is None or heard is None:
                return  # it is something else, or was cut in two
            case Moved():
                self._move(heard.button, now, down=heard.down)
            case Sensed():
                if self._document.feed is not None:
                    self._push(Pushed(self._document.feed, (PushedRow(None, dict(heard.values)),), now))
            case NotUnderstood():
                log.info("companion did not understand companion=%s", self.name)
        self._heard_at = now

    def _greet(self, hello: Hello, now: float) -> None:
        """It has started, or answers."""
        if hello.protocol != protocol.PROTOCOL:
            wanted = protocol.PROTOCOL
            raise DeviceError(
                message("companion_version", device=self._document.port, version=hello.protocol, wanted=wanted)
            )
        for button in self._held - hello.down:
            self._move(button, now, down=False)
        for button in set(self._inputs) if self._hello is None else hello.down - self._held:
            self._found(button, now, down=button in hello.down)
        with self._lock:
            asked = self._hello is not None and now - self._repeated_at < ASK_S
            self._hello = hello
            if not asked:
                self._outbox.begin({"lamp": hello.lamps, "servo": hello.servos})
        if not asked:
            self._repeated_at = now
            self._miss(hello, now)
            self._trouble.over()

    def _miss(self, hello: Hello, now: float) -> None:
        """Tell which buttons and lamps it does not have."""
        for (part, number), trouble in self._lacks.items():
            count = hello.buttons if part == "button" else hello.lamps
            if number < count:
                trouble.over()
            else:
                key = "companion_inputs" if part == "button" else "companion_lamps"
                trouble.failed(message(key, companion=self.name, number=number, count=count), now)

    def _move(self, number: int, now: float, *, down: bool) -> None:
        (self._held.add if down else self._held.discard)(number)
        if number in self._inputs:
            self._post(Edge(("button", self._inputs[number]), closed=down, at=now))

    def _found(self, number: int, now: float, *, down: bool) -> None:
        if down:
            self._held.add(number)
        if number in self._inputs:
            self._post(Edge(("button", self._inputs[number]), closed=down, at=now, found=True))

    def _gone(self, now: float) -> None:
        """Nobody knows any more who presses what."""
        with self._lock:
            self._hello = None
        for button in tuple(self._held):
            self._move(button, now, down=False)
