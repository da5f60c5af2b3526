"""Health, for people and for other machines: the morning report, and metrics."""

import asyncio
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maquette.console import shapes
from maquette.console.endpoint import Endpoint
from maquette.console.health.inspection import Inspection
from maquette.console.health.remedies import Area
from maquette.console.health.report import is_ready
from maquette.console.hub import Hub
from maquette.console.reception import Reception
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.readings import iso
from maquette.core.vitals import Vitals
from maquette.ops.clock import read_clock
from maquette.ops.machine import Machine

Exposition = Callable[[Hub, Vitals | None, str, Machine], tuple[bytes, str]]


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""
    hub = reception.hub

    async def health(request: Request) -> Response:
        await hub.ask_vitals()  # restarts of a minute ago are old
        language, clock = reception.language(request), read_clock(hub.time_zone)
        inspection = Inspection(hub, language, clock, time.monotonic())
        findings = inspection.findings()
        titles = Titles(hub.exhibition, Wording(language))
        moment = Wording(language).moment(clock.local, clock) if clock.trusted else None
        view = {
            "ready": is_ready(findings),
            "text": inspection.summary(findings),
            "looked_at": iso(clock.local) if clock.trusted else None,
            "looked_at_text": moment,
            "findings": [
                {
                    "area": finding.area.value,
                    "subject": finding.subject,
                    "title": titles.feed(finding.subject) if finding.area is Area.FEEDS else None,
                    "state": finding.state.value,
                    "text": finding.text,
                    "remedy": finding.remedy,
                    "command": finding.command,
                }
                for finding in findings
            ],
        }
        return JSONResponse(view)

    async def metrics(request: Request) -> Response:
        vitals = await hub.ask_vitals()
        exposition = await asyncio.to_thread(_load_exposition)
        text, media = exposition(hub, vitals, request.headers.get("accept", ""), Machine())
        return Response(text, media_type=media)

    return [
        Endpoint(
            "GET", "/api/health", health, "The morning report: whether the doors may open, and what to do where something is wrong",
            shapes.ref("Health"), tag="machine",
        ),
        Endpoint(
            "GET", "/metrics", metrics, "Figures for Prometheus: frames, lateness, feeds, supplies, processes; no address and no person",
            None, media="text/plain", tag="machine",
        ),
    ]  # fmt: skip


def _load_exposition() -> Exposition:
    from maquette.console.health.metrics import exposition  # noqa: PLC0415 - its library is loaded for whoever has a Prometheus

    return exposition
