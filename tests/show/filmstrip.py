"""A filmstrip: what an effect does, as a grey picture with one column per LED and one row per moment, so that people can look at it.

Written and read as PNG with the standard library alone (8-bit grey, no row filter).
"""

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from maquette.show.effects import EFFECTS, ParameterValue, Run

Bytes = npt.NDArray[np.uint8]

SECONDS = 8.0
ROWS_PER_SECOND = 20
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


def render(
    name: str, run: Run, moments: npt.NDArray[np.float64], **parameters: ParameterValue
) -> npt.NDArray[np.float32]:
    """Return the intensity of an effect at each moment, shape (moments, LEDs)."""
    effect = EFFECTS[name]
    given = {**effect.defaults, **parameters}
    return np.stack([effect.render(float(t), run, given) for t in moments])


def filmstrip(name: str, **parameters: ParameterValue) -> Bytes:
    """Return the picture: rows are moments, columns the LEDs of `RUNS` with a dark column between two runs."""
    moments = np.arange(0.0, SECONDS, 1 / ROWS_PER_SECOND)
    light = render(name, run_of(*RUNS), moments, **parameters)
    grey = np.rint(255 * light.clip(0, 1) ** (1 / 2.2)).astype(np.uint8)
    return np.insert(grey, np.cumsum(RUNS)[:-1], 0, axis=1)


def write_png(path: Path, grey: Bytes) -> None:
    """Write a grey picture, shape (height, width)."""
    height, width = grey.shape
    rows = b"".join(b"\0" + row.tobytes() for row in grey)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def read_png(path: Path) -> Bytes:
    """Read a picture that `write_png` wrote."""
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    start = data.index(b"IDAT")
    (size,) = struct.unpack(">I", data[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(data[start + 4 : start + 4 + size]), dtype=np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any(), "the picture was not written by write_png"
    return rows[:, 1:]


GOLDEN = Path(__file__).parent / "golden"
SHOWN: dict[str, dict[str, float]] = {name: {} for name in EFFECTS} | {"gauge": {"share": 0.63}}
"""The parameters of each effect's filmstrip, where they are not the defaults."""


def main() -> None:
    """Draw all filmstrips anew: ``python -m tests.show.filmstrip``. Look at each before you keep it."""
    GOLDEN.mkdir(exist_ok=True)
    for name, parameters in SHOWN.items():
        write_png(GOLDEN / f"{name}.png", filmstrip(name, **parameters))


if __name__ == "__main__":
    main()
