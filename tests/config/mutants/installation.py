"""The shipped installation with one document changed: what the check says of it, and the normal form of what it accepts.

Documents that did not change are read once; from the tree on, everything is checked anew each time, as by `maquette check`.
"""

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

from maquette.config import current_check, feeds_check
from maquette.config.build import build
from maquette.config.catalogue import read_catalogue
from maquette.config.documents import CatalogueDocument
from maquette.config.draft import Desk, Draft
from maquette.config.examination import Examination, Examiner
from maquette.config.problems import Problem
from maquette.config.tree import Source
from maquette.config.yaml import read_bytes
from maquette.house import registries
from maquette.show.model import Model
from maquette.show.scenario import Layer

_PEAK = current_check._peak

ROOT = Path(__file__).parents[3]

NormalForm = Mapping[str, Any]
"""File → its checked document as plain data; lists and mappings, quantities in base units, defaults filled in."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found.

    Attributes:
        problems: errors and warnings.
        source: the tree of the changed document, where it was accepted.
        normal: what was accepted; None when there is an error.
    """

    problems: tuple[Problem, ...]
    source: Source | None
    normal: NormalForm | None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which the documents are refused."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


class ShippedInstallation:
    """The documents of this repository; file names are relative to its root, those of the catalogue begin with ``catalogue/``."""

    def __init__(self) -> None:
        self._registries = registries()
        self._sources: dict[str, Source] = {}
        self._ready_made: dict[str, tuple[CatalogueDocument | None, Draft]] = {}
        self._peaks: dict[Hashable, float] = {}

    @cached_property
    def documents(self) -> Mapping[str, Source]:
        """All documents that it is made of, as they are: of the catalogue the ready-made feeds that it uses."""
        self.check(None, b"")
        for name in [f"catalogue/{used}.yaml" for used in sorted(self._ready_made)]:
            raw = (self._registries.catalogue.parent / name).read_bytes()
            source, _ = read_bytes(raw, name)
            assert source is not None
            self._sources[name] = source
        return {name: source for name, source in self._sources.items() if name.endswith(".yaml")}

    def check(self, file: str | None, raw: bytes) -> Outcome:
        """Check the installation with other bytes in one of its documents."""
        instead = {} if file is None or file.startswith("catalogue/") else {file: raw}
        with self._catalogue(file, raw):
            found = Examiner(_Desk(instead, self._sources), "config.yaml", self._registries).examine()
            problems = tuple(found.problems)
            normal = None
            if not any(problem.severity == "error" for problem in problems):
                assert found.materials is not None
                build(found.materials)
                normal = _normal_form(found)
        source = read_bytes(raw, file)[0] if file is not None and normal is not None else None
        return Outcome(problems, source, normal)

    @contextmanager
    def _catalogue(self, file: str | None, raw: bytes) -> Iterator[None]:
        def read(folder: Path, name: str) -> tuple[CatalogueDocument | None, Draft]:
            if f"catalogue/{name}.yaml" == file:
                with patch("maquette.config.draft.read_file", lambda _path, shown: read_bytes(raw, shown)):
                    return read_catalogue(folder, name)
            if name not in self._ready_made:
                self._ready_made[name] = read_catalogue(folder, name)
            document, draft = self._ready_made[name]
            return document, replace(draft, problems=list(draft.problems))

        with patch.object(feeds_check, "read_catalogue", read), patch.object(current_check, "_peak", self._peak):
            yield

    def _peak(self, layer: Layer, model: Model) -> float:
        """Sample an effect once for the same zones: the slowest part of a check, and a pure function."""
        zones = [model.zones[name] for name in layer.zones]
        places = tuple((zone.leds.tobytes(), zone.distances.tobytes(), zone.seed) for zone in zones)
        key = (layer.effect, repr(sorted(layer.parameters.items())), layer.together, places)
        if key not in self._peaks:
            self._peaks[key] = _PEAK(layer, model)
        return self._peaks[key]


class _Desk(Desk):
    """A desk that remembers the trees of documents that are not changed."""

    def __init__(self, instead: Mapping[str, bytes | None], sources: dict[str, Source]) -> None:
        super().__init__(ROOT, instead)
        self._sources = sources

    def draft(self, file: str) -> Draft:
        if file in self._instead:
            return super().draft(file)
        if file not in self._sources:
            draft = super().draft(file)
            if draft.source is None or draft.problems:
                return draft
            self._sources[file] = draft.source
        source = self._sources[file]
        self.read[file] = source.raw
        return Draft(file, self.folder / file, source)


def _normal_form(found: Examination) -> NormalForm:
    assert found.materials is not None
    config, hardware = found.materials.config, found.materials.hardware
    forms = {
        draft.file: draft.document.model_dump(by_alias=True) for draft in found.drafts if draft.document is not None
    }
    forms[found.config.file]["feeds"] = _dumps({**config.feeds, **config.computed})
    assert found.hardware is not None
    forms[found.hardware.file] = hardware.document.model_dump(by_alias=True)
    forms[found.hardware.file] |= {"strips": _dumps(hardware.strips), "servos": _dumps(hardware.servos)}
    return forms


def _dumps(documents: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document.model_dump(by_alias=True) for name, document in documents.items()}
