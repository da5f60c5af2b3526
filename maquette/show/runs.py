"""Runs: the zones of a layer laid out for its effect. Zones flow in; LEDs, where they lie among zones and the effect's `Run` flow out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects import Run
from maquette.show.model import Indices, Zone


@dataclass(frozen=True, eq=False)
class Layout:
    """Where a layer's light goes. Entries are in the order of the frame, so that neighbouring zones become one block.

    Attributes:
        leds: numbers in the frame, shape (n,), rising.
        zone: for each LED, the number of its zone in the layer, shape (n,).
        run: what the effect sees, one entry per LED.
        next_zone: for each LED, the number of the neighbouring zone of its run towards which it lies, seen from the middle of its own,
            shape (n,); its own where there is none.
        share: how far it lies on the way from the middle of its zone to the middle of that one, shape (n,), in [0, 1].
    """

    leds: Indices
    zone: Indices
    run: Run
    next_zone: Indices
    share: Floats

    @property
    def place(self) -> slice | Indices:
        """The LEDs as an index into the last axis of a frame: a slice where they stand in one block, which is quicker."""
        if self.leds.size and self.leds[-1] - self.leds[0] == self.leds.size - 1:
            return slice(int(self.leds[0]), int(self.leds[-1]) + 1)
        return self.leds


def lay_out(zones: Sequence[Zone], *, together: bool) -> Layout:
    """Lay out zones: each with its own run, or all ``together`` along one, in the order given.

    Together, the zones are joined end to end; the gap after a zone is as wide as the mean spacing of its LEDs.
    """
    owner = np.repeat(np.arange(len(zones)), [zone.leds.size for zone in zones])
    run = _joined(zones) if together else _separate(zones)
    leds = np.concatenate([zone.leds for zone in zones]) if zones else np.zeros(0, dtype=np.intp)
    next_zone, share = _between(owner, run.distance) if together else (owner, np.zeros(leds.size, dtype=np.float32))
    order = np.argsort(leds, kind="stable")
    sorted_run = Run(run.position[order], run.distance[order], run.index[order], run.length[order], run.seed[order])
    return Layout(leds[order], owner[order], sorted_run, next_zone[order], share[order])


def _separate(zones: Sequence[Zone]) -> Run:
    parts = [_run(zone.distances, zone.seed) for zone in zones]
    return _run(np.zeros(0, dtype=np.float32), 0) if not parts else _chained(parts)


def _joined(zones: Sequence[Zone]) -> Run:
    end = 0.0
    parts: list[Floats] = []
    for zone in zones:
        own = zone.distances - zone.distances[0]
        gap = float(own[-1]) / max(own.size - 1, 1)
        parts.append(own + np.float32(end))
        end += float(own[-1]) + gap
    distances = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)
    return _run(distances, zones[0].seed if zones else 0)


def _between(owner: Indices, distance: Floats) -> tuple[Indices, Floats]:
    """Return where each LED of zones joined end to end lies between the middles of its zone and of the next; see `Layout`."""
    if not owner.size:
        return owner, np.zeros(0, dtype=np.float32)
    last = int(owner[-1])
    first_leds = np.searchsorted(owner, np.arange(last + 1))
    last_leds = np.append(first_leds[1:], owner.size) - 1
    middles = (distance[first_leds] + distance[last_leds]) / 2
    beyond = distance - middles[owner]
    next_zone = np.clip(owner + np.sign(beyond).astype(np.intp), 0, last)
    way = np.abs(middles[next_zone] - middles[owner])
    share = np.divide(np.abs(beyond), way, out=np.zeros_like(way), where=way > 0)
    return next_zone, np.asarray(share, dtype=np.float32)


def _run(distances: Floats, seed: int) -> Run:
    leds = distances.size
    own = np.asarray(distances - distances[0], dtype=np.float32) if leds else np.zeros(0, dtype=np.float32)
    whole = float(own[-1]) if leds else 0.0
    position = own / np.float32(whole) if whole > 0 else np.zeros(leds, dtype=np.float32)
    return Run(
        position=np.asarray(position, dtype=np.float32),
        distance=own,
        index=np.arange(leds, dtype=np.intp),
        length=np.full(leds, leds, dtype=np.float32),
        seed=np.full(leds, seed, dtype=np.intp),
    )


def _chained(runs: Sequence[Run]) -> Run:
    return Run(
        position=np.concatenate([run.position for run in runs]),
        distance=np.concatenate([run.distance for run in runs]),
        index=np.concatenate([run.index for run in runs]),
        length=np.concatenate([run.length for run in runs]),
        seed=np.concatenate([run.seed for run in runs]),
    )
