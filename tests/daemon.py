"""A real daemon for the tests: the shipped model on free ports of the loopback interface, with a state folder of its own."""

import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import yaml
from playwright.sync_api import Page

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
PIN = "246813"
"""What a mediator of these models types."""
PATIENCE_S = 60.0
"""Seconds after which a test gives up waiting; what it waits for comes by itself, sooner or later."""


class Strip:
    """Receives DDP as a WLED controller does: one picture for all the strips, shown when a packet says PUSH."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE_S)
        self.port = int(self._socket.getsockname()[1])
        self.pixels = bytearray(3 * 2000)

    def packet(self) -> None:
        """Take one packet."""
        data = self._socket.recv(2048)
        offset, length = int.from_bytes(data[4:8]), int.from_bytes(data[8:10])
        assert len(data) == 10 + length
        self.pixels[offset : offset + length] = data[10:]

    def until(self, wanted: Callable[[bytes], bool]) -> bytes:
        """Take packets until the picture is as wanted; return it."""
        end = time.monotonic() + PATIENCE_S
        while True:
            self.packet()
            if wanted(bytes(self.pixels)):
                return bytes(self.pixels)
            assert time.monotonic() < end, "the picture never came"

    def come(self) -> list[bytes]:
        """Take the packets that have come already; return the picture after each."""
        pictures = []
        while select.select([self._socket], [], [], 0)[0]:
            self.packet()
            pictures.append(bytes(self.pixels))
        return pictures

    def close(self) -> None:
        self._socket.close()


class Installation:
    """A copy of the shipped documents: strips lie on loopback, servos stand on pins, feeds reach nothing but what a test gives."""

    def __init__(self, folder: Path, strip: Strip, *, mqtt_port: int | None = None, feeds: str | None = None) -> None:
        self.folder = folder
        for name in ("hardware", "scenarios"):
            shutil.copytree(ROOT / name, folder / name)
        hardware = folder / "hardware" / "vallee-de-la-chimie.yaml"
        text = hardware.read_text()
        assert "driver: ddp" in text
        text = re.sub(r"host: [\w.-]+", f"host: 127.0.0.1, port: {strip.port}", text)
        # Servos stand on pins, which can be simulated without a kernel's I2C.
        for channel, pin in enumerate((12, 18, 19)):
            assert f"driver: pca9685\n    channel: {channel}\n" in text
            text = text.replace(f"driver: pca9685\n    channel: {channel}\n", f"driver: gpiozero\n    pin: {pin}\n")
        hardware.write_text(text)
        config = (ROOT / "config.yaml").read_text()
        broker = f"mqtt: {{host: 127.0.0.1, port: {mqtt_port}}}" if mqtt_port else ""
        config = re.sub(r"^mqtt:.*\n(?:[ \t].*\n)*", broker + "\n", config, flags=re.MULTILINE)
        if feeds is not None:
            config = re.sub(r"^feeds:.*\n(?:[ \t].*\n|\n)*", f"{feeds}\n", config, flags=re.MULTILINE)
            shipped, given = (yaml.safe_load(text)["feeds"] for text in ((ROOT / "config.yaml").read_text(), config))
            _leave_out_scenarios(folder / "scenarios", set(shipped) - set(given or ()))
        shipped = "\nconsole: {port: 8080}\n"
        assert shipped in config
        self.config = folder / "config.yaml"
        self.config.write_text(config.replace(shipped, '\nconsole: {port: 8080, pin: "${MAQUETTE_PIN}"}\n'))
        self.state = folder / "state"
        self.port = free_port()


def _leave_out_scenarios(scenarios: Path, without: set[str]) -> None:
    """Delete the scenarios that tell of feeds which are not there, and that no other document names."""
    named = {
        "veille",
        *re.findall(r"^ends: (\w+)", "\n".join(p.read_text() for p in scenarios.glob("*.yaml")), re.MULTILINE),
    }
    names = re.compile(rf"\b({'|'.join(sorted(without))})[.\[]")
    for path in scenarios.glob("*.yaml"):
        if without and path.stem not in named and names.search(path.read_text(encoding="utf-8")):
            path.unlink()


class Daemon:
    """The running program, as its user starts it."""

    def __init__(
        self,
        installation: Installation,
        *arguments: str,
        trusted_clock: bool = True,
        verb: tuple[str, ...] = ("run",),
        pins: str = "mock",
    ) -> None:
        self.installation = installation
        self.address = f"http://127.0.0.1:{installation.port}"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the machine's has no part in this
        environment = {
            **os.environ,
            "GPIOZERO_PIN_FACTORY": pins,
            "GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin",
            # Nothing outside answers: a proxy where nobody listens.
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
            "no_proxy": "127.0.0.1",
            "MAQUETTE_CLOCK": "trusted" if trusted_clock else "untrusted",
            "MAQUETTE_PIN": PIN,
        }
        self.log = installation.folder / "daemon.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "maquette", *verb, str(installation.config),
                    "--port", str(installation.port), "--state", str(installation.state), *arguments,
                ],
                env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT,
            )  # fmt: skip

    def get(self, path: str) -> Any:
        return self._session.get(self.address + path, timeout=PATIENCE_S).json()

    def command(self, **command: object) -> Any:
        return self.post("/api/commands", command)

    def post(self, path: str, payload: object) -> Any:
        """Ask as a mediator's page does, signed in."""
        if not self._session.cookies:
            assert self._post("/api/session", {"pin": PIN})["may_act"]
        return self._post(path, payload)

    def sign_in(self, page: Page) -> None:
        """Let the browser of a page act, before it opens one."""
        answer = page.request.post(f"{self.address}/api/session", data={"pin": PIN}, headers={"origin": self.address})
        assert answer.ok, answer.text()

    def set_pin(self, pin: str) -> Any:
        """Ask for a new PIN, as whoever stands at the model may for a while."""
        return self._post("/api/pin", {"pin": pin}, "PUT")

    def _post(self, path: str, payload: object, method: str = "POST") -> Any:
        headers = {"origin": self.address}
        address = self.address + path
        return self._session.request(method, address, json=payload, headers=headers, timeout=PATIENCE_S).json()

    def wait_for(self, path: str, wanted: Callable[[Any], bool]) -> Any:
        """Ask until the answer is as wanted; return it."""
        end = time.monotonic() + PATIENCE_S
        answer: Any = None
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            try:
                answer = self.get(path)
            except (requests.RequestException, json.JSONDecodeError):
                answer = None
            if answer is not None and wanted(answer):
                return answer
            time.sleep(0.05)  # polling a page, as a browser would
        raise AssertionError(f"{path} never was as wanted: {answer}\n{self.log.read_text()}")

    def children(self) -> dict[str, int]:
        """Process ids of the children by the name of their room."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue  # it ended while we looked
            if parent == self.process.pid and b"-m" in words:
                found[words[words.index(b"-m") + 1].decode().removeprefix("maquette.")] = int(entry.name)
        return found

    def stop(self) -> int:
        """Ask the daemon to end and return its exit code; one that does not is killed, and its children end with it."""
        self._session.close()
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(
    installation: Installation,
    *arguments: str,
    trusted_clock: bool = True,
    verb: tuple[str, ...] = ("run",),
    pins: str = "mock",
) -> Iterator[Daemon]:
    daemon = Daemon(installation, *arguments, trusted_clock=trusted_clock, verb=verb, pins=pins)
    try:
        yield daemon
    finally:
        daemon.stop()
