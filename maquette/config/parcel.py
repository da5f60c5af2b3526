"""A parcel: an installation on its way to the stage, in parts so small that opening one never takes a frame's time."""

import gc
import pickle
import time
from dataclasses import dataclass, replace

from maquette.config.installation import Installation
from maquette.show.scenario import Scenario

BREATH_S = 0.0005
"""Seconds between two parts: whoever waits for the interpreter gets it."""


@dataclass(frozen=True, eq=False)
class Parcel:
    """An installation without its scenarios, and these one by one, pickled."""

    rest: Installation
    scenarios: tuple[bytes, ...]


def packed(installation: Installation) -> Parcel:
    """Return an installation in parts."""
    show = installation.show
    rest = replace(installation, show=replace(show, scenarios={}))
    return Parcel(rest, tuple(pickle.dumps(scenario) for scenario in show.scenarios.values()))


def unpacked(parcel: Parcel) -> Installation:
    """Return the installation; other threads have their turn after each part, and no collection of garbage looks at what has just come."""
    collects, scenarios = gc.isenabled(), dict[str, Scenario]()
    gc.disable()
    try:
        for part in parcel.scenarios:
            scenario: Scenario = pickle.loads(part)  # noqa: S301 - packed by another process of ours
            scenarios[scenario.id] = scenario
            time.sleep(BREATH_S)
    finally:
        if collects:
            gc.enable()
    return replace(parcel.rest, show=replace(parcel.rest.show, scenarios=scenarios))
