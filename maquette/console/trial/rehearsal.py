"""A rehearsal for the page: a scenario played from beginning to end with the readings of now, as frames and what changes between them."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from maquette.config.installation import Installation
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.past import PastTerm, ReadingSeries, SeriesUpdate, read_term
from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.core.series import Point, make_series
from maquette.core.text import words
from maquette.show.playing import WAIT_S, Moment, Take, play, rehearsed
from maquette.show.scenario import Scenario, Step
from maquette.show.terms import past_terms

MOST_FRAMES = 1500
"""Frames of a rehearsal at most; what comes after is cut off."""
MOST_BYTES = 4_000_000
"""Bytes of all frames at most."""
MOST_FPS, LEAST_FPS = 10.0, 4.0
"""Frames per second: many for a short scenario, few for a long one."""
_FEW_FRAMES = 900
_LONG_AGO_S = 1000 * 86_400.0

Json = dict[str, Any]


def rehearse(installation: Installation, name: str, readings: Iterable[Reading], now: float, language: str) -> Json:
    """Play a scenario and return its frames.

    Args:
        installation: with the scenario.
        name: its id.
        readings: those of now; they are held as they are, for a rehearsal takes minutes of its own time.
        now: of the monotonic clock, seconds.
        language: of captions and titles.

    Returns:
        ``fps``; ``frames``, base64 of R, G, B per LED, linear light, one frame after another; ``servos``, degrees by frame; ``moments``,
        where step, caption or quality change; ``steps``; ``journeys``, whether a step goes through the past, which is not known here;
        ``unknown``, questions to the past that nobody has asked yet; ``cut``, whether the end is missing.
    """
    show = installation.show
    scenario = rehearsed(show.scenarios[name], None)
    held = [_held(reading, now) for reading in readings]
    take = Take(None, Readings(held), SeriesUpdate(tuple(map(_unchanging, held))))
    fps, most = _pace(scenario, 3 * installation.exhibition.led_count)
    played = list(islice(play(show, scenario, [take], fps), most + 1))
    moments = played[:most]
    wording = Wording(language)
    return {
        "fps": fps,
        "frames": base64.b64encode(b"".join(moment.pixels.tobytes() for moment in moments)).decode(),
        "servos": [[round(moment.angles[card.id], 1) for card in installation.exhibition.servos] for moment in moments],
        "moments": list(_changes(moments, wording)),
        "steps": [
            {"title": words(step.title, language) or None, "waits": original.duration_s is None, "asks": step.ask is not None}
            for step, original in zip(scenario.steps, show.scenarios[name].steps, strict=True)
        ],
        "journeys": any(step.through is not None for step in scenario.steps),
        "unknown": list(_unknown(scenario, held, Titles(installation.exhibition, wording))),
        "cut": len(played) > most,
    }  # fmt: skip


def _pace(scenario: Scenario, frame_bytes: int) -> tuple[float, int]:
    """Return how many frames there are in a second, and at most."""
    lasts_s = max(1.0, sum(_lasts_s(step) for step in scenario.steps))
    fps = min(MOST_FPS, max(LEAST_FPS, _FEW_FRAMES / lasts_s))
    most = max(1, min(MOST_FRAMES, MOST_BYTES // max(1, frame_bytes)))
    return round(max(0.5, min(fps, most / lasts_s)), 2), most


def _lasts_s(step: Step) -> float:
    return step.duration_s if step.duration_s is not None else step.at_most_s or WAIT_S


def _held(reading: Reading, now: float) -> Reading:
    """Return a reading that stays what it is."""
    return replace(reading, quality=reading.quality_at(now), fresh_until=None, drop_at=None)


def _unchanging(reading: Reading) -> ReadingSeries:
    """Return the past of a reading as if it had always been so: an example, for that never was."""
    known = reading.value is not None and reading.quality is not Quality.MISSING
    points = (
        [Point(-_LONG_AGO_S, reading.value, _LONG_AGO_S, given=True)] if known and reading.value is not None else []
    )
    return ReadingSeries(reading, make_series(points))


def _changes(moments: Iterable[Moment], wording: Wording) -> Iterator[Json]:
    last: Mapping[str, object] | None = None
    for number, moment in enumerate(moments):
        told = {"step": moment.step + 1, "caption": wording.caption(moment.caption), "quality": moment.quality.value}
        if told != last:
            yield {"frame": number, **told}
            last = told


def _unknown(scenario: Scenario, readings: Iterable[Reading], titles: Titles) -> Iterator[str]:
    """Yield what a scenario asks of the past that no reading answers yet."""
    asked = {term for reading in readings if (term := read_term(reading.feed, reading.name)) is not None}
    wanted: set[PastTerm] = set()
    for step in scenario.steps:
        wanted |= past_terms(step)
    for term in sorted(wanted - asked):
        # Only the names count.
        yield titles.value(Reading(term.feed, term.reading, None, None, None, Quality.MISSING, Nature.MEASURED))
