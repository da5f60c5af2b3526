"""Trials: mutants in an order that mixes documents and operations, each tried within a time limit."""

import random
import signal
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from types import FrameType

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from maquette.config.document import Document
from maquette.config.schema import schemas
from maquette.config.tree import Node, Source
from maquette.house import registries
from tests.config.mutants.installation import NormalForm, Outcome, ShippedInstallation
from tests.config.mutants.judge import change_of, judge
from tests.config.mutants.mutations import Mutation, mutations

VERDICTS = ("refused", "accepted", "misplaced", "changed_elsewhere", "unlike_schema", "crashed", "hung")
"""What may come of a mutant; the first two are right."""

LIMIT_S = 30.0
"""How long a check may take before it counts as hanging, on a machine that does other things as well."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant and what came of it.

    Attributes:
        file: the document.
        mutation: what was done to it.
        verdict: of the judge, or ``crashed`` or ``hung``.
        told: what people are told, or where it crashed.
    """

    file: str
    mutation: Mutation
    verdict: str
    told: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the check did what it should."""
        return self.verdict in VERDICTS[:2]


@dataclass
class Laboratory:
    """The shipped installation and all mutants of its documents."""

    installation: ShippedInstallation = field(default_factory=ShippedInstallation)

    @cached_property
    def sound(self) -> NormalForm:
        """The normal form of the installation as it is."""
        outcome = self.installation.check(None, b"")
        assert outcome.normal is not None, [problem.heading("en") for problem in outcome.errors]
        return outcome.normal

    @cached_property
    def schemas(self) -> Mapping[str, Validator]:
        """The schemas, by kind of document."""
        return {name: Draft202012Validator(schema) for name, schema in schemas(registries()).items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that the documents give to things: their files' and their keys that are none of the language."""
        documents = self.installation.documents
        stems = {file.rsplit("/", 1)[-1].removesuffix(".yaml") for file in documents}
        keys = {key for source in documents.values() for key in _entries(source.root)}
        return frozenset(stems | keys - set(_keywords(Document)))

    def mutants(self, seed: int) -> list[tuple[str, Mutation]]:
        """Return all mutants, so that any part of them has something of each document and of each operation."""
        groups: dict[tuple[str, str], list[tuple[str, Mutation]]] = {}
        for file, source in self.installation.documents.items():
            for mutation in mutations(_text(source), source):
                groups.setdefault((file, mutation.operation), []).append((file, mutation))
        shuffler = random.Random(seed)
        placed = []
        for group in groups.values():
            shuffler.shuffle(group)
            placed += [
                ((index + shuffler.random()) / len(group) ** 0.5, index, each) for index, each in enumerate(group)
            ]
        return [each for _, _, each in sorted(placed, key=lambda entry: entry[:2])]

    def prepare(self) -> None:
        """Read everything that is the same for all mutants."""
        assert self.names
        assert self.sound
        assert self.schemas

    def description(self, tried: Tried) -> str:
        """Return what was done and what came of it, for people."""
        text, mutation = _text(self.installation.documents[tried.file]), tried.mutation
        line = text.count("\n", 0, mutation.start) + 1
        what = f"{text[mutation.start : mutation.end][:60]!r} → {mutation.replacement[:60]!r}"
        told = "".join(f"\n    {words}" for words in tried.told[:6])
        return f"{tried.verdict}: {tried.file}:{line} {mutation.operation} {mutation.path}: {what}{told}"

    def tried(self, file: str, mutation: Mutation) -> Tried:
        """Try one mutant."""
        source = self.installation.documents[file]
        text = _text(source)
        sound = self.sound
        try:
            with _limited():
                outcome = self.installation.check(file, mutation.apply(text).encode())
        except TimeoutError:
            return Tried(file, mutation, "hung", ())
        except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
            return Tried(file, mutation, "crashed", tuple(traceback.format_exc().splitlines()[-6:]))
        change = change_of(file, source, mutation, self.names)
        verdict: str = judge(mutation, change, source, sound, outcome)
        if outcome.source is not None and not self.schemas[_kind(file)].is_valid(outcome.source.root.plain):
            verdict = "unlike_schema"  # accepted, while an editor says that it is wrong
        return Tried(file, mutation, verdict, _told(outcome))


def _kind(file: str) -> str:
    folder, _, name = file.rpartition("/")
    if folder == "scenarios":
        return "scales" if name == "scales.yaml" else "scenario"
    return folder or "config"


def _text(source: Source) -> str:
    return source.raw.decode("utf-8")


def _told(outcome: Outcome) -> tuple[str, ...]:
    return tuple(problem.heading("en") for problem in outcome.errors or outcome.problems)


def _entries(node: Node) -> Iterator[str]:
    yield from node.entries or ()
    for child in (*(child for _, child in (node.entries or {}).values()), *(node.items or ())):
        yield from _entries(child)


def _keywords(document: type[Document]) -> Iterator[str]:
    for name, known in document.model_fields.items():
        yield known.alias or name
    for other in document.__subclasses__():
        yield from _keywords(other)


@contextmanager
def _limited() -> Iterator[None]:
    """Raise `TimeoutError` in what takes too long (main thread only)."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
