"""The console process: the stage's line on one side, people and machines on the other, one asyncio loop between them."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Awaitable

from starlette.types import ASGIApp

from maquette.console.access import access_file
from maquette.console.access.access import Access, seen_here
from maquette.console.access.sessions import Moment
from maquette.console.documents.reload import Reloader
from maquette.console.documents.store import DocumentStore
from maquette.console.health.rounds import going_round
from maquette.console.hub import Hub
from maquette.console.mqtt.bridge import mqtt_bridge
from maquette.console.server import listen, listen_here, make_server
from maquette.console.start import ConsoleStart
from maquette.console.trial.bench import Bench
from maquette.console.visitors_log import keeping_votes
from maquette.console.web import Web
from maquette.core.alerts import NEW_PIN
from maquette.ops.clock import boot_word, is_trusted
from maquette.ops.log import start_logging
from maquette.ops.mailbox import inherited_channel

log = logging.getLogger(__name__)


def main() -> None:
    """Run the console as a child of the stage until the line to it ends."""
    start_logging("console")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run())


async def _run() -> None:
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[object] = asyncio.Queue()

    def receive(message: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended; so will the process
            loop.call_soon_threadsafe(inbox.put_nowait, message)

    channel = inherited_channel(receive)
    channel.start()
    start = await inbox.get()
    if not isinstance(start, ConsoleStart):
        raise TypeError(f"the first message must be ConsoleStart, not {type(start).__name__}")
    hub = Hub(start, channel.post)
    tasks: list[asyncio.Task[None]] = []
    try:
        with (
            mqtt_bridge(hub, start.mqtt, loop),
            keeping_votes(hub, start, channel.post),
            going_round(hub, None if start.documents is None else start.documents.state),
        ):
            tasks.append(asyncio.create_task(_carry(inbox, hub), name="courier"))
            store: DocumentStore | None = None
            if start.documents is not None:
                bench = Bench(start.documents)
                reloader = Reloader(hub, start.documents, channel.post, bench)
                hub.reload = reloader.obey
                tasks.append(asyncio.create_task(reloader.run(), name="reloader"))
                store = DocumentStore(start.documents, reloader, bench)
            app = Web(hub, _access(hub, start), store).app
            doors = [asyncio.create_task(_open(app, listen(hub)), name="door")]
            if start.socket is not None:
                doors.append(
                    asyncio.create_task(_open(seen_here(app), listen_here(hub, start.socket)), name="side door")
                )
            tasks += doors
            ended, _ = await asyncio.wait(doors, return_when=asyncio.FIRST_COMPLETED)
            for door in ended:
                door.result()
    finally:
        for task in tasks:
            task.cancel()
        channel.close()


def _access(hub: Hub, start: ConsoleStart) -> Access:
    boot = boot_word()

    def now() -> Moment:
        return Moment(boot, time.monotonic(), time.time() if is_trusted() else None)

    def may_set_pin() -> bool:
        return any(alert.code == NEW_PIN for alert in hub.alerts)

    file = None if start.documents is None else start.documents.state / access_file.NAME
    return Access(start.settings, now, simulated=start.exhibition.simulated, file=file, may_set_pin=may_set_pin)


async def _open(app: ASGIApp, listening: Awaitable[socket.socket]) -> None:
    await make_server(app).serve(sockets=[await listening])


async def _carry(inbox: asyncio.Queue[object], hub: Hub) -> None:
    while True:
        hub.receive(await inbox.get())
