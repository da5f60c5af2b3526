"""What went wrong on the way to a server: the errors of the network libraries become a `FeedError` that holds nothing of theirs."""

from collections.abc import Iterator

import requests
from urllib3.exceptions import NameResolutionError, ProtocolError, ReadTimeoutError, SSLError

from maquette.errors import FeedError
from maquette.feeds.problems import fault

_NO_ROUTE = (100, 101, 113)  # ENETDOWN, ENETUNREACH, EHOSTUNREACH


def network_fault(error: Exception) -> FeedError:
    """Return what an error on the way means. Its own text is left out: it holds the whole address, and with it perhaps a key."""
    causes = list(_causes(error))
    if isinstance(error, requests.exceptions.SSLError):
        return fault("untrusted_server")
    if isinstance(error, requests.Timeout | ReadTimeoutError) or any(
        isinstance(cause, TimeoutError) for cause in causes
    ):
        return fault("timeout")
    if isinstance(error, ProtocolError | SSLError):  # while the body came
        return fault("cut_short")
    unroutable = any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in causes)
    if unroutable or any(isinstance(cause, NameResolutionError) for cause in causes):
        return fault("no_network")
    return fault("unreachable", type(causes[-1]).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps: by cause, by urllib3's ``reason``, or as an argument."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inside = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting.extend(cause for cause in inside if isinstance(cause, BaseException))
