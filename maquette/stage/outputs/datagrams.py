"""A datagram line: UDP packets to one receiver. The name is looked up on a thread; the socket never blocks; failures come in words."""

import contextlib
import errno
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from maquette.config.documents_hardware import StripDocument
from maquette.core.message import message
from maquette.errors import OutputError
from maquette.stage.outputs.address import Address, Lookup, is_loopback

# The queue is full: the frame is lost, the next one is as good.
_CONGESTED = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS}


class DatagramLine:
    """Sends packets to a host, or to the members of a multicast group."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._lookup: Lookup | None = None
        self._socket: socket.socket | None = None
        self._loopback = False

    def open(self) -> None:
        """Start to look the receiver up."""
        self._lookup = Lookup(self._host, self._port)
        self._lookup.start()

    def ready(self) -> bool:
        """Tell whether packets can be sent: False while the address is looked up.

        Raises:
            OutputError: the name has no address, or no way leads there.
        """
        if self._socket is None and self._lookup is not None:
            try:
                address = self._lookup.result()
                if address is not None:
                    self._socket = self._connect(address)
            except OSError as error:
                raise OutputError(
                    message("output_no_way", host=self._host, reason=error.strerror or str(error))
                ) from error
        return self._socket is not None

    def send(self, packets: Iterable[bytes]) -> bool:
        """Send packets, once it is ready; False when one did not leave because the network's queue is full, and the rest with it.

        Raises:
            OutputError: the receiver cannot be reached.
        """
        return self._socket is not None and all(self._send(self._socket, packet) for packet in packets)

    def close(self) -> None:
        """Close the socket; a look-up that still runs is forgotten."""
        self._lookup = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self, address: Address) -> socket.socket:
        line = socket.socket(address.family, socket.SOCK_DGRAM)
        try:
            line.settimeout(0)
            line.connect(address.sockaddr)
        except OSError:
            line.close()
            raise
        self._loopback = is_loopback(address)
        return line

    def _send(self, line: socket.socket, packet: bytes) -> bool:
        try:
            line.send(packet)
        except ConnectionRefusedError as error:
            # Told late, about an earlier packet. On this machine it only says that no viewer listens.
            if not self._loopback:
                raise OutputError(message("output_not_listening", host=self._host, port=self._port)) from error
            return self._send_again(line, packet)
        except OSError as error:
            if error.errno in _CONGESTED:
                return False
            raise OutputError(
                message("output_unreachable", host=self._host, reason=error.strerror or str(error))
            ) from error
        return True

    def _send_again(self, line: socket.socket, packet: bytes) -> bool:
        """The refusal of an earlier packet kept this one from leaving: the second try lets it go."""
        try:
            line.send(packet)
        except OSError:
            return False
        return True


class DatagramOutput(ABC):
    """Sends one strip's frames to one receiver, each as some packets."""

    def __init__(self, strip: StripDocument, host: str, port: int) -> None:
        self._strip = strip
        self._channels = len(strip.order)
        self._line = DatagramLine(host, port)

    @abstractmethod
    def _packets(self, pixels: bytes | memoryview) -> Iterator[bytes]:
        """Yield the packets of a frame, and count them where the protocol does."""

    @property
    def wire_time_s(self) -> float:
        """The receiver's strip has the pace of any WS2812B."""
        return self._strip.wire_time_s

    def open(self) -> None:
        """Start to look the receiver up; frames are dropped until its address is known."""
        self._line.open()

    def show(self, pixels: bytes | memoryview) -> bool:
        """Send a frame; return False while the address is looked up or the network's queue is full.

        Raises:
            OutputError: the name has no address, or the receiver cannot be reached.
        """
        return self._line.ready() and self._line.send(self._packets(pixels))

    def blank(self) -> None:
        """Send one dark frame, if the receiver is known."""
        with contextlib.suppress(OutputError):  # unreachable: nothing is left to do
            self.show(bytes(self._channels * self._strip.leds))

    def close(self) -> None:
        """Close the socket; a look-up that still runs is forgotten."""
        self._line.close()
