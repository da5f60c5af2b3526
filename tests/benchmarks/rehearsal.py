"""How fast a preview is made. Run ``python -m tests.benchmarks.rehearsal``. Budget: faster than the scenario plays."""

import tempfile
from pathlib import Path

from maquette.rehearsal.preview import Wish, preview
from tests.benchmarks.table import Figure, show
from tests.content.shipped import checked

STEP_S = 5.0
_HOW = f"`maquette preview`, {STEP_S:.0f} s of each step, 10 frames per second, 656 LEDs: light played, plan drawn, WebP and PNG written"


def figures() -> list[Figure]:
    """Preview some shipped scenarios."""
    installation = checked().installation
    assert installation is not None
    found = []
    for scenario in ("air", "energie", "rhone"):
        with tempfile.TemporaryDirectory() as folder:
            made = preview(installation, Wish(scenario, Path(folder) / scenario, seconds=STEP_S))
        factor = made.shows_s / made.took_s
        said = f"{made.shows_s:.0f} s in {made.took_s:.1f} s, {factor:.1f} times as fast"
        found.append(Figure(f"preview of {scenario}", said, "faster than it plays", _HOW))
    return found


if __name__ == "__main__":
    show(figures())
