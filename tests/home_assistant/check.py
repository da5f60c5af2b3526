"""A check by the real Home Assistant 2024.3.3, the last for Python 3.11: it finds the model, and plays it. Not collected with the tests.

usage: .venv/bin/python -m tests.home_assistant.check FOLDER     about two minutes, after some minutes of installing the first time

FOLDER gets a virtual environment of Home Assistant's own, which is used again the next time. Python 3.11 and Mosquitto must be there.
Everything listens on the loopback interface and ends with the check.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from websockets.sync.client import connect

from tests.console.broker import Listener, Mosquitto
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PACKAGES = """
homeassistant==2024.3.3 paho-mqtt==1.6.1 Pillow==10.2.0 janus==1.0.0 psutil-home-assistant==0.0.1 securetar==2024.2.1
home-assistant-frontend==20240307.0 aiohttp_cors==0.7.0 aiohttp-fast-url-dispatcher==0.3.0 aiohttp-zlib-ng==0.3.1 SQLAlchemy==2.0.28
fnv-hash-fast==0.5.0 hass-nabucasa==0.78.0 mutagen==1.47.0 ha-av==10.1.1 PyTurboJPEG==1.7.1 numpy==1.26.0 ifaddr==0.2.0 hassil==1.6.1
home-assistant-intents==2024.3.12 josepy==1.14.0
"""
MODEL = "vallee-de-la-chimie"
PATIENCE_S = 120.0
SCENARIO, BRIGHTNESS = f"select.{MODEL.replace('-', '_')}_scenario", f"number.{MODEL.replace('-', '_')}_luminosite"


class HomeAssistant:
    """A Home Assistant that knows nothing but a broker, and its interface for programs."""

    def __init__(self, environment: Path, home: Path, broker: int) -> None:
        self._hass, self._home = environment / "bin" / "hass", home
        self.log = home / "log"
        port = free_port()
        self._url = f"http://127.0.0.1:{port}"
        (home / "configuration.yaml").write_text(
            "homeassistant: {name: Hall, time_zone: Europe/Paris, unit_system: metric}\n"
            f"http: {{server_host: 127.0.0.1, server_port: {port}}}\n"
            "api:\nonboarding:\nlogger: {default: warning}\n"
        )
        entry = {
            "entry_id": "0123456789abcdef0123456789abcdef", "version": 1, "minor_version": 1, "domain": "mqtt", "title": "broker",
            "data": {"broker": "127.0.0.1", "port": broker, "discovery": True}, "options": {}, "pref_disable_new_entities": False,
            "pref_disable_polling": False, "source": "user", "unique_id": None, "disabled_by": None,
        }  # fmt: skip
        (home / ".storage").mkdir()
        stored = {"version": 1, "minor_version": 1, "key": "core.config_entries", "data": {"entries": [entry]}}
        (home / ".storage" / "core.config_entries").write_text(json.dumps(stored))
        self._session = requests.Session()

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [str(self._hass), "-c", str(self._home), "--skip-pip", "--log-no-color"]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self) -> None:
        """End it as its owner does; what it knows it writes then."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def enter(self) -> None:
        """Become its owner."""
        client = {"client_id": f"{self._url}/"}
        owner = {**client, "name": "Hall", "username": "hall", "password": "hall", "language": "fr"}
        until(self._answers, "Home Assistant answers")
        code = self._session.post(f"{self._url}/api/onboarding/users", json=owner, timeout=PATIENCE_S).json()[
            "auth_code"
        ]
        grant = {**client, "grant_type": "authorization_code", "code": code}
        token = self._session.post(f"{self._url}/auth/token", data=grant, timeout=PATIENCE_S).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def _answers(self) -> bool:
        try:
            return self._session.get(f"{self._url}/api/onboarding", timeout=5).ok
        except requests.RequestException:
            return False

    def states(self) -> dict[str, dict[str, Any]]:
        """Return every entity of the model."""
        try:
            found = self._session.get(f"{self._url}/api/states", timeout=PATIENCE_S).json()
        except requests.RequestException:
            return {}
        return {state["entity_id"]: state for state in found if MODEL.replace("-", "_") in state["entity_id"]}

    def state(self, entity: str) -> str | None:
        found = self.states().get(entity)
        return None if found is None else found["state"]

    def units(self) -> list[str]:
        """Return the units of the sensors, sorted."""
        sensors = [state for name, state in self.states().items() if name.startswith("sensor.")]
        return sorted(str(sensor["attributes"].get("unit_of_measurement")) for sensor in sensors)

    def is_honest(self) -> bool:
        """Tell whether every sensor of a reading shows a number only where it is one of now."""
        found = [state for name, state in self.states().items() if name.startswith("sensor.")]
        shown = {
            (s["attributes"].get("quality"), s["state"]) for s in found if s["attributes"].get("device_class") != "enum"
        }
        others = {pair for pair in shown if pair[0] not in ("live", "stale")}
        return others <= {("sample", "unknown"), (None, "unavailable")} and "None" not in {state for _, state in shown}

    def triggers(self) -> set[tuple[str, str]]:
        """Return the triggers of the model's device: their kinds and what they say of which button."""
        with connect(self._url.replace("http", "ws") + "/api/websocket") as line:

            def ask(number: int, kind: str, **values: str) -> list[dict[str, Any]]:
                line.send(json.dumps({"id": number, "type": kind, **values}))
                found: list[dict[str, Any]] = json.loads(line.recv(PATIENCE_S))["result"]
                return found

            line.recv(PATIENCE_S)
            token = str(self._session.headers["Authorization"]).removeprefix("Bearer ")
            line.send(json.dumps({"type": "auth", "access_token": token}))
            line.recv(PATIENCE_S)
            device = next(d["id"] for d in ask(1, "config/device_registry/list") if d["manufacturer"] == "Maquette")
            found = ask(2, "device_automation/trigger/list", device_id=device)
        return {(trigger["type"], trigger["subtype"]) for trigger in found if trigger["domain"] == "mqtt"}

    def call(self, service: str, entity: str, **values: object) -> None:
        """Let it do something with an entity; without a word it does nothing while the entity is unavailable."""
        address = f"{self._url}/api/services/{service.replace('.', '/')}"
        self._session.post(address, json={"entity_id": entity, **values}, timeout=PATIENCE_S).raise_for_status()

    def complaints(self) -> list[str]:
        return [line for line in self.log.read_text(errors="replace").splitlines() if "mqtt" in line or "ERROR" in line]


class Model:
    """The shipped model in simulation, linked to a broker."""

    def __init__(self, folder: Path, broker: int) -> None:
        for name in ("hardware", "scenarios"):
            shutil.copytree(ROOT / name, folder / name)
        self.config = folder / "config.yaml"
        text = (ROOT / "config.yaml").read_text("utf-8")
        self.config.write_text(
            re.sub("^mqtt:.*", f"mqtt: {{host: 127.0.0.1, port: {broker}}}", text, flags=re.MULTILINE)
        )
        self._folder, self._port = folder, free_port()

    def start(self) -> None:
        command = [sys.executable, "-m", "maquette", "run", "--simulate", "--port", str(self._port)]
        command += ["--state", str(self._folder / "state"), str(self.config)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

    def end(self, sign: signal.Signals) -> None:
        self._process.send_signal(sign)
        self._process.wait(20)

    def change(self, before: str, after: str) -> None:
        self.config.write_text(self.config.read_text("utf-8").replace(before, after, 1), "utf-8")

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"http://127.0.0.1:{self._port}/api/state", timeout=5).json()
        return found


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds, and say so; another program gives no other sign of it."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not so: {what}")
        time.sleep(0.2)
    print(f"  well: {what}", flush=True)


@contextmanager
def house(folder: Path, environment: Path) -> Iterator[tuple[HomeAssistant, Model, Listener]]:
    """Start a broker, a Home Assistant and a model; end them all."""
    for name in ("broker", "home", "model"):
        (folder / name).mkdir()
    broker = Mosquitto(folder / "broker")
    broker.start()
    listener = Listener(broker.port)
    assistant, model = HomeAssistant(environment, folder / "home", broker.port), Model(folder / "model", broker.port)
    assistant.start()
    model.start()
    try:
        yield assistant, model, listener
    finally:
        for end in (lambda: model.end(signal.SIGTERM), assistant.stop, listener.close, broker.stop):
            end()


def check(assistant: HomeAssistant, model: Model, listener: Listener) -> None:
    """Walk through what people do in Home Assistant, and what happens to it."""

    def announced() -> dict[str, dict[str, Any]]:
        return {t: json.loads(told) for t, told in listener.retained().items() if t.startswith("homeassistant/")}

    def button(name: str) -> None:
        assistant.call("button.press", SCENARIO.replace("select.", "button.").replace("scenario", name))

    assistant.enter()
    until(lambda: any("/reading-river-flow/" in topic for topic in announced()), "the readings are announced")
    entities = {topic: told for topic, told in announced().items() if "/device_automation/" not in topic}
    until(lambda: len(assistant.states()) == len(entities), f"each of {len(entities)} entities is there")
    units = sorted(str(told.get("unit_of_measurement")) for topic, told in entities.items() if "/sensor/" in topic)
    until(lambda: assistant.units() == units, f"each sensor has its unit: {sorted(set(units))}")
    presses = {(told["type"], told["subtype"]) for topic, told in announced().items() if topic not in entities}
    until(lambda: presses and assistant.triggers() == presses, f"each button triggers: {sorted(presses)}")
    rest, title, *_ = assistant.states()[SCENARIO]["attributes"]["options"]
    until(lambda: assistant.state(SCENARIO) == rest, "the model is at rest")
    print(
        {
            (s["attributes"].get("quality"), s["state"])
            for n, s in assistant.states().items()
            if n.startswith("sensor.") and "options" not in s["attributes"]
        },
        [
            n
            for n, s in assistant.states().items()
            if n.startswith("sensor.") and "options" not in s["attributes"] and s["attributes"].get("quality") is None
        ][:4],
    )
    until(assistant.is_honest, "no sample and no missing value is shown as one of now")
    assistant.call("select.select_option", SCENARIO, option=title)
    until(lambda: model.state()["title"] == title, f"selecting '{title}' plays it")
    until(lambda: assistant.state(SCENARIO) == title, "and the selection says so")
    button("suivant")
    until(lambda: model.state()["step"] == 2, "the button for the next step goes on")
    assistant.call("number.set_value", BRIGHTNESS, value=40)
    until(lambda: model.state()["brightness"] == 40, "the brightness follows")
    until(lambda: assistant.state(BRIGHTNESS) == "40", "and the number says so")
    button("arreter")
    until(lambda: model.state()["state"] == "idle", "the button to stop stops it")
    until(lambda: assistant.state(SCENARIO) == rest, "and the selection says so")
    model.end(signal.SIGKILL)
    until(lambda: assistant.state(SCENARIO) == "unavailable", "a model that dies is unavailable")
    model.start()
    until(lambda: assistant.state(SCENARIO) == rest, "and available when it lives again")
    model.end(signal.SIGTERM)
    until(lambda: assistant.state(SCENARIO) == "unavailable", "a model that is stopped is unavailable")
    (model.config.parent / "scenarios" / "velos.yaml").unlink()
    model.start()
    until(lambda: assistant.state(SCENARIO) == rest, "it lives again, with one scenario less")
    until(lambda: not any("/reading-bikes-" in t for t in announced()), "what nobody uses any more is not announced")
    until(lambda: not any("velo" in name for name in assistant.states()), "and its entities vanish")
    model.end(signal.SIGTERM)
    model.change("port: ", "discovery: false, port: ")
    model.start()
    until(lambda: not announced(), "without discovery nothing is announced")
    until(lambda: not assistant.states(), "and every entity vanishes")
    print("\n".join(assistant.complaints()) or "  well: it complains of nothing")


def install(folder: Path) -> Path:
    """Return a virtual environment with Home Assistant, made the first time."""
    environment = folder / "home-assistant-2024.3.3"
    if not (environment / "bin" / "hass").exists():
        subprocess.run(["python3.11", "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin" / "pip", "install", "--quiet", *PACKAGES.split()], check=True)
    return environment


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was started ends
    environment = install(Path(sys.argv[1]).absolute())
    with tempfile.TemporaryDirectory() as folder, house(Path(folder), environment) as (assistant, model, listener):
        check(assistant, model, listener)


if __name__ == "__main__":
    main()
