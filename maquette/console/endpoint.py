"""Endpoints: what the HTTP interface offers, one row each. Routes, roles and ``/api/openapi.json`` are made of these rows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from maquette.console.access.access import Role
from maquette.core.message import Message

Handler = Callable[[Request], Awaitable[Response]]
Schema = Mapping[str, Any]
"""A JSON schema (2020-12), as OpenAPI 3.1 takes it; `maquette.console.shapes` holds those that have names."""

JSON = "application/json"


class RefusedError(Exception):
    """A request is refused; whoever raises this has changed nothing.

    Attributes:
        code: a key of the locale files (``refused_<code>``).
        status: of the HTTP answer, 400 to 599.
        hint: a name that was probably meant, or None.
        arguments: for the words.
        headers: of the answer, besides those of every answer.
        more: what the answer tells besides, such as ``problems``.
    """

    def __init__(
        self,
        code: str,
        status: int,
        hint: str | None = None,
        arguments: Mapping[str, str | Message] | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.hint = hint
        self.arguments = dict(arguments or {})
        self.headers = dict(headers or {})
        self.more = dict(more or {})


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter after the ``?``, or a header: what it does, and its schema."""

    description: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row.

    Attributes:
        method: ``GET``, ``POST``, ``PUT`` or ``DELETE``.
        path: with ``{name}`` for what varies.
        handler: answers; it may raise `RefusedError`.
        summary: what it does, one sentence in English.
        answer: the schema of its answer when all is well; None for an answer that is no JSON.
        status: of that answer.
        role: who may use it; others are refused before the handler runs.
        body: the schema of the request's body, or None when there is none.
        headers: the headers of the request that count, by name.
        query: the parameters after the ``?``, by name; ``lang`` is everybody's and need not be told.
        variables: the schemas of what varies in the path; text where none is given.
        refusals: the statuses of the refusals that are its own: those of hosts, roles, bodies and haste are added.
        media: what kind of text the answer is.
        tag: the family under which it is told.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    answer: Schema | None
    status: int = 200
    role: Role = Role.VISITOR
    body: Schema | None = None
    headers: Mapping[str, Query] = field(default_factory=dict)
    query: Mapping[str, Query] = field(default_factory=dict)
    variables: Mapping[str, Schema] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    media: str = JSON
    tag: str = "show"
