"""olad, the Open Lighting daemon, as the peer of sACN and Art-Net: it runs in a network of its own, and so do the outputs that speak to it.

The file is both ends: a test has an `Olad`; inside the network, `python -m tests.stage.olad` starts the daemon, shows what the test says
through our outputs, and reads back what the daemon has received. One line of JSON each way. No root is needed: the network is a namespace.
"""

import contextlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

ROOT = Path(__file__).parents[2]
OLA = ROOT / ".cache" / "ola" / "usr"
ARTNET_UNIVERSES = (1, 2, 3, 4)
SACN_UNIVERSES = (11, 12, 13, 14, 15, 16)
_OTHER_PLUGINS = (
    *(
        "dummy",
        "espnet",
        "ftdidmx",
        "gpio",
        "karate",
        "kinet",
        "milinst",
        "opendmx",
        "openpixelcontrol",
        "osc",
        "pathport",
    ),
    *("renard", "sandnet", "shownet", "spi", "stageprofi", "uartdmx", "usbdmx", "usbserial"),
)
_HTTP = "http://127.0.0.1:9090"
_WAIT_S = 20.0

_NETWORK = """
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
ip link add hall type veth peer name desk
ip address add 192.0.2.1/24 dev hall
ip link set hall up
ip link set desk up
ip route add default dev hall
exec "$@"
"""
"""A loopback interface, and another one for the multicast: olad listens to E1.31 on no loopback."""


class Olad:
    """A running olad; a context manager. It has the Art-Net universes 1 to 4 and the sACN ones 11 to 16."""

    def __enter__(self) -> Self:
        assert (OLA / "bin" / "olad").exists(), "olad is not there: tests/peers fetches it"
        self._inside = subprocess.Popen(
            [
                "unshare",
                "--map-root-user",
                "--net",
                "sh",
                "-ec",
                _NETWORK,
                "sh",
                sys.executable,
                "-m",
                "tests.stage.olad",
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        with self._inside:
            assert self._inside.stdin is not None
            self._inside.stdin.close()
            self._inside.wait(_WAIT_S)

    def show(self, options: Mapping[str, Any], frame: bytes) -> None:
        """Show a frame on a strip, which is opened when it is new."""
        assert self._ask({"options": options, "frame": frame.hex()}) == "shown"

    def close(self, options: Mapping[str, Any]) -> None:
        """Blank a strip and close its output."""
        assert self._ask({"options": options, "frame": None}) == "closed"

    def received(self, universe: int, wanted: bytes) -> bytes:
        """Return a universe's slots: as many as are wanted, and as soon as they are so, or what they are after a while."""
        return bytes(self._ask({"universe": universe, "wanted": list(wanted)}))

    def _ask(self, question: Mapping[str, Any]) -> Any:
        assert self._inside.stdin is not None
        self._inside.stdin.write(json.dumps(question) + "\n")
        self._inside.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._inside.stdout is not None
        line = self._inside.stdout.readline()
        assert line, "olad's network is gone; what it said stands above"
        return json.loads(line)


# -- inside -----------------------------------------------------------------------------------------------------------


def _serve() -> None:
    from maquette.stage.outputs import STRIP_DOCUMENTS, make_output

    outputs: dict[str, Any] = {}
    with _daemon():
        _say("ready")
        for line in sys.stdin:
            question = json.loads(line)
            if "universe" in question:
                _say(_read(question["universe"], question["wanted"]))
                continue
            options = question["options"]
            name = json.dumps(options)
            if question["frame"] is None:
                outputs[name].blank()
                outputs.pop(name).close()
                _say("closed")
                continue
            if name not in outputs:
                outputs[name] = make_output(STRIP_DOCUMENTS[options["driver"]].read(options))
                outputs[name].open()
            while not outputs[name].show(bytes.fromhex(question["frame"])):
                time.sleep(0.001)  # dropped frames are shown again, as the loop does
            _say("shown")


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def _read(universe: int, wanted: list[int]) -> list[int]:
    """Ask olad until a universe is as wanted: nothing tells when it has taken a packet."""
    end = time.monotonic() + _WAIT_S
    while True:
        found: list[int] = _get(f"/get_dmx?u={universe}")["dmx"][: len(wanted)]
        if found == wanted or time.monotonic() > end:
            return found
        time.sleep(0.002)  # olad answers questions, it tells nothing by itself


def _get(path: str) -> Any:
    with urllib.request.urlopen(_HTTP + path, timeout=_WAIT_S) as answer:
        return json.load(answer)


@contextlib.contextmanager
def _daemon() -> Iterator[None]:
    with TemporaryDirectory() as folder:
        _configure(Path(folder))
        # It refuses to be root, even the root of a network that has only this process.
        user = ["unshare", "--user", "--map-user=1", "--map-group=1"]
        command: list[str | Path] = [
            OLA / "bin" / "olad",
            "-c",
            folder,
            "-d",
            OLA / "share" / "olad" / "www",
            "--no-register-with-dns-sd",
        ]
        daemon = subprocess.Popen([*user, *command], stdin=subprocess.DEVNULL, stdout=sys.stderr)
        try:
            while not _listens():
                assert daemon.poll() is None, "olad has ended"
                time.sleep(0.02)  # as above
            yield
        finally:
            daemon.terminate()
            daemon.wait(_WAIT_S)


def _listens() -> bool:
    try:
        return not _get(f"/get_dmx?u={SACN_UNIVERSES[-1]}")["error"]
    except (urllib.error.URLError, ConnectionError):
        return False


def _configure(folder: Path) -> None:
    """Write what olad reads at its start: two plug-ins, and universes on their ports."""
    written = {name: ["enabled = false"] for name in _OTHER_PLUGINS}
    written["artnet"] = ["enabled = true", "ip = 127.0.0.1", "use_loopback = true"]
    written["e131"] = ["enabled = true", f"input_ports = {len(SACN_UNIVERSES)}"]
    ports = [f"2-1-I-{port} = {universe}" for port, universe in enumerate(ARTNET_UNIVERSES)]
    ports += [f"11-1-I-{port} = {universe}" for port, universe in enumerate(SACN_UNIVERSES)]
    written["port"] = ports
    written["universe"] = [f"uni_{number}_merge = LTP" for number in (*ARTNET_UNIVERSES, *SACN_UNIVERSES)]
    for name, lines in written.items():
        (folder / f"ola-{name}.conf").write_text("\n".join(lines) + "\n")
    for path in (folder, *folder.iterdir()):
        path.chmod(0o777)


if __name__ == "__main__":
    _serve()
