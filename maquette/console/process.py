"""The console process: the stage's line on one side, people and machines on the other, one asyncio loop between them."""

import asyncio
import contextlib
import logging

from maquette.console.access import Access
from maquette.console.hub import Hub
from maquette.console.mqtt_bridge import mqtt_bridge
from maquette.console.reload import Reloader
from maquette.console.server import listen, make_server
from maquette.console.start import ConsoleStart
from maquette.console.visitors_log import keeping_votes
from maquette.console.web import Web
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
        with mqtt_bridge(hub, start.mqtt, loop), keeping_votes(hub, start, channel.post):
            tasks.append(asyncio.create_task(_carry(inbox, hub), name="courier"))
            if start.documents is not None:
                reloader = Reloader(hub, start.documents, channel.post)
                hub.reload = reloader.obey
                tasks.append(asyncio.create_task(reloader.run(), name="reloader"))
            web = Web(hub, Access(start.settings, loop.time))
            await make_server(web.app).serve(sockets=[await listen(hub)])
    finally:
        for task in tasks:
            task.cancel()
        channel.close()


async def _carry(inbox: asyncio.Queue[object], hub: Hub) -> None:
    while True:
        hub.receive(await inbox.get())
