"""Documents that pages write: read with their fingerprint, checked before anything is written, written whole, the version before kept.

Whoever edits says which version was edited; when somebody else has changed the document meanwhile, nothing is written. Several documents
change together or not at all. Who may write is asked elsewhere (`maquette.console.access.access`).
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from maquette.config.watched import Watched, is_document
from maquette.console.commands import Refusal, nearest
from maquette.console.documents.revision import Revision
from maquette.console.start import Documents
from maquette.console.trial.bench import Trying
from maquette.console.trial.jobs import Check
from maquette.core.alerts import Alert
from maquette.core.message import Message
from maquette.errors import TrialError
from maquette.ops.state import write_atomically

if TYPE_CHECKING:
    from maquette.config.problems import Problem

VERSIONS = "versions"
"""The folder of the state folder in which former versions are kept: ``versions/scenarios/air.yaml/0007.yaml``."""
VERSIONS_KEPT = 20
"""Former versions that are kept of one document; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Version:
    """A document as it is on disk: its name relative to the folder of ``config.yaml``, its text, and the fingerprint of its bytes."""

    name: str
    text: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A former version of a document: its number, which rises, when it gave way (UTC), and how many bytes it has."""

    number: int
    replaced_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a document.

    Attributes:
        name: relative to the folder of ``config.yaml``, with ``/``.
        text: the whole new text; None deletes the document.
        fingerprint: of the version that was edited; None for a document that is new.
    """

    name: str
    text: str | None
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """It is written: the new fingerprints by name, the warnings about these documents, and what the reload tells (a start is needed, …)."""

    fingerprints: Mapping[str, str]
    problems: "tuple[Problem, ...]"
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Faulty:
    """Nothing is written: these errors would be new, or stand in a document that is to be written."""

    problems: "tuple[Problem, ...]"


class Reloading(Protocol):
    """What takes over documents that have changed (`maquette.console.documents.reload`)."""

    @property
    def watched(self) -> Watched:
        """Where the documents of this installation are."""

    async def read_now(self) -> Revision:
        """Read them, take them over when they are well, and return what came of it."""


def fingerprint(raw: bytes) -> str:
    """Return the fingerprint of a version: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


class DocumentStore:
    """The documents of one installation. Used on one asyncio loop; the work is done on threads."""

    def __init__(self, documents: Documents, reloading: Reloading, bench: Trying) -> None:
        """Build the store.

        Args:
            documents: where they are, and with what they are checked.
            reloading: knows which documents there are, and takes over what was written.
            bench: where they are tried.
        """
        self._config = documents.config
        self._folder = documents.config.parent.absolute()
        self._state = documents.state
        self._reloading = reloading
        self._writing = asyncio.Lock()
        self.bench = bench

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of scenarios, relative to that of ``config.yaml``."""
        names = (self._name(folder) for folder in self._reloading.watched.folders)
        return tuple(sorted(name for name in names if name is not None))

    async def names(self) -> tuple[str, ...]:
        """Return the names of the documents, ``config.yaml`` first."""
        return await asyncio.to_thread(self._names)

    def is_of_a_folder(self, name: str) -> bool:
        """Tell whether a name is that of a document in a folder of scenarios, whether it is there or not."""
        path = self._folder / name
        return path.parent in self._reloading.watched.folders and is_document(path.name)

    async def read(self, name: str) -> Version | Refusal:
        """Return a document as it is on disk now; refused when it is none of ours or cannot be read."""
        return await asyncio.to_thread(self._read, name)

    async def check(self, *changes: Change) -> "tuple[Problem, ...]":
        """Return the problems of all documents as they would be, whatever the fingerprints.

        Raises:
            TrialError: they cannot be checked now.
        """
        held = {each.name: each.text.encode() for each in changes if each.text is not None}
        problems: tuple[Problem, ...] = await self.bench.ask(
            Check(held, frozenset(each.name for each in changes if each.text is None))
        )
        return problems

    async def write(self, *changes: Change) -> Written | Refusal | Faulty:
        """Check changes and write them, all or none; return once they have been taken over, or were refused."""
        async with self._writing:
            made = await asyncio.to_thread(self._made, changes)
            if isinstance(made, Refusal):
                return made
            names = {each.name for each in made}
            try:
                problems = await self.check(*made)
                errors = [problem for problem in problems if problem.severity == "error"]
                if errors:  # what was wrong elsewhere before is no reason to refuse
                    before = set(await self.check())
                    errors = [problem for problem in errors if problem.file in names or problem not in before]
            except TrialError as error:
                return Refusal(error.code)
            if errors:
                return Faulty(tuple(errors))
            refused = await asyncio.to_thread(self._write, made)
            if refused is not None:
                return refused
            revision = await self._reloading.read_now()
        fingerprints = {each.name: fingerprint(each.text.encode()) for each in made if each.text is not None}
        return Written(fingerprints, tuple(p for p in problems if p.file in names), revision.alerts)

    async def kept(self, name: str) -> tuple[Kept, ...]:
        """Return the former versions of a document, the newest first."""
        return await asyncio.to_thread(self._kept, name)

    async def read_kept(self, name: str, number: int) -> str | Refusal:
        """Return the text of a former version."""
        path = self._state / VERSIONS / name / f"{number:04}.yaml"
        try:
            return (await asyncio.to_thread(path.read_bytes)).decode()
        except FileNotFoundError:
            return Refusal("unknown_version", None, {"name": name, "number": str(number)})
        except (OSError, UnicodeDecodeError) as error:
            return Refusal("document_unread", None, {"name": name, "reason": _reason(error)})

    async def deleted(self) -> tuple[str, ...]:
        """Return the names of documents of scenarios that are gone and of which former versions are kept."""
        return await asyncio.to_thread(self._deleted)

    async def rename(self, name: str, to: str, *changes: Change) -> Written | Refusal | Faulty:
        """Write changes that give a document another name; its former versions go with it."""
        done = await self.write(*changes)
        if isinstance(done, Written):
            await asyncio.to_thread(self._carry_versions, name, to)
        return done

    # -- on a thread -------------------------------------------------------------------------------------------------

    def _names(self) -> tuple[str, ...]:
        watched = self._reloading.watched
        paths = {path for path in watched.files if is_document(path.name) and path.is_file()}
        for folder in watched.folders:
            if folder.is_dir():
                paths.update(path for path in folder.iterdir() if is_document(path.name) and path.is_file())
        names = {name for path in paths if (name := self._name(path)) is not None}
        return (self._config.name, *sorted(names - {self._config.name}))

    def _name(self, path: Path) -> str | None:
        return path.relative_to(self._folder).as_posix() if path.is_relative_to(self._folder) else None

    def _read(self, name: str) -> Version | Refusal:
        known = self._names()
        if name not in known:
            return Refusal("unknown_document", nearest(name, known), {"name": name})
        try:
            raw = (self._folder / name).read_bytes()
            return Version(name, raw.decode(), fingerprint(raw))
        except (OSError, UnicodeDecodeError) as error:
            return Refusal("document_unread", None, {"name": name, "reason": _reason(error)})

    def _kept(self, name: str) -> tuple[Kept, ...]:
        found = [(int(path.stem), path.stat()) for path in versions(self._state, name)]
        return tuple(Kept(n, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size) for n, status in found[::-1])

    def _deleted(self) -> tuple[str, ...]:
        names = {
            f"{folder}/{place.name}"
            for folder in self.folders
            for place in sorted((self._state / VERSIONS / folder).glob("*"))
            if is_document(place.name) and place.is_dir()
        }
        return tuple(sorted(name for name in names - set(self._names()) if versions(self._state, name)))

    def _carry_versions(self, name: str, to: str) -> None:
        folder = self._state / VERSIONS
        with contextlib.suppress(OSError):  # a document of that name was deleted once: then each keeps its own
            (folder / name).rename(folder / to)

    def _refused(self, change: Change) -> Refusal | None:
        """Return why a change may not be made now, or None."""
        path = self._folder / change.name
        in_a_folder = self.is_of_a_folder(change.name)
        if change.fingerprint is None:
            if not in_a_folder or "\0" in change.name:
                return Refusal("unknown_document", None, {"name": change.name})
            taken = path.is_symlink() or path.exists()  # a link to nothing would be written through
            return Refusal("document_exists", None, {"name": change.name}) if taken else None
        now = self._read(change.name)
        if isinstance(now, Refusal):
            return now
        if now.fingerprint != change.fingerprint:
            return Refusal("document_changed", None, {"name": change.name})
        if path.resolve().parent != path.parent.resolve() or (change.text is None and path.is_symlink()):
            return Refusal("document_elsewhere", None, {"name": change.name})
        needed = change.text is None and not in_a_folder
        return Refusal("document_needed", None, {"name": change.name}) if needed else None

    def _made(self, changes: Sequence[Change]) -> tuple[Change, ...] | Refusal:
        """Return the changes as they are to be written, or why they may not be."""
        refused = next((found for change in changes if (found := self._refused(change)) is not None), None)
        return refused or tuple(Change(each.name, self._with_line_ends(each), each.fingerprint) for each in changes)

    def _write(self, made: Sequence[Change]) -> Refusal | None:
        """Write changes that have passed; return why they could not be, and then none of them is."""
        for change in made:  # the check took a while
            refused = self._refused(change)
            if refused is not None:
                return refused
        former: dict[str, bytes] = {}
        try:
            for change in made:
                path = (self._folder / change.name).resolve()  # a link stays a link
                if change.fingerprint is not None:
                    former[change.name] = path.read_bytes()
                    keep_version(self._state, change.name, former[change.name])
                if change.text is None:
                    path.unlink()
                elif former.get(change.name) != change.text.encode():
                    write_atomically(path, change.text.encode())
        except OSError as error:
            self._take_back(made, former)
            return Refusal("document_not_written", None, {"name": change.name, "reason": _reason(error)})
        return None

    def _with_line_ends(self, change: Change) -> str | None:
        """Return a new text with the line ends of the former: browsers know only one kind."""
        if change.text is None or change.fingerprint is None or "\r" in change.text:
            return change.text
        path = self._folder / change.name
        return change.text.replace("\n", "\r\n") if b"\r\n" in path.read_bytes() else change.text

    def _take_back(self, changes: Sequence[Change], former: Mapping[str, bytes]) -> None:
        """Write the former versions again, as far as the disk lets us."""
        for change in changes:
            path = (self._folder / change.name).resolve()
            try:
                if change.name in former and (not path.exists() or path.read_bytes() != former[change.name]):
                    write_atomically(path, former[change.name])
                elif change.fingerprint is None:
                    path.unlink(missing_ok=True)
            except OSError:
                continue


def keep_version(state: Path, name: str, raw: bytes) -> None:
    """Keep a former version of a document, unless it is the one that was kept last.

    Raises:
        OSError: the disk is full or read-only.
    """
    folder = state / VERSIONS / name
    kept = versions(state, name)
    if kept and kept[-1].read_bytes() == raw:
        return
    number = int(kept[-1].stem) + 1 if kept else 1
    write_atomically(folder / f"{number:04}.yaml", raw)
    for old in kept[: max(0, len(kept) + 1 - VERSIONS_KEPT)]:
        old.unlink(missing_ok=True)


def versions(state: Path, name: str) -> list[Path]:
    """Return the files of the former versions of a document, the oldest first."""
    folder = state / VERSIONS / name
    found = [path for path in folder.glob("*.yaml") if path.stem.isdecimal() and path.is_file()]
    return sorted(found, key=lambda path: int(path.stem))


def _reason(error: Exception) -> Message:
    from maquette.config.yaml import reason_of  # noqa: PLC0415 - loaded when it is needed

    return reason_of(error)
