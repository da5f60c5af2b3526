"""The pages: how many frames a second the virtual model draws, how soon its first one, what pages weigh, and what they cost the console.

Run ``python -m tests.benchmarks.pages``. Budgets: ≥ 30 frames a second at 1000 LEDs, drawn without a graphics card; page → first live frame
≤ 1 s on loopback; a page without the plan ≤ 150 kB, uncompressed; a command is acknowledged ≤ 20 ms for 99 % with ten pages watching;
the console's process ≤ 70 MB.
"""

import asyncio
import contextlib
import math
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, Response
from websockets.asyncio.client import connect

from maquette.console.pages import PAGES
from maquette.core.exhibition import ConsoleSettings, Exhibition
from tests.benchmarks.start import pss_mb
from tests.benchmarks.table import Figure, show
from tests.browser import started, window
from tests.console.conftest import Console
from tests.console.fake_stage import FakeStage
from tests.console.fake_territory import COMMUNES, PLACES, make_exhibition, spread
from tests.daemon import Daemon, Installation, Strip, running

LEDS = 1000
RATE = 60
"""Frames a second that the stage tells here: twice what the real one does, so that what the page can do is seen."""
SIZES = ((1280, 800), (1920, 1080))
SECONDS = 6.0
OPENINGS = 5
WATCHERS = 10
COMMANDS = 300

_FIRST_FRAME = """
    const Plain = WebSocket;
    window.WebSocket = class extends Plain {
        constructor(...rest) {
            super(...rest);
            this.addEventListener("message", ({ data }) => { if (data instanceof ArrayBuffer) window.came ??= drawings(); });
        }
    };
    const drawings = () => Number(document.getElementById("stage").dataset.drawn || 0);
    const look = () => {
        if (window.came !== undefined && drawings() > window.came) window.drawnAt = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""


class Lively(Console):
    """A console whose stage tells frames at `RATE`."""

    async def _frames(self) -> None:
        frames = [self.stage.frame(n, n / 30) for n in range(120)]
        sequence = 0
        while True:
            await asyncio.sleep(1 / RATE)
            sequence += 1
            if self.stage.watched:
                self.hub.receive(replace(frames[sequence % len(frames)], sequence=sequence))


def territory(leds: int) -> Exhibition:
    """Return the small territory of the tests with at least so many LEDs, on the shipped plan."""
    plan = (Path(__file__).parents[2] / "hardware" / "vallee-de-la-chimie.svg").read_text("utf-8")
    plain = make_exhibition(plan)
    paths = {name: path for name, (_, _, path) in COMMUNES.items()} | {name: row[2] for name, row in PLACES.items()}
    cards, first = [], 0
    for card in plain.zones:
        count = math.ceil(len(card.leds) * leds / plain.led_count)
        cards.append(replace(card, leds=tuple(range(first, first + count)), places=spread(paths[card.id], count)))
        first += count
    return replace(plain, zones=tuple(cards), led_count=first)


def drawings(page: Page) -> int:
    return int(page.locator("#stage").get_attribute("data-drawn") or 0)


def browsing_s() -> float:
    """Return the processor time that the processes of the browser have used so far."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it may end while we look
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            used[int(entry.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def is_ours(process: int) -> bool:
        parent = parents.get(process, 0)
        return parent == os.getpid() or (parent > 1 and is_ours(parent))

    return sum(seconds for process, seconds in used.items() if is_ours(process))


def frames_per_second(browser: Browser, url: str, size: tuple[int, int]) -> tuple[float, float]:
    """Open the virtual model in a window of a size; return how many frames it draws in a second, and the processor time of each."""
    with window(browser, *size) as page:
        page.goto(f"{url}/model")
        page.wait_for_function("() => Number(document.getElementById('stage').dataset.drawn) > 30")
        began, before, used = time.monotonic(), drawings(page), browsing_s()
        page.wait_for_timeout(SECONDS * 1000)
        drawn = max(1, drawings(page) - before)
        return drawn / (time.monotonic() - began), (browsing_s() - used) / drawn


def first_frame_s(browser: Browser, url: str) -> float:
    """Open the virtual model in a new browser profile, and return the seconds to its first frame that came over the line."""
    with window(browser, 1280, 800) as page:
        page.add_init_script(_FIRST_FRAME)
        page.goto(f"{url}/model")
        page.wait_for_function("() => window.drawnAt")
        return float(page.evaluate("window.drawnAt")) / 1000


def weight_kb(browser: Browser, url: str) -> tuple[float, float]:
    """Open a page, and return its weight and that of the data it asked for, in kilobytes; the plan and pictures weigh nothing here."""
    found: list[Response] = []

    def keep(answer: Response) -> None:
        found.append(answer)

    with window(browser, 1280, 800) as page:
        page.on("response", keep)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        sizes = {answer.url: len(answer.body()) for answer in found if answer.request.resource_type != "image"}
    data = sum(size for address, size in sizes.items() if "/api/" in address)
    return (sum(sizes.values()) - data) / 1000, data / 1000


def watch(address: str) -> None:
    """Be ten pages that watch the frames, until the process is ended."""

    async def watch_one() -> None:
        async with connect(f"{address.replace('http', 'ws')}/api/live") as line:
            await line.send('{"watch": "frame"}')
            async for message in line:
                if isinstance(message, bytes):
                    await line.send('{"watch": "frame"}')

    async def watch_all() -> None:
        await asyncio.gather(*(watch_one() for _ in range(WATCHERS)))

    asyncio.run(watch_all())


@contextlib.contextmanager
def watched(address: str) -> Iterator[None]:
    """Let ten pages watch, from a process of their own."""
    watchers = multiprocessing.get_context("spawn").Process(target=watch, args=(address,), daemon=True)
    watchers.start()
    try:
        yield
    finally:
        watchers.terminate()
        watchers.join()


def answers_s(daemon: Daemon) -> list[float]:
    """Set the brightness again and again, and return the seconds to each answer, which comes when the stage has done it."""
    found = []
    with requests.Session() as session:
        session.trust_env = False
        for number in range(COMMANDS + 20):
            command = {"command": "brightness", "percent": 70 + number % 2}
            began = time.perf_counter()
            answer = session.post(f"{daemon.address}/api/commands", json=command, timeout=10).json()
            found.append(time.perf_counter() - began)
            assert answer["ok"], answer
    return sorted(found[20:])


def figures() -> list[Figure]:
    """Return what pages do, weigh and cost."""
    rows = []
    with started() as browser:
        with Lively(FakeStage(territory(LEDS)), ConsoleSettings(port=0)) as console:
            console.stage.begin()
            for size in SIZES:
                how = (
                    f"{SECONDS:.0f} s, headless Chromium, no graphics card, {RATE} frames/s offered; its processor time"
                )
                found, each = frames_per_second(browser, console.url, size)
                what = f"/model, {console.stage.exhibition.led_count} LEDs, {size[0]} × {size[1]}"
                rows.append(Figure(what, f"{found:.0f} frames/s, {each * 1e3:.0f} ms each", "≥ 30 frames/s", how))
        with tempfile.TemporaryDirectory() as folder, contextlib.closing(Strip()) as strip:
            installation = Installation(Path(folder), strip)
            with running(installation, "--simulate") as daemon:
                daemon.wait_for("/api/state", bool)
                rows += _of_a_daemon(browser, daemon)
    return rows


def _of_a_daemon(browser: Browser, daemon: Daemon) -> list[Figure]:
    first = [first_frame_s(browser, daemon.address) for _ in range(OPENINGS)]
    weights = {path: weight_kb(browser, daemon.address + path) for path in PAGES.values()}
    with watched(daemon.address):
        daemon.wait_for("/api/state", bool)
        time.sleep(2.0)
        answers = answers_s(daemon)
        memory = pss_mb(daemon.children()["console"])
    middle, late = statistics.median(answers) * 1e3, answers[int(0.99 * len(answers))] * 1e3
    return [
        Figure(
            "page → first live frame",
            f"median {statistics.median(first):.2f} s, longest {max(first):.2f} s",
            "≤ 1 s",
            f"navigation → the first frame of the line is drawn on /model, empty cache, loopback, {OPENINGS} times",
        ),
        *(
            Figure(
                f"weight of {path}", f"{size:.0f} kB, data {data:.0f} kB", "≤ 150 kB",
                "HTML, style, scripts, words, uncompressed; without plan and pictures; data: what it asks the API for at first",
            )
            for path, (size, data) in weights.items()
        ),
        Figure(
            f"command → answer, {WATCHERS} pages watching",
            f"median {middle:.1f} ms, p99 {late:.1f} ms",
            "p99 ≤ 20 ms",
            f"POST /api/commands on one connection, {COMMANDS} times; answered when the stage has done it",
        ),
        Figure("memory of the console", f"{memory:.0f} MB", "≤ 70 MB", f"PSS, all pages served, {WATCHERS} pages watching"),
    ]  # fmt: skip


if __name__ == "__main__":
    show(figures())
