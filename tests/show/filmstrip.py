"""A filmstrip: what an effect does, as a picture with one column per LED and one row per moment, so that people can look at it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from maquette.core.colour import parse_colour
from maquette.show.effects import EFFECTS, Palette, ParameterValue, Run
from maquette.show.runs import lay_out
from tests.show.models import zone

Bytes = npt.NDArray[np.uint8]

SECONDS = 8.0
ROWS_PER_SECOND = 20
RATE = 60
"""Frames in a second, where motion is looked at closely."""
RUNS = (48, 20, 7, 3, 1)
"""The runs of a strip, side by side: the effect must look right on long and short ones."""


def run_of(*lengths: int) -> Run:
    """Return runs of these many LEDs, 10 mm apart, one after another."""
    index = np.concatenate([np.arange(n) for n in lengths])
    length = np.repeat(np.array(lengths, dtype=np.float32), lengths)
    return Run(
        position=(index / np.maximum(length - 1, 1)).astype(np.float32),
        distance=(index * 10.0).astype(np.float32),
        index=index,
        length=length,
        seed=np.repeat(np.arange(1, len(lengths) + 1), lengths),
    )


def moments(seconds: float, start: float = 0.0, rate: int = RATE) -> npt.NDArray[np.float64]:
    """Return the moments of as many seconds from ``start``."""
    return start + np.arange(round(seconds * rate)) / rate


def white(leds: int) -> Palette:
    """Return white light for every LED."""
    planes = np.ones((3, leds), dtype=np.float32)
    return Palette(planes, planes, np.zeros(leds, dtype=np.float32))


def render(
    name: str, run: Run, times: npt.NDArray[np.float64], **parameters: ParameterValue
) -> npt.NDArray[np.float32]:
    """Return the intensity of an effect at each moment, shape (moments, LEDs)."""
    effect = EFFECTS[name]
    given = {**effect.defaults, **parameters}
    return np.stack([effect.render(float(t), run, given) for t in times])


def paint(
    name: str,
    run: Run,
    times: npt.NDArray[np.float64],
    palette: Palette | None = None,
    /,
    **parameters: ParameterValue,
) -> npt.NDArray[np.float32]:
    """Return the light of an effect at each moment, shape (moments, LEDs, 3), on white where no palette is given."""
    effect = EFFECTS[name]
    given = {**effect.defaults, **parameters}
    seen = palette or white(run.index.size)
    light = render(name, run, times, **parameters)[:, np.newaxis]
    colours = [seen.own if effect.tint is None else effect.tint(float(t), run, given, seen) for t in times]
    return np.moveaxis(light * np.stack(colours), 1, 2)


def joined(lengths: tuple[int, ...], colours: tuple[str | None, ...]) -> tuple[Run, Palette]:
    """Return zones of these many LEDs, joined end to end, and the light that they give; None is a missing value."""
    ends = np.cumsum(lengths).tolist()
    zones = [zone(f"z{end}", list(range(end - leds, end))) for leds, end in zip(lengths, ends, strict=True)]
    layout = lay_out(zones, together=True)
    planes = np.stack([parse_colour(colour or "#000000") for colour in colours]).T
    known = np.array([colour is not None for colour in colours])
    toward = np.where(known[layout.zone] & known[layout.next_zone], layout.next_zone, layout.zone)
    return layout.run, Palette(planes[:, layout.zone], planes[:, toward], layout.share)


def filmstrip(name: str, **parameters: ParameterValue) -> Bytes:
    """Return the picture, shape (moments, columns, 3): one column per LED of `RUNS`, and a dark one between two runs."""
    run, palette = joined(RUNS, COLOURS) if name == "gradient" else (run_of(*RUNS), None)
    light = paint(name, run, moments(SECONDS, rate=ROWS_PER_SECOND), palette, **parameters)
    encoded = np.rint(255 * light.clip(0, 1) ** (1 / 2.2)).astype(np.uint8)
    return np.insert(encoded, np.cumsum(RUNS)[:-1], 0, axis=1)


def read(name: str) -> Bytes:
    """Return the picture of an effect that was looked at and kept."""
    with Image.open(GOLDEN / f"{name}.png") as picture:
        return np.asarray(picture.convert("RGB"))


GOLDEN = Path(__file__).parent / "golden"
COLOURS = ("#1f5fd0", "#f2c14e", None, "#d1495b", "#2a9d5c")
"""The colours of the zones of a gradient; the third one's value is missing."""
SHOWN: dict[str, dict[str, float]] = {name: {} for name in EFFECTS} | {
    "gauge": {"share": 0.63},
    "count": {"things": 6.4},
}
"""The parameters of each effect's filmstrip, where they are not the defaults."""


def main() -> None:
    """Draw all filmstrips anew: ``python -m tests.show.filmstrip``. Look at each before you keep it."""
    GOLDEN.mkdir(exist_ok=True)
    for name, parameters in SHOWN.items():
        Image.fromarray(filmstrip(name, **parameters)).save(GOLDEN / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
