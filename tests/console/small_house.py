"""A small installation on disk for the console's tests: the shipped hardware with two scenarios, and a store of its documents."""

import asyncio
import pickle
import shutil
import threading
from pathlib import Path
from typing import Any

from maquette.config.check import check
from maquette.config.watched import Watched
from maquette.console.commands import Refusal
from maquette.console.documents.revision import Revision
from maquette.console.documents.store import Change, DocumentStore, Faulty, Version, Written
from maquette.console.start import Documents
from maquette.console.trial.jobs import Job
from maquette.console.trial.trial import Trial
from tests.content.shipped import REGISTRIES, ROOT

STEPS = "steps:\n  - lights: [{zones: [all], colour: '#ff0000'}]\n"
AIR, NEW = "scenarios/air.yaml", "scenarios/new.yaml"


class AtHand:
    """Tries documents here, where the real store does it in a process of its own."""

    def __init__(self, documents: Documents) -> None:
        self._trial = Trial(documents)
        self._turn = threading.Lock()

    async def ask(self, job: Job, *, patient: bool = False) -> Any:
        return await asyncio.to_thread(self._do, job)

    def _do(self, job: Job) -> Any:
        with self._turn:
            return self._trial.do(job)

    def end(self) -> None:
        """Nothing was started."""


class House:
    """The shipped hardware with two small scenarios, and a store of its documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        shutil.copytree(ROOT / "hardware", folder / "hardware")
        (folder / "scenarios").mkdir()
        for name in ("air", "veille"):
            self.put(f"scenarios/{name}.yaml", scenario(name))
        self.put(
            "config.yaml",
            "maquette: 1\nid: test\nlanguages: [fr]\ntime_zone: Europe/Paris\nplace: {lat: 45.6, lon: 4.8, radius: 12 km}\n"
            "hardware: hardware/vallee-de-la-chimie.yaml\nscenarios: [scenarios]\nidle: {show: veille, after: 90 s}\n",
        )
        checked = check(folder / "config.yaml", REGISTRIES)
        assert checked.installation is not None, checked.report()
        self.watched: Watched = checked.watched
        self.reloads = 0
        found = checked.installation
        self.documents = Documents(
            folder / "config.yaml", self.state, pickle.dumps(REGISTRIES), found.sources, checked.watched, found.fixed
        )
        self.store = DocumentStore(self.documents, self, AtHand(self.documents))

    async def read_now(self) -> Revision:
        self.reloads += 1
        return Revision(None, {}, (), None, self.watched)

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_bytes(text.encode())

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()

    def read(self, name: str) -> Version:
        read = asyncio.run(self.store.read(name))
        assert isinstance(read, Version), read
        return read

    def write(self, *changes: Change) -> Written | Refusal | Faulty:
        return asyncio.run(self.store.write(*changes))

    def edit(self, name: str, text: str) -> Written | Refusal | Faulty:
        return self.write(Change(name, text, self.read(name).fingerprint))


def scenario(title: str, more: str = "") -> str:
    return f"maquette: 1\ntitle: {title}\n{more}{STEPS}"
