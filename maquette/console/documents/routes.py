"""Documents for the maintainer: read, tried, saved, renamed, deleted, and their former versions. Nothing is written that has not passed.

Whoever saves says which version was edited, by its fingerprint in ``If-Match``; ``If-None-Match: *`` makes a new document.
"""

import asyncio
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maquette.config.words import codes, explain
from maquette.console import shapes
from maquette.console.access.access import Role
from maquette.console.commands import Refusal, nearest
from maquette.console.documents.names import FORM, flaw, names_by_file
from maquette.console.documents.saving import IF_MATCH, IF_NEW, ask, edited_version, not_played, passed, refusal, told
from maquette.console.documents.store import Change, DocumentStore, Faulty, Version, Written, fingerprint
from maquette.console.endpoint import JSON, Endpoint, RefusedError
from maquette.console.reception import Reception
from maquette.console.trial.jobs import DryRun, Examine, Job, Overview, PlanRename
from maquette.core.readings import iso

LONGEST_TEXT = 256 * 1024
"""Bytes of a document in a request at most."""

_SCALES = "scales.yaml"
_TEXT = shapes.object_of(text={"type": "string"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """A document: how it is called, where it is, and whether only former versions are left of it."""

    name: str
    file: str
    deleted: bool = False


class _Shelf:
    """The documents by their names in addresses."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    @property
    def store(self) -> DocumentStore:
        return self._reception.store

    async def entries(self) -> dict[str, _Entry]:
        """Return the documents that are there, then those that were."""
        files, gone = await self.store.names(), await self.store.deleted()
        names = names_by_file([*files, *gone], self.store.folders)
        return {name: _Entry(name, file, file in gone) for file, name in names.items()}

    async def known(self, request: Request, *, deleted: bool = False) -> _Entry:
        """Return the document of a request; refused when there is none."""
        name, entries = request.path_params["name"], await self.entries()
        found = entries.get(name)
        if found is None or (found.deleted and not deleted):
            raise RefusedError("unknown_document", 404, nearest(name, entries), {"name": name})
        return found

    async def any(self, request: Request) -> _Entry:
        """Return the document of a request, be it one that is not there yet."""
        name, entries = request.path_params["name"], await self.entries()
        found = entries.get(name)
        if found is not None and not found.deleted:
            return found
        try:
            return self.new(name, entries)
        except RefusedError as refused:
            refused.status = 404  # it is not there, and cannot be
            raise

    def new(self, name: str, entries: dict[str, _Entry]) -> _Entry:
        """Return a document that is not there; refused when it may not be called so."""
        refused = flaw(name, (each.name for each in entries.values() if not each.deleted))
        if refused is not None:
            raise refusal(refused)
        if not self.store.folders:
            raise RefusedError("no_documents", 409)
        return _Entry(name, f"{self.store.folders[0]}/{name}.yaml")

    def kind(self, file: str) -> str:
        if self.store.is_of_a_folder(file):
            return "scales" if file.rsplit("/", 1)[-1] == _SCALES else "scenario"
        return "hardware" if "/" in file else "config"

    async def ask(self, job: Job) -> Any:
        return await ask(self.store, job)


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""
    shelf = _Shelf(reception)

    async def overview(request: Request) -> Response:
        entries = await shelf.entries()
        here = [each for each in entries.values() if not each.deleted]
        rows = await shelf.ask(Overview(tuple(each.file for each in here), reception.language(request)))
        told = [{"name": each.name, **row, **_standing(each)} for each, row in zip(here, rows, strict=True)]
        return JSONResponse([*told, *(_gone(each) for each in entries.values() if each.deleted)])

    def _standing(entry: _Entry) -> dict[str, Any]:
        return {"kind": shelf.kind(entry.file), "writable": shelf.store.is_of_a_folder(entry.file), "deleted": False}

    async def read(request: Request) -> Response:
        entry = await shelf.known(request)
        version = await _version(shelf.store, entry)
        standing = _standing(entry)
        return JSONResponse(
            {"name": entry.name, "file": entry.file, "text": version.text, "fingerprint": version.fingerprint,
             "kind": standing["kind"], "writable": standing["writable"]}
        )  # fmt: skip

    async def save(request: Request) -> Response:
        entry, text = await shelf.any(request), await _text(reception, request)
        edited = edited_version(request, new=True)
        if edited is not None and entry.name not in await shelf.entries():
            raise RefusedError("unknown_document", 404, None, {"name": entry.name})
        _may_write(shelf.store, entry)
        done = await shelf.store.write(Change(entry.file, text, edited))
        return _saved(request, entry, done)

    async def delete(request: Request) -> Response:
        entry, edited = await shelf.known(request), edited_version(request)
        _may_write(shelf.store, entry)
        done = await shelf.store.write(Change(entry.file, None, edited))
        passed(reception, request, done)
        return JSONResponse({"ok": True})

    async def examine(request: Request) -> Response:
        entry, text = await shelf.any(request), await _text(reception, request)
        return JSONResponse(await shelf.ask(Examine(entry.file, text, reception.look(request).wording.interface)))

    async def dry_run(request: Request) -> Response:
        entry, text = await shelf.any(request), await _text(reception, request)
        _is_scenario(shelf, entry)
        language, now = reception.language(request), asyncio.get_running_loop().time()
        job = DryRun(entry.file, text, language, tuple(reception.hub.readings.values()), now)
        return Response(await shelf.ask(job), media_type=JSON)

    async def rename(request: Request) -> Response:
        entry, edited = await shelf.known(request), edited_version(request)
        _is_scenario(shelf, entry)
        to = shelf.new(await _argument(reception, request, "to"), await shelf.entries())
        to = _Entry(to.name, f"{entry.file.rpartition('/')[0]}/{to.name}.yaml")
        version = await _version(shelf.store, entry)
        plan = await shelf.ask(PlanRename(entry.file, to.file))
        if plan.obstacles:
            places = {"name": entry.name, "places": ", ".join(plan.obstacles)}
            raise RefusedError("document_named", 409, None, places)
        texts = dict(plan.texts)
        done = await shelf.store.rename(
            entry.file,
            to.file,
            Change(to.file, texts.pop(entry.file, version.text), None),
            *(Change(file, text, fingerprint(plan.read[file])) for file, text in texts.items()),
            Change(entry.file, None, edited),
        )
        return _saved(request, to, done, texts)

    async def versions(request: Request) -> Response:
        entry = await shelf.known(request, deleted=True)
        kept = await shelf.store.kept(entry.file)
        return JSONResponse([{"number": v.number, "replaced_at": iso(v.replaced_at), "size": v.size} for v in kept])

    async def version(request: Request) -> Response:
        entry, number = await shelf.known(request, deleted=True), request.path_params["number"]
        if not number.isascii() or not number.isdecimal() or len(number) > 9:
            raise RefusedError("unknown_version", 404, None, {"name": entry.name, "number": number})
        text = await shelf.store.read_kept(entry.file, int(number))
        if isinstance(text, Refusal):
            raise refusal(text)
        return JSONResponse({"text": text})

    async def archive(_request: Request) -> Response:
        entries = [each for each in (await shelf.entries()).values() if not each.deleted]
        found = [await shelf.store.read(each.file) for each in entries]
        packed = await asyncio.to_thread(_packed, [each for each in found if isinstance(each, Version)])
        headers = {"content-disposition": f'attachment; filename="{reception.hub.exhibition.id}.zip"'}
        return Response(packed, media_type="application/zip", headers=headers)

    async def explanation(request: Request) -> Response:
        code = request.path_params["code"].upper()
        found = explain(code, reception.look(request).wording.interface)
        if found is None:
            raise RefusedError("unknown_code", 404, nearest(code, codes()), {"name": code})
        return JSONResponse({"code": found.code, "text": found.text, "wrong": found.wrong, "right": found.right})

    def _saved(
        request: Request, entry: _Entry, done: Written | Refusal | Faulty, rewritten: Iterable[str] = ()
    ) -> Response:
        written = passed(reception, request, done)
        reasons = not_played(reception, request, entry.file)
        return JSONResponse(
            {
                "ok": True,
                "name": entry.name,
                "file": entry.file,
                "fingerprint": written.fingerprints[entry.file],
                "problems": [
                    told(reception, request, problem) for problem in written.problems if problem.file == entry.file
                ],
                "rewritten": sorted(rewritten),
                "taken_over": not reasons,
                "reasons": reasons,
            }
        )

    ref, done = shapes.ref, shapes.object_of(ok={"const": True})
    one, ours = "/api/documents/{name}", partial(Endpoint, role=Role.MAINTAINER, tag="documents")
    kept = {"type": "array", "items": ref("Kept")}
    text = shapes.object_of(text={"type": "string"})
    number = {"number": {"type": "string", "pattern": "^[0-9]{1,9}$"}}
    return [
        ours("GET", "/api/documents", overview, "The documents, with how many problems each has",
                 shapes.list_of("Document"), refusals=(409, 503)),
        ours("GET", one, read, "The text of a document, and its fingerprint", ref("DocumentText"),
                 refusals=(404, 409, 500)),
        ours("PUT", one, save, "Check a document with all others and save it; the version before is kept", ref("Saved"),
                 body=_TEXT, headers=IF_MATCH | IF_NEW, refusals=(404, 409, 412, 422, 428, 500, 503, 507)),
        ours("DELETE", one, delete, "Delete a document that no other names; its versions are kept", done,
                 headers=IF_MATCH, refusals=(404, 409, 412, 422, 428, 500, 503, 507)),
        ours("POST", f"{one}/check", examine, "Check a text without saving it, and retell it", ref("Examined"),
                 body=_TEXT, refusals=(409, 503)),
        ours("POST", f"{one}/dry_run", dry_run, "Play a text on the virtual model alone, with the readings of now",
                 ref("DryRun"), body=_TEXT, refusals=(409, 503)),
        ours("POST", f"{one}/rename", rename, "Give a scenario another name, also where others name it", ref("Saved"),
                 body=shapes.object_of(to={"type": "string", "pattern": FORM}), headers=IF_MATCH,
                 refusals=(404, 409, 412, 422, 428, 500, 503, 507)),
        ours("GET", f"{one}/versions", versions, "The former versions of a document, the newest first", kept,
                 refusals=(404, 409)),
        ours("GET", f"{one}/versions/{{number}}", version, "The text of a former version", text,
                 variables=number, refusals=(404, 409, 500)),
        ours("GET", "/api/documents.zip", archive, "All documents in one file", None, media="application/zip",
                 refusals=(409,)),
        Endpoint("GET", "/api/problems/{code}", explanation, "What a problem's code means", ref("Explanation"),
                 refusals=(404,), tag="documents"),
    ]  # fmt: skip


# -- requests --------------------------------------------------------------------------------------------------------


async def _text(reception: Reception, request: Request) -> str:
    return await _argument(reception, request, "text")


async def _argument(reception: Reception, request: Request, name: str) -> str:
    payload = await reception.body(request, limit=LONGEST_TEXT)
    extra = next((key for key in payload if key != name), None)
    if extra is not None:
        raise RefusedError("unknown_argument", 400, nearest(extra, [name]), {"name": extra})
    if not isinstance(payload.get(name), str):
        raise RefusedError("missing_argument", 400, None, {"name": name})
    text: str = payload[name]
    return text


async def _version(store: DocumentStore, entry: _Entry) -> Version:
    version = await store.read(entry.file)
    if isinstance(version, Refusal):
        raise refusal(version)
    return version


def _may_write(store: DocumentStore, entry: _Entry) -> None:
    if not store.is_of_a_folder(entry.file):
        raise RefusedError("document_elsewhere", 409, None, {"name": entry.file})


def _is_scenario(shelf: _Shelf, entry: _Entry) -> None:
    if shelf.kind(entry.file) != "scenario":
        raise RefusedError("no_scenario", 409, None, {"name": entry.file})


# -- answers ---------------------------------------------------------------------------------------------------------


def _gone(entry: _Entry) -> dict[str, Any]:
    nothing = {"title": None, "steps": None, "duration_s": None, "idle": False, "errors": 0, "warnings": 0}
    return {"name": entry.name, "file": entry.file, "kind": "scenario", **nothing, "writable": True, "deleted": True}


def _packed(versions: Iterable[Version]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for version in versions:
            archive.writestr(version.name, version.text)
    return target.getvalue()
