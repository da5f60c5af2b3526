"""What a feed that is asked over HTTP says of the asking: the options that all such kinds share."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from maquette.config.document import Document
from maquette.config.quantities import Seconds
from maquette.config.refusal import refusal
from maquette.core.message import message

_HEADER_NAME = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_HEADER_VALUE = re.compile(r"^(?:[\x21-\x7e][\x20-\x7e]*)?\Z")
_HOST = re.compile(r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?\Z")
_SIZE = re.compile(r"^(\d+(?:\.\d+)?) ?(kB|MB)$")
_SIZE_FACTORS = {"kB": 1_000, "MB": 1_000_000}
_LARGEST_SIZE = 200_000_000


def _check_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise refusal("E111.address", hint=message("whole_address"), text=text)
    return text


def _read_size(raw: Any) -> int:
    match = _SIZE.match(raw) if isinstance(raw, str) else None
    size = int(float(match[1]) * _SIZE_FACTORS[match[2]]) if match else 0
    if not 0 < size <= _LARGEST_SIZE:
        raise refusal("E111.size", hint=message("some_sizes"), text=str(raw))
    return size


def _check_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.match(name) or not _HEADER_VALUE.match(value):
            raise refusal("E111.header", name=name)
        if "${" in value:
            raise refusal("E111.header_secret", hint=message("feeds_without_key"), name=name)
    return headers


def _check_host(text: str) -> str:
    if not _HOST.match(text):
        raise refusal("E111.host", hint=message("host_alone"), text=text)
    return text


WebAddress = Annotated[str, AfterValidator(_check_url)]
"""An http or https address."""
Size = Annotated[int, BeforeValidator(_read_size), WithJsonSchema({"type": "string", "examples": ["10 MB"]})]
"""A size in bytes, written with its unit."""
Host = Annotated[str, AfterValidator(_check_host)]
"""A host's name in small letters, and its port where that is not the usual one."""


class HttpOptions(Document):
    """How a server is asked. The address itself is the kind's own affair."""

    params: dict[str, str] = Field(default_factory=dict)
    """Parameters of the address, in plain words; they are encoded for you."""
    headers: Annotated[dict[str, str], AfterValidator(_check_headers)] = Field(default_factory=dict)
    """Headers of the request, such as `Accept-Language`."""
    allow_hosts: list[Host] = Field(default_factory=list)
    """Other hosts to which the server may send us on, such as `static.data.gouv.fr`. Omitted: none."""
    timeout: Annotated[Seconds, Field(gt=0)] = 20.0
    """How long the whole answer may take."""
    max_size: Size = 10_000_000
    """How large an answer may be, packed or unpacked."""
