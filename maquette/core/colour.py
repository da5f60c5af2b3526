"""Colour: linear RGB in [0, 1], as light adds up, and OKLab, as eyes compare.

A document writes ``"#rrggbb"`` in sRGB; everything inside is linear light (float arrays whose last axis is R, G, B).
Formulas: sRGB from IEC 61966-2-1; OKLab from Björn Ottosson, "A perceptual color space for image processing" (2020); colour-blind eyes from
Gustavo Machado, Manuel Oliveira and Leandro Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009).
"""

import re
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from maquette.core.message import message
from maquette.errors import ColourError

Floats = npt.NDArray[np.float32]

_HEX = re.compile(r"#[0-9a-fA-F]{6}")

_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_XYZ_TO_RGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
_LAB_TO_LMS = np.linalg.inv(_LMS_TO_LAB)
_LMS_TO_RGB = np.linalg.inv(_RGB_TO_LMS)

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Weights of relative luminance for linear RGB (ITU-R BT.709)."""

VISIONS: Mapping[str, Floats] = {
    "normal": np.eye(3, dtype=np.float32),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        dtype=np.float32,
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        dtype=np.float32,
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
        dtype=np.float32,
    ),
}
"""What an eye makes of linear RGB, shape (3, 3); the three deficiencies at their full severity, 1.0."""


def to_linear(encoded: npt.ArrayLike) -> Floats:
    """Decode sRGB values in [0, 1] to linear light."""
    values = np.asarray(encoded, dtype=np.float64)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: float) -> float:
    """Encode one channel of linear light, clipped to [0, 1], as an sRGB value in [0, 1]."""
    value = min(max(linear, 0.0), 1.0)
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def parse_colour(text: str) -> Floats:
    """Read ``"#rrggbb"`` and return linear RGB, shape (3,).

    Raises:
        ColourError: the text is not six hexadecimal digits after a ``#``.
    """
    if not _HEX.fullmatch(text):
        raise ColourError(message("E352", text=text))
    return to_linear([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def of_temperature(kelvin: float) -> Floats:
    """Return the colour of white light of a temperature, linear RGB, shape (3,), its strongest channel 1.

    The Planckian locus by the cubic splines of Kim et al. (US patent 7024034), good from 1667 to 25 000 K.
    """
    inverse = 1000 / kelvin
    if kelvin < 4000:
        x = ((-0.2661239 * inverse - 0.2343589) * inverse + 0.8776956) * inverse + 0.179910
    else:
        x = ((-3.0258469 * inverse + 2.1070379) * inverse + 0.2226347) * inverse + 0.240390
    if kelvin < 2222:
        y = ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683
    elif kelvin < 4000:
        y = ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
    else:
        y = ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483
    linear = np.clip(_XYZ_TO_RGB @ [x / y, 1.0, (1 - x - y) / y], 0.0, None)
    return np.asarray(linear / linear.max(), dtype=np.float32)


def parse_colours(texts: Iterable[str]) -> Floats:
    """Read colours, as `parse_colour`, and return linear RGB, shape (n, 3)."""
    return np.stack([parse_colour(text) for text in texts])


def to_hex(linear: npt.ArrayLike) -> str:
    """Write linear RGB, shape (3,), as ``"#rrggbb"``."""
    return "#" + "".join(f"{round(255 * to_srgb(channel)):02x}" for channel in np.asarray(linear).tolist())


def to_oklab(linear: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Convert linear RGB, shape (..., 3), to OKLab (L in [0, 1], a, b)."""
    lms = np.cbrt(np.asarray(linear, dtype=np.float64) @ _RGB_TO_LMS.T)
    return np.asarray(lms @ _LMS_TO_LAB.T)


def from_oklab(lab: npt.ArrayLike) -> Floats:
    """Convert OKLab, shape (..., 3), to linear RGB clipped to [0, 1]."""
    lms = (np.asarray(lab, dtype=np.float64) @ _LAB_TO_LMS.T) ** 3
    return np.clip(lms @ _LMS_TO_RGB.T, 0.0, 1.0).astype(np.float32)


def seen(linear: npt.ArrayLike, vision: str) -> Floats:
    """Return what colours, linear RGB, shape (..., 3), look like to an eye of `VISIONS`, as linear RGB clipped to [0, 1]."""
    return np.asarray(np.clip(np.asarray(linear, dtype=np.float32) @ VISIONS[vision].T, 0.0, 1.0))


def difference(one: npt.ArrayLike, other: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return how far colours, linear RGB, shape (..., 3), lie apart: ΔE_OK, the distance in OKLab, times 100.

    Two colours side by side are told apart from about 2 on (CSS Color Module Level 4, "just noticeable difference").
    """
    return np.asarray(100.0 * np.linalg.norm(to_oklab(one) - to_oklab(other), axis=-1))
