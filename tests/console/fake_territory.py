"""A small territory for the console's tests: an exhibition of 25 zones and the readings behind its lights."""

import itertools
import math
from datetime import UTC, datetime, timedelta

from maquette.core.exhibition import (
    ButtonCard,
    Exhibition,
    FeedCard,
    LegendEntry,
    Point,
    ScaleCard,
    ScenarioCard,
    ServoCard,
    StepCard,
    ValueCard,
    ZoneCard,
)
from maquette.core.readings import Nature, Quality, Reading

COMMUNES: dict[str, tuple[str, str, list[Point]]] = {
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
    lengths = [math.dist(a, b) for a, b in itertools.pairwise(path)]
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
    rows: dict[str, tuple[str, str, list[Point], int, str]] = {
        zone: (title, title, path, 9, "communes") for zone, (title, _, path) in COMMUNES.items()
    }
    for zone, (french, english, path, leds, group) in (rows | PLACES).items():
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
            ScenarioCard(
                "air", text("L'air que l'on respire", "The air we breathe"), steps, 130.0, lit=(("feyzin", "#50ccaa"),)
            ),
            ScenarioCard("energie", text("D'où vient l'électricité", "Where electricity comes from"), steps[:2], 130.0),
            ScenarioCard("rhone", text("Le Rhône aujourd'hui", "The Rhône today"), steps[:1], 40.0),
            ScenarioCard("veille", text("Veille", "Idle"), steps[:1], 40.0, idle=True),
        ),
        scales=(
            ScaleCard("atmo", text("Indice Atmo", "Atmo index"), None, continuous=False, entries=scale),
            ScaleCard("river", text("Débit du Rhône", "Flow of the Rhône"), "m³/s", continuous=True, entries=river),
        ),
        values=(
            ValueCard("air", "index", text("Indice de qualité de l'air", "Air quality index"), None, used=True),
            ValueCard("river", "flow", text("Débit du Rhône", "Flow of the Rhône"), "m³/s", used=True),
            ValueCard("electricity", "wind", text("Production éolienne", "Wind power"), "MW", used=True),
            ValueCard("canteen", "served", text("Repas servis", "Meals served"), "meals"),
            ValueCard("noise", "level", text("Niveau sonore", "Noise level"), "dB"),
        ),
        feeds=(
            FeedCard("river", text("Débit du Rhône", "Flow of the Rhône")),
            FeedCard("canteen", text("Cantine", "Canteen"), pushed=True),
            FeedCard("noise", text("Bruit", "Noise"), pushed=True, keyed=True),
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
