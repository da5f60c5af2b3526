"""The surroundings: the running model, its broker, its feeds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maquette.config.installation import Installation
from maquette.core.message import message
from maquette.doctor.finding import Finding, note, warning, well
from maquette.ops.machine import Machine


def look_around(machine: Machine, installation: Installation, state: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Give how the model, its broker and its feeds are doing.

    Args:
        machine: from where it is looked.
        installation: what the documents say.
        state: of the running model, as ``GET /api/state`` gives it; None: none runs.
    """
    yield from _model(state)
    yield from _broker(machine, installation)
    yield from _feeds(installation, [] if state is None else state.get("alerts", ()))


def _model(state: Mapping[str, Any] | None) -> Iterator[Finding]:
    if state is None:
        yield note("model", message("doctor_not_running"), None, "sudo systemctl start maquette")
        return
    alerts = state.get("alerts", ())
    if not alerts:
        yield well("model", message("doctor_running"))
    for alert in alerts:
        yield warning("model", message("quoted_text", text=str(alert["text"])))


def _broker(machine: Machine, installation: Installation) -> Iterator[Finding]:
    settings = installation.mqtt
    if settings is None:
        yield note("broker", message("doctor_no_broker"))
        return
    where = f"{settings.host}:{settings.port}"
    problem = machine.answers(settings.host, settings.port)
    if problem is None:
        yield well("broker", message("doctor_broker", where=where))
    else:
        found = message("doctor_broker_silent", where=where, reason=problem)
        mend = "sudo systemctl start mosquitto" if settings.host in ("localhost", "127.0.0.1", "::1") else None
        yield warning("broker", found, message("doctor_broker_silent_means"), mend)


def _feeds(installation: Installation, alerts: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    failing = sum(str(alert.get("code", "")).startswith("feed_") for alert in alerts)
    found = message("doctor_feeds", count=len(installation.feeds))
    if failing:
        yield warning("feeds", found, message("doctor_feeds_failing", count=failing), "maquette feeds")
    else:
        yield note("feeds", found, message("doctor_feeds_means"), "maquette feeds")
