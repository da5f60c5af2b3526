"""A small stage for the console's tests: snapshots and frames that move, and answers to commands."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from maquette.core.alerts import Alert
from maquette.core.course import Course, CourseWanted, course_of
from maquette.core.events import Answer, Command
from maquette.core.exhibition import Exhibition
from maquette.core.past import ReadingSeries
from maquette.core.readings import Quality, ReadingsUpdate
from maquette.core.snapshot import (
    Identifying,
    Mode,
    OutputState,
    ShownFrame,
    Snapshot,
    SupplyState,
    Watching,
    ZoneState,
)
from maquette.core.text import Figure
from maquette.core.vitals import FeedTally, FrameTally, Program, Vitals, VitalsWanted
from tests.console.fake_territory import CLASSES, COMMUNES, make_exhibition, make_readings, text

VITALS = Vitals(
    FrameTally(6000, 3, 1.5, (1000, 3000, 5000, 5900, 5990, *[6000] * 8), 0.02),
    {"river": FeedTally(12, 2)},
    {"stage": Program(os.getpid()), "feeds": Program(None, 1), "console": Program(os.getpid())},
)
"""How the house behind the fake stage is doing."""


@dataclass
class FakeStage:
    """Holds a snapshot and changes it as commands ask; `tell` reaches the hub."""

    exhibition: Exhibition = field(default_factory=make_exhibition)
    tell: Callable[[object], None] = lambda _message: None
    posted: list[object] = field(default_factory=list)
    watched: bool = False
    silent: bool = False
    courses: dict[tuple[str, str, str | None], ReadingSeries] = field(default_factory=dict)
    vitals: Vitals | None = VITALS

    def __post_init__(self) -> None:
        self.readings = make_readings(time.monotonic(), datetime.now(UTC))
        self.snapshot = self.playing("air")

    def begin(self) -> None:
        """Tell the first readings and the first snapshot."""
        self.tell(ReadingsUpdate(self.readings))
        self.tell(self.snapshot)

    def post(self, message: object) -> None:
        """Take what the console sends."""
        self.posted.append(message)
        if isinstance(message, Watching):
            self.watched = message.frames
        if isinstance(message, CourseWanted) and not self.silent:
            key = (message.feed, message.name, message.key)
            known, now = self.courses.get(key), time.time()
            if known is not None:
                known = replace(known, series=course_of(known.series, now - message.span_s, now))
            self.tell(Course(message, now, known))
        if isinstance(message, VitalsWanted) and self.vitals is not None:
            self.tell(self.vitals)
        if isinstance(message, Command) and not self.silent:
            self.tell(self.obey(message))
            self.tell(self.snapshot)

    def obey(self, command: Command) -> Answer:
        """Change the snapshot, or refuse."""
        known = [card.id for card in self.exhibition.scenarios]
        match command.name, dict(command.arguments):
            case "play", {"scenario": str(scenario)} if scenario not in known:
                return Answer(command, "unknown_scenario", {"name": scenario}, hint="air")
            case "play", {"scenario": str(scenario)}:
                self.snapshot = self.playing(scenario)
            case "press", {"button": str(button)}:
                card = next((card for card in self.exhibition.buttons if card.id == button), None)
                if card is None:
                    return Answer(command, "unknown_button", {"name": button})
                self.snapshot = replace(self.snapshot, lamps=frozenset([button]))
            case "brightness", {"percent": int(percent)}:
                self.snapshot = replace(self.snapshot, brightness=percent)
            case (("next" | "back"), _):
                if self.snapshot.mode is Mode.IDLE:
                    return Answer(command, "nothing_playing")
                step = self.snapshot.step % self.snapshot.steps + 1
                self.snapshot = replace(self.snapshot, step=step, step_started_at=time.monotonic())
            case "guide", {"on": bool(on)}:
                self.snapshot = replace(self.snapshot, guided=on, hands=self.snapshot.hands if on else ())
            case "calm", {"on": bool(on)}:
                self.snapshot = replace(self.snapshot, calm=on)
            case "identify", {"target": str(target)}:
                standing = None if target == "off" else Identifying(target, time.monotonic() + 60.0)
                self.snapshot = replace(self.snapshot, identifying=standing)
            case name, _:
                modes = {"pause": Mode.PAUSED, "resume": Mode.PLAYING, "wake": Mode.PLAYING, "blackout": Mode.BLACKOUT}
                self.snapshot = replace(self.snapshot, mode=modes.get(name, Mode.IDLE))
        return Answer(command)

    def playing(self, scenario: str) -> Snapshot:
        """Return a snapshot of the first step of a scenario."""
        card = next(card for card in self.exhibition.scenarios if card.id == scenario)
        now = time.monotonic()
        figure = Figure(max(r.value or 0 for r in self.readings if r.feed == "air"), None, "live")
        return Snapshot(
            mode=Mode.IDLE if card.idle else Mode.PLAYING,
            scenario=scenario,
            title=card.title,
            step=1,
            steps=len(card.steps),
            step_title=card.steps[0].title,
            caption={
                "fr": ("Le plus haut des communes est ", figure, ". Prévision pour aujourd'hui."),
                "en": ("The highest of all towns is ", figure, ". Forecast for today."),
            },
            notes=text(
                "Ce qu'en disent les habitants, l'industrie, le territoire. L'indice réunit cinq polluants.",
                "What people, industry and the territory say. The index joins five pollutants.",
            ),
            step_started_at=now - 12,
            step_ends_at=now + 28,
            brightness=80,
            quality=Quality.SAMPLE,
            zones=self.zone_states(),
            lamps=frozenset(["air"]),
            outputs=(OutputState("plants", "virtual"),),
            supplies=(SupplyState("main", 3.21, 1.0),),
        )

    def zone_states(self) -> tuple[ZoneState, ...]:
        """Return why each zone is lit: communes by the air, the river by its flow, a wind sample, a missing one, decorations."""
        by_key = {r.key: r for r in self.readings if r.feed == "air"}
        flow, wind, gone = (r for r in self.readings if r.feed != "air")
        states = []
        for card in self.exhibition.zones:
            if card.id in COMMUNES:
                reading = by_key[COMMUNES[card.id][1]]
                fr, en, colour = CLASSES[int(reading.value or 1) - 1]
                states.append(
                    ZoneState(
                        card.id, colour, Quality.LIVE, decoration=False, value=reading.value, reading=reading,
                        scale="atmo", class_title=text(fr, en), expression="air[zone.insee].index", effect="breathe",
                    )
                )  # fmt: skip
            elif card.id == "rhone":
                states.append(
                    ZoneState(
                        "rhone", "#2a7fff", decoration=False, value=812.0, unit="m³/s", reading=flow, scale="river",
                        expression="river.flow", effect="flow",
                    )
                )  # fmt: skip
            elif card.id in ("dam", "harbour"):
                reading = wind if card.id == "harbour" else gone
                states.append(
                    ZoneState(
                        card.id, "#50ccaa" if reading is wind else "#000000", reading.quality, decoration=False,
                        value=reading.value, unit="MW", reading=reading, expression=f"electricity.{reading.name}",
                    )
                )  # fmt: skip
            else:
                states.append(ZoneState(card.id, "#101418", effect="solid"))
        return tuple(states)

    def frame(self, sequence: int, t: float) -> ShownFrame:
        """Return a frame at a moment: each zone in its colour, a wave along the river, servos that turn."""
        pixels = bytearray(3 * self.exhibition.led_count)
        for card, state in zip(self.exhibition.zones, self.snapshot.zones, strict=True):
            linear = [(int(state.colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
            for place, led in enumerate(card.leds):
                wave = 0.55 + 0.45 * math.sin(t * 2.0 - place * 0.35)
                level = 0.2 + 0.8 * wave if state.effect == "flow" else 0.8 + 0.2 * math.sin(t)
                if state.quality is Quality.SAMPLE and place % 3 == 2:
                    level = 0.0
                if state.quality is Quality.MISSING:
                    linear, level = [0.25] * 3, 1.0 if place == 0 else 0.0
                pixels[3 * led : 3 * led + 3] = bytes(round(255 * level * c) for c in linear)
        angles = (60 * math.sin(t / 3), 45 + 45 * math.sin(t / 5), (t * 40) % 360 - 180)
        return ShownFrame(sequence, bytes(pixels), angles)


ALERT = Alert("broker_unreachable", "localhost", arguments=(("host", "localhost"), ("reason", "no connection")))
"""An alert that tests raise."""
