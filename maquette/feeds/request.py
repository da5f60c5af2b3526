"""A request: what to ask of a server. Plain data, without any network library."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask.

    Attributes:
        url: where.
        params: added to the address, encoded.
        method: how.
        headers: beside those of the client; they never go to another host.
        body: of a POST.
    """

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


def json_request(url: str, content: Any) -> Request:
    """Return a request that posts JSON."""
    return Request(url, {}, "POST", {"Content-Type": "application/json"}, json.dumps(content).encode())


def form_request(url: str, form: Mapping[str, str]) -> Request:
    """Return a request that posts a form."""
    return Request(url, {}, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode())
