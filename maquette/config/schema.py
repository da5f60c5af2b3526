"""JSON schemas of the documents, made from the models: what editors check and explain while one types.

A schema accepts all that the check accepts. What only the check can see, such as ranges of quantities and names of other documents, it
lets pass.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from maquette.config.documents import (
    SENSORS,
    BoundDocument,
    CatalogueDocument,
    ComputedDocument,
    ConfigDocument,
    Document,
    HardwareDocument,
    ScalesDocument,
    ScenarioDocument,
    UseDocument,
)
from maquette.config.effects_schema import effects_schema
from maquette.config.feeds_check import COMPUTED
from maquette.config.reference import described, document_text, field_texts
from maquette.config.registries import Registries

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DOCUMENTS: Mapping[str, type[Document]] = {
    "config": ConfigDocument,
    "hardware": HardwareDocument,
    "scenario": ScenarioDocument,
    "scales": ScalesDocument,
    "catalogue": CatalogueDocument,
}

_TEXTS = ("description", "markdownDescription")

# Documents whose own keys stand beside the entries of one of their fields: `fr: …` and `otherwise: …`.
_SPREAD = {"OpeningHoursDocument": "days", "VariantDocument": "words"}

# What visitors read: a text, or one for each language with what else a variant says; or a list of these, tried in turn.
_VARIANT = [{"type": "string"}, {"$ref": "#/$defs/VariantDocument"}]
_SAY = {"oneOf": [*_VARIANT, {"type": "array", "minItems": 1, "items": {"oneOf": _VARIANT}}]}

# In a ready-made feed a placeholder may stand for anything that is text.
_PLACEHOLDER = {"type": "string", "pattern": r"\{[a-z][a-z0-9_]*\}"}


def schemas(registries: Registries) -> dict[str, dict[str, Any]]:
    """Return the schemas by name: ``config``, ``hardware``, ``scenario``, ``scales``, ``catalogue`` (JSON Schema 2020-12)."""
    return {name: _schema(name, model, registries) for name, model in _DOCUMENTS.items()}


def _schema(name: str, model: type[Document], registries: Registries) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    schema = _made(model, definitions)
    properties = schema["properties"]
    match name:
        case "config":
            kinds: Mapping[str, type[Document]] = {**registries.feeds, COMPUTED: ComputedDocument}
            feeds = _choice("kind", kinds, definitions)
            definitions["UseDocument"] = _made(UseDocument, definitions)
            entry = {"oneOf": [_reference(UseDocument), *feeds["oneOf"]]}
            _set_entries(properties["feeds"], entry)
            _set_alternatives(definitions, {"oneOf": [{"type": "string"}, *entry["oneOf"]]})
        case "hardware":
            _set_entries(properties["strips"], _choice("driver", registries.strips, definitions))
            _set_entries(properties["sensors"], _choice("kind", SENSORS, definitions))
            _set_entries(properties["servos"], _choice("driver", registries.servos, definitions))
        case "scenario":
            effect = definitions["LightDocument"]["properties"]["effect"]
            told = {key: effect[key] for key in _TEXTS}
            definitions["LightDocument"]["properties"]["effect"] = {**effects_schema(_reference(BoundDocument)), **told}
        case "catalogue":
            own = dict(definitions)
            properties["feed"] = {
                **_choice("kind", registries.feeds, definitions),
                **{key: text for key, text in properties["feed"].items() if key in _TEXTS},
            }
            _set_alternatives(definitions, {"type": "string"})
            definitions = {key: own.get(key) or _with_placeholders(made) for key, made in definitions.items()}
    return {
        "$schema": _DIALECT,
        "title": f"Maquette: {name}",
        **_tidy({**schema, "$defs": dict(sorted(definitions.items()))}),
    }


def _made(model: type[Document], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a model's schema with the texts of the reference; the models that it refers to join ``definitions``."""
    schema = model.model_json_schema()
    inner = schema.pop("$defs", {})
    documents = {document.__name__: document for document in _all_documents(Document)}
    for name, made in inner.items():
        if name in documents:
            _describe(made, documents[name])
        else:
            made.update(described(made["description"]))
    if "SayDocument" in inner:
        inner["SayDocument"] = _SAY
    definitions.update(inner)
    _describe(schema, model)
    return schema


def _all_documents(base: type[Document]) -> Iterator[type[Document]]:
    for document in base.__subclasses__():
        yield document
        yield from _all_documents(document)


def _describe(schema: dict[str, Any], document: type[Document]) -> None:
    """Give a schema and its properties the texts of the reference; spread what is written beside the other keys."""
    schema.update(described(document_text(document)))
    properties = schema["properties"]
    for name, text in field_texts(document).items():
        properties[document.model_fields[name].alias or name].update(described(text))
    if document.__name__ in _SPREAD:
        schema["required"].remove(_SPREAD[document.__name__])
        _spread(schema, properties.pop(_SPREAD[document.__name__]))


def _spread(schema: dict[str, Any], field: dict[str, Any]) -> None:
    told = {key: text for key, text in field.items() if key in _TEXTS}
    mapping = next((form for form in field.get("oneOf", ()) if form["type"] == "object"), field)
    for key in ("properties", "patternProperties"):
        entries = {name: {**entry, **told} for name, entry in mapping.get(key, {}).items()}
        schema[key] = {**schema.get(key, {}), **entries}
    if isinstance(mapping.get("additionalProperties"), dict):
        schema["additionalProperties"] = {**mapping["additionalProperties"], **told}


def _choice(key: str, documents: Mapping[str, type[Document]], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the choice between drivers or kinds, each with options of its own, told apart by what stands under ``key``."""
    for name, document in documents.items():
        option = _made(document, definitions)
        own = {word: text for word, text in option["properties"][key].items() if word != "default"}
        option["properties"][key] = {**own, "const": name}
        option["required"] = sorted({*option["required"], key})
        definitions[document.__name__] = option
    return {"oneOf": [_reference(document) for document in documents.values()]}


def _reference(document: type[Document]) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{document.__name__}"}


def _set_entries(mapping: dict[str, Any], entry: dict[str, Any]) -> None:
    """Say what stands under each key of a mapping of names."""
    mapping["patternProperties"] = dict.fromkeys(mapping["patternProperties"], entry)


def _set_alternatives(definitions: Mapping[str, Any], entry: dict[str, Any]) -> None:
    """Say what stands in the list of a feed's alternatives."""
    for definition in definitions.values():
        listed = definition.get("properties", {}).get("alternatives")
        if listed is not None:
            for form in (listed, *listed.get("anyOf", ())):
                if form.get("type") == "array":
                    form["items"] = entry


def _with_placeholders(plain: Any) -> Any:
    """Let a placeholder stand wherever a text is expected that is not free."""
    if isinstance(plain, list):
        return [_with_placeholders(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if plain.get("type") == "string" and plain.keys() & {"pattern", "enum", "format", "minLength"}:
        told = {key: plain[key] for key in _TEXTS if key in plain}
        return {**told, "anyOf": [{key: item for key, item in plain.items() if key not in told}, _PLACEHOLDER]}
    return {key: item if key == "examples" else _with_placeholders(item) for key, item in plain.items()}


def _tidy(plain: Any) -> Any:
    """Drop what says nothing to a reader, close mappings of names, and write defaults as documents write them.

    Titles repeat keys, and nothing is never written.
    """
    if isinstance(plain, list):
        return [_tidy(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    choices = [choice for choice in plain.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        plain = {**choices[0], **{key: value for key, value in plain.items() if key != "anyOf"}}
    if plain.get("patternProperties"):
        plain = {**plain, "additionalProperties": False}
    default = _written_default(plain)
    plain = {key: item for key, item in plain.items() if key not in ("default", "x-unit") and not _is_title(key, item)}
    if default is not None:
        plain["default"] = default
    return {
        key: ({name: _tidy(value) for name, value in item.items()} if key in ("properties", "$defs") else _tidy(item))
        for key, item in plain.items()
    }


def _is_title(key: str, item: Any) -> bool:
    return key == "title" and isinstance(item, str)


def _written_default(schema: Mapping[str, Any]) -> Any:
    """Return a default as a document writes it (``0.8 s`` for 0.8), or None where none can be written in a line."""
    default = schema.get("default")
    quantity = next((form for form in (schema, *schema.get("oneOf", ())) if "x-unit" in form), None)
    if quantity is not None and isinstance(default, float):
        unit = quantity["x-unit"]
        return f"{default:g}{unit}" if unit.startswith("°") else f"{default:g} {unit}"
    numeric = schema.get("type") in ("number", "integer")
    return default if (numeric and isinstance(default, int | float)) or (default and isinstance(default, str)) else None
