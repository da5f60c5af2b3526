"""A judge of flashes on bytes that left: slow, and made without looking at the guard.

For every part of a model and every second, wherever it begins, it looks for the longest chain of opposite changes of a tenth of full white
among the luminances that were to be seen in that second.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from maquette.show.model import Model


def parts_of(model: Model) -> list[list[int]]:
    """Return the LEDs of every part that may not flash."""
    parts = [list(range(model.led_count))]
    parts += [[int(led) for led in zone.leds] for zone in model.zones.values()]
    for strip in model.strips.values():
        if strip.leds <= 8:
            parts.append(list(range(strip.start, strip.start + strip.leds)))
        else:
            parts += [list(range(first, first + 8)) for first in range(strip.start, strip.start + strip.leds - 7)]
    return parts


def luminances(model: Model, frames: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.int64]:
    """Return the summed luminance of each part, shape (frames, parts), in whole numbers: 2 550 000 for each LED in full white."""
    light = np.array(frames, dtype=np.int64)
    each = 2126 * light[:, :, 0] + 7152 * light[:, :, 1] + 722 * light[:, :, 2]
    return np.stack([each[:, part].sum(axis=1) for part in parts_of(model)], axis=1)


def longest_chain(seen: npt.NDArray[np.int64], steps: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each part the most opposite changes of at least its step among its luminances, shape (moments, parts)."""
    low, high = seen[0].copy(), seen[0].copy()
    direction = np.zeros(seen.shape[1], dtype=np.int64)
    changes = np.zeros(seen.shape[1], dtype=np.int64)
    for values in seen[1:]:
        up = (direction <= 0) & (values - low >= steps)
        down = (direction >= 0) & (high - values >= steps) & ~up
        direction = np.where(up, 1, np.where(down, -1, direction))
        changes += up | down
        low = np.where(up | down, values, np.minimum(low, values))
        high = np.where(up | down, values, np.maximum(high, values))
    return changes


def most_changes_in_a_second(
    model: Model, times: Sequence[float], frames: Sequence[npt.NDArray[np.uint8]]
) -> npt.NDArray[np.int64]:
    """Return for each part the most opposite changes seen in any second; the model is dark before the first frame."""
    dark = np.zeros_like(frames[0])
    changed = [n for n, frame in enumerate(frames) if not np.array_equal(frame, frames[n - 1] if n else dark)]
    times, frames = [times[n] for n in changed], [frames[n] for n in changed]
    seen = luminances(model, [dark, *frames])
    steps = np.array([len(part) * 255_000 for part in parts_of(model)], dtype=np.int64)
    worst = np.zeros(seen.shape[1], dtype=np.int64)
    for first, begin in enumerate(times):
        # A second that begins just before frame `first` still sees the one before it.
        last = first
        while last + 1 < len(times) and times[last + 1] - begin < 1.0:
            last += 1
        worst = np.maximum(worst, longest_chain(seen[first : last + 2], steps))
    return worst
