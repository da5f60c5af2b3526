"""A small stage for the console's tests: an exhibition, snapshots and frames that move, and answers to commands."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from maquette.core.alerts import Alert
from maquette.core.events import Answer, Command
from maquette.core.exhibition import (
    ButtonCard,
    Exhibition,
    LegendEntry,
    Point,
    ScaleCard,
    ScenarioCard,
    ServoCard,
    StepCard,
    ValueCard,
    ZoneCard,
)
from maquette.core.readings import Nature, Quality, Reading, ReadingsUpdate
from maquette.core.snapshot import Mode, OutputState, ShownFrame, Snapshot, SupplyState, Watching, ZoneState
from maquette.core.text import Figure

COMMUNES = {
    "lyon_7": ("Lyon 7e", "69387", [(820, 60), (880, 150)]),
    "oullins": ("Oullins", "69149", [(600, 140), (650, 230)]),
    "venissieux": ("Vénissieux", "69259", [(1080, 160), (1160, 230)]),
    "saint_fons": ("Saint-Fons", "69199", [(900, 220), (950, 320)]),
    "pierre_benite": ("Pierre-Bénite", "69152", [(640, 260), (680, 330)]),
    "irigny": ("Irigny", "69100", [(590, 370), (620, 440)]),
    "feyzin": ("Feyzin", "69276", [(880, 380), (960, 450)]),
    "vernaison": ("Vernaison", "69260", [(540, 500), (560, 560)]),
    "solaize": ("Solaize", "69296", [(820, 520), (860, 580)]),
    "grigny": ("Grigny", "69096", [(470, 690), (520, 740)]),
    "ternay": ("Ternay", "69297", [(720, 670), (780, 720)]),
    "givors": ("Givors", "69091", [(380, 790), (450, 830)]),
}
PLACES: dict[str, tuple[str, str, list[Point], int, str]] = {
    "rhone": ("Rhône", "Rhône", [(790, 20), (760, 200), (700, 420), (660, 600), (600, 760), (480, 880)], 96, "river"),
    "canal": ("Canal de fuite", "Canal", [(740, 300), (760, 420), (720, 540), (668, 590)], 30, "river"),
    "a7": ("Autoroute A7", "A7 motorway", [(840, 20), (830, 240), (800, 460), (740, 640), (690, 860)], 80, "motorway"),
    "railway": ("Voie ferrée", "Railway", [(900, 20), (860, 260), (840, 480), (780, 650), (640, 870)], 72, "rail"),
    "pipeline_north": ("Pipeline nord", "Northern pipeline", [(930, 250), (880, 400)], 20, "pipelines"),
    "pipeline_south": ("Pipeline sud", "Southern pipeline", [(880, 430), (850, 640)], 22, "pipelines"),
    "refinery": ("Raffinerie de Feyzin", "Feyzin refinery", [(870, 430), (905, 470)], 12, "plants"),
    "belle_etoile": ("Belle-Étoile", "Belle-Étoile", [(880, 330), (905, 350)], 8, "plants"),
    "arkema": ("Arkema Pierre-Bénite", "Arkema Pierre-Bénite", [(690, 300), (712, 325)], 8, "plants"),
    "silicones": ("Silicones Saint-Fons", "Saint-Fons silicones", [(890, 270), (915, 290)], 8, "plants"),
    "dam": ("Barrage de Pierre-Bénite", "Pierre-Bénite dam", [(720, 350), (745, 352)], 5, "plants"),
    "research": ("Pôle recherche de Solaize", "Solaize research", [(800, 590), (830, 610)], 8, "plants"),
    "harbour": ("Port Édouard-Herriot", "Édouard-Herriot harbour", [(800, 110), (830, 190)], 12, "plants"),
}
CLASSES = (
    ("Bon", "Good", "#50f0e6"),
    ("Moyen", "Fair", "#50ccaa"),
    ("Dégradé", "Moderate", "#f0e641"),
    ("Mauvais", "Poor", "#ff5050"),
    ("Très mauvais", "Very poor", "#960032"),
    ("Extrêmement mauvais", "Extremely poor", "#7d2181"),
)
PLAN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900"><rect width="1600" height="900" fill="#1d1b19"/>'
    '<path d="M790 0C770 150 740 300 700 420S640 680 480 900" fill="none" stroke="#292725" stroke-width="46"/></svg>'
)


def text(french: str, english: str) -> dict[str, str]:
    return {"fr": french, "en": english}


def spread(path: list[Point], count: int) -> tuple[Point, ...]:
    lengths = [math.dist(a, b) for a, b in zip(path, path[1:], strict=False)]
    places = []
    for i in range(count):
        along = sum(lengths) * (i + 0.5) / count
        segment = 0
        while along > lengths[segment] and segment < len(lengths) - 1:
            along -= lengths[segment]
            segment += 1
        (x0, y0), (x1, y1) = path[segment], path[segment + 1]
        share = along / lengths[segment]
        places.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    return tuple(places)


def make_zones() -> tuple[ZoneCard, ...]:
    cards, first = [], 0
    rows = [(k, t, t, p, 9, "communes") for k, (t, _, p) in COMMUNES.items()]
    for zone, french, english, path, leds, group in [*rows, *((k, *v) for k, v in PLACES.items())]:
        numbers = tuple(range(first, first + leds))
        cards.append(ZoneCard(zone, text(french, english), numbers, spread(path, leds), (group,)))
        first += leds
    return tuple(cards)


def make_exhibition(plan: str = PLAN) -> Exhibition:
    zones = make_zones()
    scale = tuple(LegendEntry(text(fr, en), colour, float(i)) for i, (fr, en, colour) in enumerate(CLASSES, 1))
    river = (
        LegendEntry(text("étiage", "low water"), "#0b2a55", 150.0),
        LegendEntry(text("crue", "flood"), "#9fd0ff", 3000.0),
    )
    steps = (
        StepCard(
            text("L'indice du jour", "Today's index"), text("Ce qu'en disent les habitants.", "What people say."), 40.0
        ),
        StepCard(text("Commune par commune", "One by one"), None, 90.0),
        StepCard(text("Questions", "Questions"), None, None),
    )
    return Exhibition(
        id="vallee-de-la-chimie",
        title=text("Vallée de la Chimie", "Chemical Valley"),
        languages=("fr", "en"),
        time_zone="Europe/Paris",
        simulated=True,
        plan_svg=plan,
        plan_size_mm=(1600.0, 900.0),
        led_count=sum(len(card.leds) for card in zones),
        zones=zones,
        buttons=(
            ButtonCard("air", text("L'air", "Air"), (300, 880), scenario="air"),
            ButtonCard("energie", text("L'énergie", "Energy"), (500, 880), scenario="energie"),
            ButtonCard("rhone", text("Le Rhône", "The Rhône"), (700, 880), scenario="rhone"),
            ButtonCard("back", text("Retour", "Back"), (900, 880), command="back"),
            ButtonCard("next", text("Suivant", "Next"), (1100, 880), command="next"),
            ButtonCard("stop", text("Arrêter", "Stop"), (1300, 880), command="stop"),
        ),
        servos=(
            ServoCard("needle", text("Indice le plus haut", "Highest index"), (1380, 700), (-90.0, 90.0), "needle"),
            ServoCard("gate", text("Écluse de Pierre-Bénite", "Pierre-Bénite lock"), (735, 352), (0.0, 90.0), "gate"),
            ServoCard("turbine", text("Éolienne", "Wind turbine"), (1250, 420), (-180.0, 180.0), "turbine"),
        ),
        scenarios=(
            ScenarioCard("air", text("L'air que l'on respire", "The air we breathe"), steps, 130.0),
            ScenarioCard("energie", text("D'où vient l'électricité", "Where electricity comes from"), steps[:2], 130.0),
            ScenarioCard("rhone", text("Le Rhône aujourd'hui", "The Rhône today"), steps[:1], 40.0),
            ScenarioCard("veille", text("Veille", "Idle"), steps[:1], 40.0, idle=True),
        ),
        scales=(
            ScaleCard("atmo", text("Indice Atmo", "Atmo index"), None, continuous=False, entries=scale),
            ScaleCard("river", text("Débit du Rhône", "Flow of the Rhône"), "m³/s", continuous=True, entries=river),
        ),
        values=(
            ValueCard("air", "index", text("Indice de qualité de l'air", "Air quality index"), None),
            ValueCard("river", "flow", text("Débit du Rhône", "Flow of the Rhône"), "m³/s"),
            ValueCard("electricity", "wind", text("Production éolienne", "Wind power"), "MW"),
        ),
        key_titles=tuple((code, text(title, title)) for title, code, _ in COMMUNES.values()),
    )


def make_readings(now: float, moment: datetime) -> tuple[Reading, ...]:
    day = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    rows = [
        Reading(
            "air", "index", code, float(i % 6 + 1), None, Quality.LIVE, Nature.FORECAST, day, moment - timedelta(hours=1),
            source="Atmo France", licence="ODbL 1.0", attribution="Indice Atmo — Atmo Auvergne-Rhône-Alpes",
            fresh_until=now + 86400,
        )
        for i, (_, code, _) in enumerate(COMMUNES.values())
    ]  # fmt: skip
    flow = Reading(
        "river", "flow", None, 812.0, "m³/s", Quality.LIVE, Nature.MEASURED, moment - timedelta(minutes=5),
        moment - timedelta(minutes=1), place="Ternay", source="Hub'Eau", licence="Licence Ouverte 2.0",
        fresh_until=now + 3600, drop_at=now + 7200,
    )  # fmt: skip
    wind = Reading(
        "electricity", "wind", None, 34.5, "MW", Quality.SAMPLE, Nature.ESTIMATED, datetime(2026, 9, 1, tzinfo=UTC),
        place="Auvergne-Rhône-Alpes", source="RTE", licence="Licence Ouverte 2.0",
    )  # fmt: skip
    gone = Reading(
        "electricity", "hydro", None, None, "MW", Quality.MISSING, Nature.ESTIMATED, source="RTE",
        licence="Licence Ouverte 2.0", problem="no_such_code",
    )  # fmt: skip
    return (*rows, flow, wind, gone)


@dataclass
class FakeStage:
    """Holds a snapshot and changes it as commands ask; `tell` reaches the hub."""

    exhibition: Exhibition = field(default_factory=make_exhibition)
    tell: Callable[[object], None] = lambda _message: None
    posted: list[object] = field(default_factory=list)
    watched: bool = False
    silent: bool = False

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
