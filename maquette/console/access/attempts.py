"""Attempts: how long a wrong PIN or password makes the next one wait. Pure; time is an argument, nothing is kept.

Each stranger waits longer and longer, and all strangers together have two attempts a minute, so that many devices guess no faster
than one. A device that has signed in before (it carries a mark of ours) only ever waits for its own mistakes: nobody can keep the
mediator out.
"""

import ipaddress
from collections import OrderedDict

FREE_ATTEMPTS = 3
"""Wrong attempts of one client before it has to wait."""
LONGEST_WAIT_S = 300.0
"""Seconds between attempts of one client at most."""
CLIENTS_KEPT = 1000
"""Clients whose wrong attempts are remembered; the oldest are forgotten first."""
FREE_IN_ALL = 20
"""Wrong attempts of all strangers together before they have to wait."""
ONE_IN_ALL_EVERY_S = 30.0
"""Seconds after which strangers have one more attempt: six digits last 350 days."""


class Attempts:
    """Counts the attempts of one console."""

    def __init__(self) -> None:
        """Begin with none."""
        self._clients: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._all = 0.0
        self._all_at = float("-inf")

    def begin(self, client: str, now: float, *, known: bool = False) -> float:
        """Let a client try, and count it as wrong until `succeed` says otherwise: attempts at once count each.

        Args:
            client: a word for it (`client_of`).
            now: monotonic seconds.
            known: whether it has signed in before.

        Returns:
            0.0, or the seconds that it has to wait first: then nothing was counted.
        """
        level = max(0.0, self._all - (now - self._all_at) / ONE_IN_ALL_EVERY_S)
        count, free_at = self._clients.get(client, (0, now))
        wait_s = max(0.0, free_at - now)
        if not known:
            wait_s = max(wait_s, (level + 1 - FREE_IN_ALL) * ONE_IN_ALL_EVERY_S)
        if wait_s > 0.0:
            return wait_s
        own_s = 0.0 if count + 1 < FREE_ATTEMPTS else min(2.0 ** (count + 2 - FREE_ATTEMPTS), LONGEST_WAIT_S)
        self._clients.pop(client, None)
        self._clients[client] = (count + 1, now + own_s)
        while len(self._clients) > CLIENTS_KEPT:
            self._clients.popitem(last=False)
        if not known:
            self._all, self._all_at = level + 1, now
        return 0.0

    def succeed(self, client: str, *, known: bool = False) -> None:
        """Take an attempt back that was right: the client begins anew."""
        self._clients.pop(client, None)
        if not known:
            self._all = max(0.0, self._all - 1)


def client_of(address: str) -> str:
    """Return the client behind an address: a network of 64 bits is one client, since it gives its devices any number of addresses."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
