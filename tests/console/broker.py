"""A real Mosquitto on a free port of the loopback interface, for one test."""

import os
import queue
import shutil
import signal
import subprocess
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.ports import free_port

INSTALL = "Mosquitto is missing: sudo apt-get install mosquitto"
PATIENCE_S = 30.0
"""Seconds after which a message does not come any more, on however busy a machine."""


class Mosquitto:
    """A broker that can be stopped and started again on the same port, or held."""

    def __init__(self, folder: Path, *settings: str) -> None:
        """Write its settings; by default it lets everybody in and forgets everything when it stops."""
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        assert program, INSTALL
        self._program = program
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        lines = (f"listener {self.port} 127.0.0.1", *(settings or ("allow_anonymous true", "persistence false")))
        self._config.write_text("\n".join(lines) + "\n")
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

    def hold(self) -> None:
        """Let it neither read nor write, while its connections stand."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            assert self._process.stderr is not None
            self.go_on()
            self._process.terminate()
            self._process.wait()
            self._process.stderr.close()
            self._process = None


class Listener:
    """Another client of the broker: hears everything below ``maquette/`` and ``homeassistant/``, or some topics, and can speak."""

    def __init__(self, port: int, *topics: str) -> None:
        self.heard: queue.SimpleQueue[tuple[str, bytes, bool]] = queue.SimpleQueue()
        subscribed: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _c, _u, message: self.heard.put(
            (message.topic, bytes(message.payload), message.retain)
        )
        self.client.on_subscribe = lambda *_arguments: subscribed.put(None)
        self.client.connect("127.0.0.1", port)
        self.client.subscribe([(topic, 1) for topic in topics or ("maquette/#", "homeassistant/#")])
        self.client.loop_start()
        subscribed.get(timeout=5)

    def wait_for(self, topic: str, payload: bytes | None = None) -> tuple[bytes, bool]:
        """Return the payload and retain flag of the next message on a topic (with this payload, when one is given)."""
        while True:
            got, data, retained = self.heard.get(timeout=PATIENCE_S)
            if got == topic and payload in (None, data):
                return data, retained

    def wait_for_all(self, topics: set[str], payload: bytes) -> None:
        """Wait until this payload has come on each of these topics."""
        left = set(topics)
        while left:
            topic, data, _ = self.heard.get(timeout=PATIENCE_S)
            if data == payload:
                left.discard(topic)

    def say(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)

    def retained(self) -> dict[str, bytes]:
        """Return what the broker retains now, by topic: a client that comes now is told all of it first."""
        late = Listener(self.client.port)
        late.say("maquette/marker", "end")
        found = {}
        while (message := late.heard.get(timeout=PATIENCE_S))[0] != "maquette/marker":
            if message[2]:
                found[message[0]] = message[1]
        late.close()
        return found

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
