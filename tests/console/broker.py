"""A real Mosquitto on a free port of the loopback interface, for one test."""

import queue
import shutil
import subprocess
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.ports import free_port

INSTALL = "Mosquitto is missing: sudo apt-get install mosquitto"


class Mosquitto:
    """A broker that can be stopped and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        assert program, INSTALL
        self._program = program
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = process = subprocess.Popen(
            [self._program, "-c", str(self._config)], stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "running" in line:
                return
        raise AssertionError("Mosquitto did not start")

    def stop(self) -> None:
        if self._process is not None:
            assert self._process.stderr is not None
            self._process.terminate()
            self._process.wait()
            self._process.stderr.close()
            self._process = None


class Listener:
    """Another client of the broker: hears everything below ``maquette/`` and can speak."""

    def __init__(self, port: int) -> None:
        self.heard: queue.SimpleQueue[tuple[str, bytes, bool]] = queue.SimpleQueue()
        subscribed: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _c, _u, message: self.heard.put(
            (message.topic, bytes(message.payload), message.retain)
        )
        self.client.on_subscribe = lambda *_arguments: subscribed.put(None)
        self.client.connect("127.0.0.1", port)
        self.client.subscribe("maquette/#", qos=1)
        self.client.loop_start()
        subscribed.get(timeout=5)

    def wait_for(self, topic: str, payload: bytes | None = None) -> tuple[bytes, bool]:
        """Return the payload and retain flag of the next message on a topic (with this payload, when one is given)."""
        while True:
            got, data, retained = self.heard.get(timeout=10)
            if got == topic and payload in (None, data):
                return data, retained

    def say(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
