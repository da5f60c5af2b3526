"""What a feed that is asked over HTTP says of the asking: the options that all such kinds share."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from maquette.config.credentials import Nameable, Secret
from maquette.config.document import Document
from maquette.config.picks import Pick
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
    no_secret("url", text)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        named = parts.username is not None
    except ValueError:
        usable = named = False
    if not usable or re.search(r"\s", text):
        raise refusal("E111.address", hint=message("whole_address"), text=text)
    if named:
        raise refusal("E111.secret", hint=message("secret_in_auth"), name="url")
    return text


def _read_size(raw: Any) -> int:
    match = _SIZE.match(raw) if isinstance(raw, str) else None
    size = int(float(match[1]) * _SIZE_FACTORS[match[2]]) if match else 0
    if not 0 < size <= _LARGEST_SIZE:
        raise refusal("E111.size", hint=message("some_sizes"), text=str(raw))
    return size


def no_secret(name: str, written: Any) -> None:
    """Refuse a secret where none is read: it would be sent as it is written."""
    match written:
        case str() if "${" in written:
            raise refusal("E111.secret", hint=message("secret_in_auth"), name=name)
        case list():
            for item in written:
                no_secret(name, item)
        case dict():
            for item in written.values():
                no_secret(name, item)


def _check_header_name(name: str) -> str:
    if not _HEADER_NAME.match(name):
        raise refusal("E111.header", name=name)
    return name


def _check_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_VALUE.match(value):
            raise refusal("E111.header", name=name)
        no_secret(_check_header_name(name), value)
    return headers


def check_texts(texts: dict[str, str]) -> dict[str, str]:
    """Refuse secrets among the values of a mapping."""
    for name, value in texts.items():
        no_secret(name, value)
    return texts


def _check_prefix(text: str) -> str:
    no_secret("prefix", text)
    if text and not _HEADER_VALUE.match(text):
        raise refusal("E111.header", name=text)
    return text


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


HeaderName = Annotated[str, AfterValidator(_check_header_name)]
"""A header's name."""
Prefix = Annotated[str, AfterValidator(_check_prefix)]
"""What stands before a key in a header."""


class KeyDocument(Document):
    """A key in the address."""

    kind: Literal["key"]
    """How the server knows us."""
    param: Annotated[str, Field(min_length=1)]
    """The parameter of the address that holds the key, such as `apikey`."""
    key: Secret
    """The key, named as `${NAME}`. Never write it here."""


class HeaderDocument(Document):
    """A key in a header."""

    kind: Literal["header"]
    """How the server knows us."""
    header: HeaderName = "Authorization"
    """The header that holds the key, such as `apikey`."""
    prefix: Prefix = ""
    """What stands before the key, such as `"Bearer "`, its space included."""
    key: Secret
    """The key, named as `${NAME}`. Never write it here."""


class BasicDocument(Document):
    """A name and a password."""

    kind: Literal["basic"]
    """How the server knows us."""
    username: Nameable
    """Who we are, or `${NAME}`."""
    password: Secret
    """The password, named as `${NAME}`. Never write it here."""


class ClientCredentialsDocument(Document):
    """OAuth 2 without a person: a token is fetched with our identifier and our secret, and again when it has expired."""

    kind: Literal["client_credentials"]
    """How the server knows us."""
    url: WebAddress
    """The address that gives tokens; it may be on another host."""
    client_id: Nameable
    """Our identifier, or `${NAME}`."""
    client_secret: Secret
    """Our secret, named as `${NAME}`. Never write it here."""
    scope: str | None = None
    """What the token is for, as the provider documents it."""


class LoginDocument(Document):
    """A token that is fetched by logging in, and again when it is refused."""

    kind: Literal["login"]
    """How the server knows us."""
    url: WebAddress
    """The address that takes the login; it may be on another host."""
    send: Annotated[dict[str, Secret], Field(min_length=1)]
    """What is sent to it as JSON, such as `{username: "${ATMO_USER}", password: "${ATMO_PASSWORD}"}`."""
    token: Pick = "token"  # noqa: S105 - where it stands, not what it is
    """Where the token stands in the answer (JMESPath)."""
    header: HeaderName = "Authorization"
    """The header that holds the token."""
    prefix: Prefix = "Bearer "
    """What stands before the token, its space included."""


AuthDocument = KeyDocument | HeaderDocument | BasicDocument | ClientCredentialsDocument | LoginDocument
_AUTH: Mapping[str, type[Document]] = {
    "key": KeyDocument,
    "header": HeaderDocument,
    "basic": BasicDocument,
    "client_credentials": ClientCredentialsDocument,
    "login": LoginDocument,
}


def _check_kind(raw: Any) -> Any:
    kind = raw.get("kind") if isinstance(raw, dict) else raw
    if not isinstance(kind, str) or not isinstance(raw, dict) or kind not in _AUTH:
        raise refusal("E111.auth", hint=message("there_are", names=", ".join(_AUTH)), kind=str(kind))
    return raw


def _tag(raw: Any) -> str:
    return f"<{raw['kind'] if isinstance(raw, dict) else raw.kind}>"


Auth = Annotated[
    Annotated[KeyDocument, Tag("<key>")]
    | Annotated[HeaderDocument, Tag("<header>")]
    | Annotated[BasicDocument, Tag("<basic>")]
    | Annotated[ClientCredentialsDocument, Tag("<client_credentials>")]
    | Annotated[LoginDocument, Tag("<login>")],
    Discriminator(_tag),
    BeforeValidator(_check_kind),
]
"""How a server knows us."""


class HttpOptions(Document):
    """How a server is asked. The address itself is the kind's own affair."""

    params: Annotated[dict[str, str], AfterValidator(check_texts)] = Field(default_factory=dict)
    """Parameters of the address, in plain words; they are encoded for you."""
    headers: Annotated[dict[str, str], AfterValidator(_check_headers)] = Field(default_factory=dict)
    """Headers of the request, such as `Accept-Language`."""
    auth: Auth | None = None
    """How the server knows us; omitted: it asks for no key."""
    allow_hosts: list[Host] = Field(default_factory=list)
    """Other hosts to which the server may send us on, such as `static.data.gouv.fr`. Omitted: none."""
    timeout: Annotated[Seconds, Field(gt=0)] = 20.0
    """How long the whole answer may take."""
    max_size: Size = 10_000_000
    """How large an answer may be, packed or unpacked."""
