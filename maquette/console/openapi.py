"""The description of the HTTP interface for other programmes (OpenAPI 3.1), made from the table of endpoints."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from maquette import __version__, languages
from maquette.console.access.access import COOKIE, Role
from maquette.console.endpoint import JSON, Endpoint, Query
from maquette.console.shapes import COMPONENTS, Schema, object_of, ref

_REFUSALS: Mapping[tuple[str, int], Schema] = {("/healthz", 503): object_of(ok={"const": False})}
"""Answers that say no in another shape."""
_VARIABLE = re.compile(r"\{(\w+)\}")
_TOLD = (
    "Reads need no session. What acts needs the cookie of a session, unless it comes through the model's own Unix socket or, in a "
    "simulation, from this machine itself. Moments are UTC, ISO 8601; what is unknown is null. A refusal says why, in words, and has "
    "changed nothing. A command with a `request` may be sent again when no answer came: it is carried out once."
)
_FOR = {Role.VISITOR: "For everybody.", Role.MEDIATOR: "For the mediator.", Role.MAINTAINER: "For the maintainer."}


def openapi(endpoints: Sequence[Endpoint], language: Query) -> dict[str, Any]:
    """Return the document.

    Args:
        endpoints: the table.
        language: the parameter that all of them have.
    """
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, {**endpoint.query, "lang": language}
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Maquette", "version": __version__, "description": _TOLD, "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": paths,
        "components": {
            "schemas": dict(COMPONENTS),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": COOKIE}},
        },
    }  # fmt: skip


def _operation(endpoint: Endpoint, queries: Mapping[str, Query]) -> dict[str, Any]:
    variables = [
        _parameter(name, "path", {"schema": endpoint.variables.get(name, {"type": "string", "minLength": 1})})
        for name in _VARIABLE.findall(endpoint.path)
    ]
    asked = [
        _parameter(name, "query", {"schema": query.schema, "description": query.description})
        for name, query in queries.items()
    ]
    asked += [
        _parameter(name, "header", {"schema": header.schema, "description": header.description})
        for name, header in endpoint.headers.items()
    ]
    told: dict[str, Any] = {
        "operationId": _name(endpoint),
        "summary": endpoint.summary,
        "description": _FOR[endpoint.role],
        "tags": [endpoint.tag],
        "parameters": [*variables, *asked],
        "responses": _answers(endpoint),
    }
    if endpoint.body is not None:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": endpoint.body}}}
    if endpoint.role > Role.VISITOR:
        told["security"] = [{"session": []}, {}]  # none at the model's own socket, and in a simulation
    return told


def _parameter(name: str, place: str, more: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", **more}


def _name(endpoint: Endpoint) -> str:
    words = re.findall(r"\w+", endpoint.path.removeprefix("/api"))
    return "_".join([endpoint.method.lower(), *words])


def _answers(endpoint: Endpoint) -> dict[str, Any]:
    refusals = {400, 403, 503, *endpoint.refusals}
    if endpoint.body is not None:
        refusals |= {408, 413, 415}
    content = {endpoint.media: {} if endpoint.answer is None else {"schema": endpoint.answer}}
    answers = {str(endpoint.status): {"description": HTTPStatus(endpoint.status).phrase, "content": content}}
    for status in sorted(refusals):
        refusal = {JSON: {"schema": _REFUSALS.get((endpoint.path, status), ref("Refusal"))}}
        answers[str(status)] = {"description": HTTPStatus(status).phrase, "content": refusal}
    return answers


def in_language(document: Any, language: str) -> Any:
    """Return the document with its sentences in a language, where ``locale/api.<language>.json`` has them; English stays where not."""
    return _translated(document, _sentences(language))


def _sentences(language: str) -> Mapping[str, str]:
    """Return sentences by their English."""
    return languages.read("api", language) if language in languages.known("api") else {}


def _translated(node: Any, sentences: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_translated(entry, sentences) for entry in node]
    if not isinstance(node, dict):
        return node
    return {
        key: sentences.get(value, value)
        if key in ("summary", "description") and isinstance(value, str)
        else _translated(value, sentences)
        for key, value in node.items()
    }
