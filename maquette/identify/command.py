"""The verb ``identify``: a part of the model makes itself known; a walk along a strip and a calibration write what was found."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from maquette.config.amendment import Amendment, Value, propose
from maquette.config.hardware_check import written_runs
from maquette.config.installation import Installation
from maquette.config.problems import did_you_mean, render
from maquette.config.registries import Registries
from maquette.config.tree import Path as Place
from maquette.config.words import visible, word
from maquette.core.message import Message, message
from maquette.core.text import words
from maquette.errors import AmendmentError, RemoteError
from maquette.identify.bench import Model, RunningModel, bench
from maquette.identify.calibrator import Calibrator
from maquette.identify.terminal import Terminal
from maquette.identify.walk import Walk
from maquette.ops.here import sockets_to_try
from maquette.ops.state import write_atomically
from maquette.remote.client import running_model
from maquette.show.identification import ENDS

LOOK_S = 0.3
"""Seconds between two looks at what makes itself known."""
AGAIN_S = 20.0
"""Seconds after which an identification is prolonged while somebody looks."""

_MOVES = {"right": 1, "l": 1, "left": -1, "h": -1, "up": 10, "k": 10, "down": -10, "j": -10}


@dataclass(frozen=True, eq=False)
class Wish:
    """What is asked for.

    Attributes:
        target: such as ``zone feyzin``; empty: what there is.
        walk: go along the strip that the target names, LED after LED.
        calibrate: find the pulses of the servo that the target names.
        simulate: the stage of this process, without hardware, even where a model runs.
        config: the installation's config.yaml.
        state: its state folder.
        language: of what is printed.
    """

    target: str
    walk: bool
    calibrate: bool
    simulate: bool
    config: Path
    state: Path
    language: str


def run_identify(wish: Wish, read: Callable[[], Installation | None], registries: Callable[[], Registries]) -> int:
    """Let a part of the model make itself known, on the running model or, where none runs, on the stage alone.

    Args:
        wish: what is asked for.
        read: returns the installation, or tells its problems and returns None; a running model needs no documents of ours.
        registries: returns the options of everything that documents may name.

    Returns:
        0; 1 when it was refused or the model cannot be reached, 2 when the wish makes no sense.
    """
    try:
        with _stopped_gently():
            running = None if wish.simulate or not wish.target else _running(wish)
            if running is not None and not (wish.walk or wish.calibrate):
                with Terminal() as terminal:
                    return _hold(wish, running, terminal)
            if wish.target and wish.target in ENDS:
                return _refused(message("no_model_runs"), wish, 1)
            installation = read()
            if installation is None:
                return 1
            if wish.calibrate:
                return _calibrate(wish, installation, registries(), running)
            if wish.walk:
                return _walk(wish, installation, registries(), running)
            if not wish.target:
                print("\n".join(_what_there_is(installation, wish.language)))
                return 0
            with _model(wish, installation, None) as model, Terminal() as terminal:
                return _hold(wish, model, terminal)
    except RemoteError as error:
        return _refused(error.message, wish, 1)


def _walk(wish: Wish, installation: Installation, registries: Registries, running: RunningModel | None) -> int:
    strip = wish.target.removeprefix("strip ").strip()
    if strip not in installation.strips:
        return _refused(message("walk_which", name=wish.target, hint=_strips(strip, installation)), wish, 2)
    terminal = Terminal()
    if not terminal.is_one:
        return _refused(message("walk_terminal"), wish, 2)
    with _model(wish, installation, running) as model, terminal:
        return _Walker(wish, installation, registries, model, terminal).walk(strip)


def _calibrate(wish: Wish, installation: Installation, registries: Registries, running: RunningModel | None) -> int:
    """Calibrate a servo, where no running model holds it."""
    name = wish.target.removeprefix("servo ").strip()
    if name not in installation.servos:
        hint = did_you_mean(name, installation.servos) or message("there_are", names=tuple(installation.servos))
        return _refused(message("calibrate_which", name=wish.target, hint=hint), wish, 2)
    terminal = Terminal()
    if not terminal.is_one:
        return _refused(message("calibrate_terminal"), wish, 2)
    if running is not None:
        return _refused(message("calibrate_runs"), wish, 1)
    at = Calibrator(name, installation, registries, terminal, wish.config, wish.state, wish.language)
    with terminal:
        return at.calibrate(simulate=wish.simulate)


@contextmanager
def _stopped_gently() -> Iterator[None]:
    """Let a stop from outside, or a terminal that is closed, end it as Ctrl-C does: no light and no servo is left as it was."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _model(wish: Wish, installation: Installation, running: RunningModel | None) -> Iterator[Model]:
    """Give the running model, or else the stage alone."""
    if running is not None:
        yield running
        return
    # What the log would say is told in words.
    logging.getLogger().addHandler(logging.NullHandler())
    with bench(installation, wish.state, wish.language, simulate=wish.simulate) as alone:
        yield alone


def _running(wish: Wish) -> RunningModel | None:
    try:
        return RunningModel(running_model(sockets_to_try(wish.state), wish.language))
    except RemoteError as error:
        if error.message.key in ("no_model_runs", "no_model_runs_there"):
            return None
        raise


def _strips(name: str, installation: Installation) -> Message:
    return did_you_mean(name, installation.strips) or message("there_are", names=tuple(installation.strips))


def _refused(told: Message, wish: Wish, code: int) -> int:
    print(f"maquette: {word(told, wish.language)}", file=sys.stderr)
    return code


def _what_there_is(installation: Installation, language: str) -> Iterator[str]:
    """Give every target of the model, each as it is written, with what people call it."""
    model = installation.show.model
    for strip in model.strips.values():
        yield visible(f"strip {strip.id}  (led {strip.id} 0-{strip.leds - 1})")
    for kind, titled in (("zone", model.zones), ("servo", model.servos)):
        yield from (visible(f"{kind} {name}  {words(each.title, language)}") for name, each in titled.items())
    yield from (visible(f"group {name}") for name in model.groups)
    yield from (visible(f"button {name}  {words(each.label, language)}") for name, each in model.buttons.items())


def _hold(wish: Wish, model: Model, terminal: Terminal) -> int:
    """Identify a target until somebody ends it; tell the presses that are heard."""
    refused = model.identify(wish.target)
    if refused is not None:
        print(f"maquette: {visible(refused)}", file=sys.stderr)
        return 1
    if wish.target in ENDS:
        return 0
    target = " ".join(wish.target.split())
    terminal.say(word(message("identifies" if model.lasts else "identifies_a_minute", target=target), wish.language))
    heard, news, again_at = 0, _News(terminal), time.monotonic() + AGAIN_S
    try:
        while terminal.key(LOOK_S) not in ("enter", "q"):
            now, troubles = model.look()
            news.tell(troubles)
            if now is None or now.target != target:
                return 0
            for button in now.heard[heard:]:
                terminal.say(word(message("heard", name=button), wish.language))
            heard = len(now.heard)
            if model.lasts and time.monotonic() >= again_at:
                again_at = time.monotonic() + AGAIN_S
                model.identify(target)
    except KeyboardInterrupt:
        pass
    model.identify("")
    return 0


class _News:
    """What was told already."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told: set[str] = set()

    def tell(self, troubles: list[str]) -> None:
        """Tell what was not told yet."""
        for trouble in troubles:
            if trouble not in self._told:
                self._told.add(trouble)
                self._terminal.say(f"! {trouble}")


class _Walker:
    """Somebody at a terminal who walks along a strip."""

    def __init__(
        self, wish: Wish, installation: Installation, registries: Registries, model: Model, terminal: Terminal
    ) -> None:
        self._wish = wish
        self._file = installation.hardware
        self._registries = registries
        self._model = model
        self._terminal = terminal
        self._leds = {name: strip.leds for name, strip in installation.strips.items()}
        model_ = installation.show.model
        self._runs = {name: written_runs(zone.leds, model_.strips.values()) for name, zone in model_.zones.items()}

    def walk(self, strip: str) -> int:
        """Walk until somebody has had enough."""
        walk = Walk(strip, self._leds[strip], self._runs)
        self._say("walk_keys")
        shown, again_at, news = "", 0.0, _News(self._terminal)
        try:
            while True:
                now = time.monotonic()
                if walk.target != shown or now >= again_at:
                    shown, again_at = walk.target, now + AGAIN_S
                    refused = self._model.identify(shown)
                    if refused is not None:
                        self._terminal.say(refused)
                        return 1
                self._terminal.below(self._where(walk))
                key = self._terminal.key(1.0)
                if key is None:
                    news.tell(self._model.look()[1])
                if key == "q" and self._may_leave(walk):
                    return 0
                walk = self._obeyed(walk, key)
        except KeyboardInterrupt:
            return 0
        finally:
            self._model.identify("")

    def _obeyed(self, walk: Walk, key: str | None) -> Walk:
        match key:
            case "right" | "l" | "left" | "h" | "up" | "k" | "down" | "j":
                return walk.by(_MOVES[key])
            case "home":
                return walk.to(0)
            case "end":
                return walk.to(walk.leds - 1)
            case "b" | "[":
                return walk.mark_begin()
            case "e" | "]":
                return walk.mark_end()
            case "z" | "a":
                return self._named(walk, also=key == "a")
            case "u":
                return walk.undo()
            case "w":
                return self._written(walk)
            case "?":
                self._say("walk_keys")
        return walk

    def _named(self, walk: Walk, *, also: bool) -> Walk:
        if walk.run is None:
            self._say("walk_no_run")
            return walk
        zone = self._terminal.ask(self._words("walk_zone", run=walk.run))
        if not zone:
            return walk
        if zone not in walk.runs:
            self._say("walk_no_zone", name=zone, hint=did_you_mean(zone, walk.runs) or message("walk_any_zone"))
            return walk
        walk = walk.name(zone, also=also)
        runs = ", ".join(walk.changed.get(zone, walk.runs[zone]))
        self._say("walk_named", zone=zone, runs=runs)
        return walk

    def _written(self, walk: Walk) -> Walk:
        """Show what changes in the document, ask, and write it."""
        if not walk.changed:
            self._say("walk_nothing")
            return walk
        changes: dict[Place, Value] = {("zones", zone, "leds"): list(runs) for zone, runs in walk.changed.items()}
        try:
            proposed = propose(self._wish.config, self._file, changes, self._registries)
            if not isinstance(proposed, Amendment):
                for problem in proposed:
                    self._terminal.say(render(problem, language=self._wish.language))
                self._say("walk_refused")
                return walk
            self._terminal.say(proposed.difference)
            if not self._agreed("walk_write", file=self._file):
                return walk
            proposed.write(write_atomically)
        except AmendmentError as error:
            self._terminal.say(word(error.message, self._wish.language))
            return walk
        self._say("walk_written", file=self._file)
        return walk.written()

    def _may_leave(self, walk: Walk) -> bool:
        return not walk.changed or self._agreed("walk_leave", names=", ".join(walk.changed))

    def _agreed(self, key: str, **arguments: str) -> bool:
        answer = self._terminal.ask(self._words(key, **arguments)).lower()
        return answer[:1] in tuple(self._words("yes_letters"))

    def _where(self, walk: Walk) -> str:
        said = [self._words("walk_at", number=walk.at, last=walk.leds - 1)]
        if walk.owner is not None:
            said.append(self._words("walk_owner", zone=walk.owner))
        if walk.run is not None:
            said.append(walk.run)
        elif walk.begin is not None:
            said.append(self._words("walk_from", number=walk.begin))
        if walk.changed:
            said.append(self._words("walk_changed", names=", ".join(walk.changed)))
        return " · ".join(said)

    def _words(self, key: str, **arguments: str | int | Message) -> str:
        return word(message(key, **arguments), self._wish.language)

    def _say(self, key: str, **arguments: str | int | Message) -> None:
        self._terminal.say(self._words(key, **arguments))
