"""Flashes: how often light swings, counted as the flash rule counts; an independent judge of effects, marks and guards."""

import numpy as np
import numpy.typing as npt

NEIGHBOURS = 8
"""LEDs that ten degrees of sight hold at one metre."""
THRESHOLD = 0.1
"""A change counts from a tenth of full luminance on."""


def swings(luminance: npt.NDArray[np.floating], threshold: npt.ArrayLike = THRESHOLD) -> npt.NDArray[np.bool_]:
    """Return at which moments an opposite change of at least ``threshold`` is completed, for luminances over time.

    Args:
        luminance: one per moment, shape (moments,), or several side by side, shape (moments, parts).
        threshold: one for all, or one per part.
    """
    found = np.zeros(luminance.shape, dtype=np.bool_)
    low, high = luminance[0].copy(), luminance[0].copy()
    direction = np.zeros(luminance.shape[1:], dtype=np.int64)
    for moment, value in enumerate(luminance):
        low, high = np.minimum(low, value), np.maximum(high, value)
        up = (direction <= 0) & (value - low >= threshold)
        down = (direction >= 0) & (high - value >= threshold) & ~up
        found[moment] = turned = up | down
        direction = np.where(up, 1, np.where(down, -1, direction))
        low, high = np.where(turned, value, low), np.where(turned, value, high)
    return found


def most_pairs_in_a_second(
    luminance: npt.NDArray[np.floating], rate: int, threshold: npt.ArrayLike = THRESHOLD
) -> float:
    """Return the largest number of pairs of opposite changes of any part in any second; ``rate`` is moments per second."""
    found = swings(luminance, threshold)
    counted = np.cumsum(np.insert(found, 0, 0, axis=0), axis=0)
    second = min(rate, len(found))
    return float((counted[second:] - counted[:-second]).max()) / 2


def windows(light: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the mean over every eight neighbours and over all LEDs, from (moments, LEDs) to (moments, windows)."""
    width = min(NEIGHBOURS, light.shape[1])
    total = np.cumsum(np.insert(light.astype(np.float64), 0, 0.0, axis=1), axis=1)
    means = (total[:, width:] - total[:, :-width]) / width
    return np.hstack([means, light.mean(axis=1, dtype=np.float64, keepdims=True)])
