"""JSON schemas of the documents, made from the models: what editors check and explain while one types."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from maquette.config.documents import (
    CatalogueDocument,
    ConfigDocument,
    Document,
    FeedDocument,
    HardwareDocument,
    ScalesDocument,
    ScenarioDocument,
    ServoDocument,
    StripDocument,
    UseDocument,
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DOCUMENTS: Mapping[str, type[Document]] = {
    "config": ConfigDocument,
    "hardware": HardwareDocument,
    "scenario": ScenarioDocument,
    "scales": ScalesDocument,
    "catalogue": CatalogueDocument,
}

# Fields whose drivers and kinds add options of their own: document, field → what all of them share.
_OPEN: Mapping[str, Mapping[str, tuple[type[Document], ...]]] = {
    "config": {"feeds": (UseDocument, FeedDocument)},
    "hardware": {"strips": (StripDocument,), "servos": (ServoDocument,)},
    "catalogue": {"feed": (FeedDocument,)},
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas by name: ``config``, ``hardware``, ``scenario``, ``scales``, ``catalogue`` (JSON Schema 2020-12)."""
    return {name: _schema(name, model) for name, model in _DOCUMENTS.items()}


def _schema(name: str, model: type[Document]) -> dict[str, Any]:
    schema = model.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    for field, models in _OPEN.get(name, {}).items():
        options = [_open(m, definitions) for m in models]
        choice = options[0] if len(options) == 1 else {"anyOf": options}
        owner = schema["properties"][field]
        if "patternProperties" in owner:
            owner["patternProperties"] = dict.fromkeys(owner["patternProperties"], choice)
            owner["additionalProperties"] = False
        else:
            schema["properties"][field] = choice
    _describe(schema, model)
    for document in _all_documents(Document):
        if document.__name__ in definitions:
            _describe(definitions[document.__name__], document)
    return {
        "$schema": _DIALECT,
        "title": f"Maquette: {name}",
        **_tidy({k: v for k, v in schema.items() if k != "title"}),
    }


def _open(model: type[Document], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a reference to a model's schema; all but `UseDocument` allow the options that they do not know."""
    made = TypeAdapter(model).json_schema(ref_template="#/$defs/{model}")
    definitions.update(made.pop("$defs", {}))
    if model is not UseDocument:
        made["additionalProperties"] = True
    if model is FeedDocument:
        made["not"] = {"required": ["use"]}
    definitions[model.__name__] = made
    return {"$ref": f"#/$defs/{model.__name__}"}


def _all_documents(base: type[Document]) -> Iterator[type[Document]]:
    for document in base.__subclasses__():
        yield document
        yield from _all_documents(document)


def _describe(schema: dict[str, Any], document: type[Document]) -> None:
    """Give each property the text under its field, those of the bases included."""
    for name, text in field_texts(document).items():
        alias = document.model_fields[name].alias or name
        if alias in schema["properties"]:
            schema["properties"][alias]["description"] = text


def field_texts(document: type[Document]) -> dict[str, str]:
    """Return the text under each field of a document, by the field's name, those of its bases included."""
    texts: dict[str, str] = {}
    for owner in reversed(document.__mro__):
        if not issubclass(owner, Document) or owner is Document:
            continue
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        assert isinstance(body, ast.ClassDef)
        for field, text in zip(body.body, body.body[1:], strict=False):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    texts[name] = inspect.cleandoc(words)
    return texts


def _tidy(plain: Any) -> Any:
    """Drop titles that repeat keys, the choice of null, and defaults that are not written as they are held (``0.8`` for ``800 ms``)."""
    if isinstance(plain, list):
        return [_tidy(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    choices = [choice for choice in plain.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        plain = {**{key: value for key, value in plain.items() if key != "anyOf"}, **choices[0]}
    numeric = plain.get("type") in ("number", "integer")
    return {
        key: ({name: _tidy(value) for name, value in item.items()} if key in ("properties", "$defs") else _tidy(item))
        for key, item in plain.items()
        if not (key == "title" and isinstance(item, str))
        and not (key == "default" and (item is None or (isinstance(item, float) and not numeric)))
    }
