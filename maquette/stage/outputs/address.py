"""Addresses: a host name goes in, a socket address comes out, on a thread of its own: a resolver may take half a minute."""

import ipaddress
import socket
import threading
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Address:
    """Where to send: the family (IPv4, IPv6) and what `socket.connect` takes."""

    family: int
    sockaddr: tuple[Any, ...]


def is_loopback(address: Address) -> bool:
    """Tell whether an address is this machine's own."""
    host = str(address.sockaddr[0]).split("%", maxsplit=1)[0]
    return ipaddress.ip_address(host).is_loopback


class Lookup:
    """One question to the resolver. A numeric host is answered at once; a name by a daemon thread that nobody waits for."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._answer: Address | OSError | None = None

    def start(self) -> None:
        """Ask."""
        try:
            self._answer = _first(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM, flags=_NUMERIC))
        except socket.gaierror:
            threading.Thread(target=self._ask, name=f"lookup-{self._host}", daemon=True).start()

    def result(self) -> Address | None:
        """Return the address, or None while the answer is awaited.

        Raises:
            OSError: the name has no address.
        """
        if isinstance(self._answer, OSError):
            raise self._answer
        return self._answer

    def _ask(self) -> None:
        try:
            self._answer = _first(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM))
        except (OSError, UnicodeError) as error:  # a label over 63 letters is a UnicodeError
            self._answer = error if isinstance(error, OSError) else OSError(f"not a host name ({error})")


_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


def _first(answers: list[tuple[Any, ...]]) -> Address:
    family, _, _, _, sockaddr = answers[0]
    return Address(int(family), sockaddr)
