"""Saving: what every route that tries or writes documents has in common: which version was edited, jobs, refusals, what came of it."""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from maquette.console.commands import Refusal, status_of
from maquette.console.documents.store import DocumentStore, Faulty, Written
from maquette.console.endpoint import Query, RefusedError
from maquette.console.reception import Reception
from maquette.console.trial.jobs import Job
from maquette.errors import TrialError

if TYPE_CHECKING:
    from maquette.config.problems import Problem

IF_MATCH = {
    "If-Match": Query(
        "the fingerprint of the version that was edited", {"type": "string", "pattern": '^"?[0-9a-f]{64}"?$'}
    )
}
IF_NEW = {"If-None-Match": Query("`*` makes a new document", {"const": "*"})}

_NOT_PLAYED = ("documents_refused", "dry_run_failed", "reload_failed", "swap_failed")
_NOT_THIS = ("document_last_good", "document_waits", "scenario_left_out", "restart_needed")


def refusal(refused: Refusal) -> RefusedError:
    """Return what is raised for a refusal."""
    return RefusedError(refused.code, status_of(refused.code), refused.hint, refused.arguments)


async def ask(store: DocumentStore, job: Job) -> Any:
    """Give a job to the process in which documents are tried, and return its answer.

    Raises:
        RefusedError: it is busy, took too long or failed; or the answer is a refusal.
    """
    try:
        answer = await store.bench.ask(job)
    except TrialError as error:
        raise RefusedError(error.code, status_of(error.code)) from error
    if isinstance(answer, Refusal):
        raise refusal(answer)
    return answer


def edited_version(request: Request, *, new: bool = False) -> str | None:
    """Return the fingerprint of the version that was edited; None for a document that is to be new, where that may be.

    Raises:
        RefusedError: the request does not tell it.
    """
    if new and request.headers.get("if-none-match") == "*":
        return None
    edited = request.headers.get("if-match", "").strip().strip('"')
    if not edited:
        raise RefusedError("fingerprint_missing", 428)
    return edited


def passed(reception: Reception, request: Request, done: Written | Refusal | Faulty) -> Written:
    """Return what was written.

    Raises:
        RefusedError: nothing was; with the ``problems`` where these are why.
    """
    if isinstance(done, Refusal):
        raise refusal(done)
    if isinstance(done, Faulty):
        problems = [told(reception, request, problem) for problem in done.problems]
        raise RefusedError("document_wrong", 422, None, {"count": str(len(problems))}, more={"problems": problems})
    return done


def told(reception: Reception, request: Request, problem: "Problem") -> dict[str, Any]:
    """Return a problem in the reader's language, with its line."""
    from maquette.config.problems import drawn  # noqa: PLC0415 - whoever has a problem has loaded it

    return drawn(problem, reception.look(request).wording.interface)


def not_played(reception: Reception, request: Request, file: str) -> list[str]:
    """Return why a document that was written is not what is played now, in words; empty when it is."""
    alerts = reception.look(request).alerts()
    reasons = [alert["text"] for code in _NOT_PLAYED for alert in alerts.get(code, ())]
    return reasons + [a["text"] for code in _NOT_THIS for a in alerts.get(code, ()) if a["subject"] == file]
