"""Sessions: signed words that a browser carries as a cookie. Pure: clocks and keys are arguments; only ended ones are kept.

A session lasts twelve hours. Which clock counts them:

- Within one start of the machine the monotonic clock does, which no time service moves: a clock that is set during a visit asks
  nobody again, and a console that starts anew takes its sessions over.
- After the machine has started anew (a power cut) the wall clock does, if it could be believed when the session began and can be now.
- Otherwise nobody knows how old the session is, and it is over: a Pi that wakes up at the same moment every morning would else take the
  same cookie for ever. Signing in always works, whatever the clocks say: none of them can keep the mediator out.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from maquette.console.access.role import Role

SESSION_S = 12 * 3600
"""Seconds that a session lasts: one day of a mediator."""
ENDED_KEPT = 1000
"""Sessions that were ended by hand and are remembered until the console ends; their cookies have been deleted too."""

Keys = Mapping[Role, bytes]
"""What the sessions of each role are signed with; those of a role without a key are void."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on the machine's clocks.

    Attributes:
        boot: a word for this start of the machine.
        monotonic_s: seconds of the monotonic clock, which begins anew with each.
        wall_s: seconds of the wall clock, or None while it cannot be believed.
    """

    boot: str
    monotonic_s: float
    wall_s: float | None

    def age_at(self, now: "Moment") -> float | None:
        """Return how many seconds ago this was (negative: it is still to come), or None when nobody can know."""
        if self.boot == now.boot:
            return now.monotonic_s - self.monotonic_s
        if self.wall_s is None or now.wall_s is None:
            return None
        return now.wall_s - self.wall_s


class Sessions:
    """Opens, reads and ends sessions."""

    def __init__(self) -> None:
        """Begin with none ended."""
        self._ended: OrderedDict[str, None] = OrderedDict()

    def open(self, role: Role, keys: Keys, now: Moment) -> str:
        """Return a new session of a role that has a key."""
        wall = "-" if now.wall_s is None else f"{now.wall_s:.0f}"
        words = f"{role.value}.{now.boot}.{now.monotonic_s:.0f}.{wall}.{secrets.token_urlsafe(9)}"
        return f"{words}.{_signature(words, keys[role])}"

    def role_of(self, session: str, keys: Keys, now: Moment) -> Role:
        """Return for whom a session speaks: for a visitor when it is forged, over, ended, or was opened with another PIN."""
        words, _, signature = session.rpartition(".")
        role = next((role for role in keys if words.startswith(f"{role.value}.")), Role.VISITOR)
        if role is Role.VISITOR or not _is_signed(words, signature, keys[role]) or session in self._ended:
            return Role.VISITOR
        _, boot, monotonic, wall, _ = words.split(".")
        age_s = Moment(boot, float(monotonic), None if wall == "-" else float(wall)).age_at(now)
        # Seconds are written without decimals: a session may look half a second younger than it is.
        return role if age_s is not None and -1.0 <= age_s < SESSION_S else Role.VISITOR

    def end(self, session: str) -> None:
        """End a session before its time."""
        self._ended[session] = None
        while len(self._ended) > ENDED_KEPT:
            self._ended.popitem(last=False)


def _signature(words: str, key: bytes) -> str:
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()


def _is_signed(words: str, signature: str, key: bytes) -> bool:
    return hmac.compare_digest(signature.encode(), _signature(words, key).encode())
