"""Flashes: how often light swings, counted as the flash rule counts; an independent judge of effects, marks and guards."""

import numpy as np
import numpy.typing as npt

NEIGHBOURS = 8
"""LEDs that ten degrees of sight hold at one metre."""
THRESHOLD = 0.1
"""A change counts from a tenth of full luminance on."""


def swings(luminance: npt.NDArray[np.floating], threshold: float = THRESHOLD) -> list[int]:
    """Return the rows at which opposite changes of at least ``threshold`` are completed, for one luminance over time."""
    found: list[int] = []
    low = high = float(luminance[0])
    direction = 0
    for row, value in enumerate(luminance.tolist()):
        low, high = min(low, value), max(high, value)
        if direction <= 0 and value - low >= threshold:
            found.append(row)
            direction, high = 1, value
        elif direction >= 0 and high - value >= threshold:
            found.append(row)
            direction, low = -1, value
    return found


def most_pairs_in_a_second(luminance: npt.NDArray[np.floating], rate: int, threshold: float = THRESHOLD) -> float:
    """Return the largest number of pairs of opposite changes in any second; ``rate`` is rows per second."""
    rows = np.array(swings(luminance, threshold))
    if rows.size == 0:
        return 0.0
    return float(max(np.count_nonzero((rows >= row) & (rows < row + rate)) for row in rows)) / 2


def windows(light: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the mean over every eight neighbours and over the whole run, from light of shape (moments, LEDs) to (windows, moments)."""
    leds = light.shape[1]
    width = min(NEIGHBOURS, leds)
    total = np.cumsum(np.insert(light.astype(np.float64), 0, 0.0, axis=1), axis=1)
    means = (total[:, width:] - total[:, :-width]) / width
    return np.vstack([means.T, light.mean(axis=1, dtype=np.float64)])
