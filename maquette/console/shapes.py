"""The shapes of what the HTTP interface takes and gives, as JSON schemas with names: the ``components`` of ``/api/openapi.json``.

Every answer is held to them in the tests. What is unknown is null, never zero and never left out.
"""

from collections.abc import Mapping
from typing import Any

from maquette.console.commands import LONGEST_REQUEST, REQUEST
from maquette.console.health.remedies import Area
from maquette.console.health.report import State
from maquette.core.alerts import Severity
from maquette.core.events import COMMANDS, CommandKind
from maquette.core.readings import Nature, Quality
from maquette.core.snapshot import Mode

Schema = Mapping[str, Any]

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_COUNT = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_COLOUR = {"type": "string", "pattern": "^#[0-9a-f]{6}$"}
_PLACE = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}
_QUALITY = {"enum": [quality.value for quality in Quality]}
_FINGERPRINT = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the bytes"}
_JSON_TYPES = {str: "string", int: "integer", bool: "boolean"}


def ref(name: str) -> Schema:
    """Return a reference to one of `COMPONENTS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(name: str) -> Schema:
    """Return the schema of a bare list of one of `COMPONENTS`."""
    return {"type": "array", "items": ref(name)}


def or_null(schema: Schema) -> Schema:
    """Return the schema of something that may be unknown."""
    return {"anyOf": [schema, {"type": "null"}]}


def object_of(**properties: Schema) -> Schema:
    """Return the schema of an object that has exactly these keys."""
    return _exactly(properties)


def _exactly(properties: Schema) -> Schema:
    return _with(properties, {})


def _with(known: Schema, more: Schema) -> Schema:
    """Return the schema of an object that has these keys, and may have more."""
    return {"type": "object", "properties": {**known, **more}, "required": list(known), "additionalProperties": False}


def _told(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _moment(description: str) -> Schema:
    return or_null({"type": "string", "format": "date-time", "description": description})


_STATE: dict[str, Schema] = {
    "state": {"enum": [mode.value for mode in Mode]},
    "scenario": or_null(_TEXT),
    "title": or_null(_TEXT),
    "step": _COUNT | {"description": "from 1; 0 when nothing is lit"},
    "steps": _COUNT,
    "step_title": or_null(_TEXT),
    "brightness": {"type": "integer", "minimum": 0, "maximum": 100, "description": "percent"},
    "guided": _FLAG,
    "calm": _FLAG,
    "quality": _QUALITY | {"description": "the worst among the values that are lit"},
    "alerts": {"type": "array", "items": object_of(code=_TEXT, text=_TEXT)},
}

_READING: dict[str, Schema] = {
    "feed": _TEXT,
    "name": _TEXT,
    "key": or_null(_TEXT),
    "value": _told(or_null(_NUMBER), "null when unknown; unknown is not zero"),
    "unit": or_null(_TEXT),
    "quality": _QUALITY,
    "nature": {"enum": [nature.value for nature in Nature]},
    "measured_at": _moment("UTC"),
    "fetched_at": _moment("UTC"),
    "age_s": _told(or_null(_COUNT), "seconds since it was measured; null while no clock can be trusted"),
    "valid_until": _moment("UTC; of a forecast"),
    "place": or_null(_TEXT),
    "source": _TEXT,
    "licence": _TEXT,
    "attribution": or_null(_TEXT),
    "problem": or_null(_TEXT),
}
_READING_WORDS = dict.fromkeys(
    ("title", "feed_title", "value_title", "value_text", "when_text", "nature_text", "quality_text", "text"), _TEXT
)

_ZONE: dict[str, Schema] = {
    "zone": _TEXT,
    "title": _TEXT,
    "colour": _COLOUR,
    "quality": _QUALITY,
    "reading": or_null(ref("Reading")),
    "scale": or_null(_TEXT),
    "class": or_null(_TEXT),
    "expression": or_null(_TEXT),
    "scenario": or_null(_TEXT),
    "step": _COUNT,
    "text": _TEXT | {"description": "why the zone has its colour"},
}

_LIVE: dict[str, Schema] = {
    "alert_severities": {"type": "array", "items": {"enum": [severity.value for severity in Severity]}},
    "language": _told(or_null(_TEXT), "that visitors have chosen for their screen"),
    "caption": or_null(_TEXT),
    "notes": or_null(_TEXT),
    "step_elapsed_s": or_null(_NUMBER),
    "step_duration_s": or_null(_NUMBER),
    "zones": {
        "type": "array",
        "items": _exactly(
            {
                "zone": _TEXT,
                "colour": _COLOUR,
                "quality": _QUALITY,
                "decoration": _FLAG,
                "class": or_null(_TEXT),
                "value_text": or_null(_TEXT),
                "nature_text": or_null(_TEXT),
                "place": or_null(_TEXT),
                "source": or_null(_TEXT),
                "scale": or_null(_TEXT),
            }
        ),
    },
    "lamps": {"type": "array", "items": _TEXT},
    "inviting": {"type": "array", "items": _TEXT},
    "choice": or_null(_TEXT),
    "outputs": {"type": "array", "items": object_of(strip=_TEXT, driver=_TEXT, problem=or_null(_TEXT))},
    "supplies": {"type": "array", "items": object_of(supply=_TEXT, current_a=_NUMBER, limited_to=_NUMBER)},
    "dimmed": or_null(object_of(percent=_NUMBER, reason={"enum": ["night", "hall"]})),
    "light_text": or_null(_TEXT),
    "simulated": _FLAG,
    "pending": or_null(_TEXT),
    "ended": _FLAG,
    "question": or_null({"type": "object"}),
    "hands": {
        "type": "array",
        "items": object_of(button=_TEXT, label=_TEXT, scenario=or_null(_TEXT), since_s=_COUNT),
    },
    "moment_text": or_null(_TEXT),
    "identifying": or_null(object_of(target=_TEXT, left_s=_COUNT, heard={"type": "array", "items": _TEXT})),
    "readings_revision": _COUNT,
    "version": _TEXT | {"description": "of the programme"},
    "exhibition": _TEXT | {"description": "differs from one version of the documents to another"},
}


def _command(name: str, kind: CommandKind) -> Schema:
    properties: dict[str, Schema] = {"command": {"const": name}, REQUEST: ref("Request")}
    required = ["command"]
    if kind.argument is not None:
        value: dict[str, Any] = {"type": _JSON_TYPES[kind.type]}
        if kind.type is int:
            value |= {"minimum": kind.minimum, "maximum": kind.maximum}
        properties[kind.argument] = value
        if not kind.optional:
            required.append(kind.argument)
    return {
        "title": name,
        "description": kind.does,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


_ROW: Schema = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 50,
    "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,59}$"},
    "additionalProperties": {"type": ["number", "string", "null"], "maxLength": 200},
}

COMPONENTS: Mapping[str, Schema] = {
    "State": object_of(**_STATE),
    "LiveState": object_of(**_STATE, **_LIVE),
    "Scenario": object_of(id=_TEXT, title=_TEXT, steps=_COUNT, duration_s=_COUNT, problems=_COUNT),
    "Reading": _with(_READING, {**_READING_WORDS, "key_title": or_null(_TEXT)}),
    "Zone": _with(
        _ZONE,
        {
            "quality_text": _TEXT,
            "reason": _TEXT,
            "facts": {"type": "array", "items": object_of(name=_TEXT, label=_TEXT, text=_TEXT)},
        },
    ),
    "Model": object_of(
        id=_TEXT,
        title=_TEXT,
        languages={"type": "array", "items": _TEXT},
        simulated=_FLAG,
        size_mm=_PLACE,
        led_count=_COUNT,
        zones={
            "type": "array",
            "items": object_of(
                zone=_TEXT,
                title=_TEXT,
                groups={"type": "array", "items": _TEXT},
                leds={"type": "array", "items": _COUNT},
                places={"type": "array", "items": _PLACE},
            ),
        },
        buttons={
            "type": "array",
            "items": object_of(
                button=_TEXT, label=_TEXT, place=or_null(_PLACE), scenario=or_null(_TEXT), command=or_null(_TEXT)
            ),
        },
        servos={
            "type": "array",
            "items": object_of(servo=_TEXT, title=_TEXT, place=or_null(_PLACE), angle=_PLACE, looks=_TEXT),
        },
        scenarios={
            "type": "array",
            "items": object_of(
                id=_TEXT,
                title=_TEXT,
                duration_s=_COUNT,
                steps={"type": "array", "items": object_of(title=or_null(_TEXT), duration_s=or_null(_NUMBER))},
                idle=_FLAG,
                lit=_told(
                    {"type": "array", "items": object_of(zone=_TEXT, colour=_COLOUR)},
                    "what its picture shows; it tells no value",
                ),
            ),
        },
        scales={
            "type": "array",
            "items": object_of(
                scale=_TEXT,
                title=_TEXT,
                unit=or_null(_TEXT),
                continuous=_FLAG,
                entries={"type": "array", "items": object_of(title=_TEXT, colour=_COLOUR, at=or_null(_NUMBER))},
            ),
        },
        exhibition=_TEXT,
    ),
    "Request": {
        "description": "a text of the sender's own choice, by which a command that is sent again is carried out once",
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_REQUEST,
    },
    "Command": {"oneOf": [_command(name, kind) for name, kind in COMMANDS.items()]},
    "Done": object_of(ok={"const": True}, state=or_null(ref("State"))),
    "Refusal": _with(
        {"ok": {"const": False}, "code": _TEXT, "text": _TEXT, "hint": or_null(_TEXT)}, {"problems": list_of("Problem")}
    ),
    "Pushed": {
        "description": "a row or a list of rows: values by name, `key` where the feed has keys, `measured_at` (ISO 8601 with offset)",
        "anyOf": [_ROW, {"type": "array", "items": _ROW, "minItems": 1, "maxItems": 200}],
    },
    "Document": object_of(
        name=_TEXT,
        file=_TEXT,
        kind={"enum": ["scenario", "scales", "hardware", "config"]},
        title=or_null(_TEXT),
        steps=or_null(_COUNT),
        duration_s=or_null(_COUNT),
        idle=_FLAG,
        errors=_COUNT,
        warnings=_COUNT,
        writable=_FLAG | {"description": "whether pages may write it"},
        deleted=_FLAG | {"description": "whether only former versions are left of it"},
    ),
    "DocumentText": object_of(name=_TEXT, file=_TEXT, text=_TEXT, fingerprint=_FINGERPRINT, writable=_FLAG, kind=_TEXT),
    "Problem": _with(
        {
            "file": _TEXT,
            "line": _COUNT,
            "column": _COUNT,
            "code": _TEXT,
            "severity": {"enum": ["error", "warning"]},
            "message": _TEXT,
            "hint": or_null(_TEXT),
        },
        {"excerpt": or_null(_TEXT), "caret": or_null(_COUNT)},
    ),
    "Examined": object_of(
        passed=_FLAG | {"description": "whether it may be written"},
        problems=list_of("Problem"),
        elsewhere=list_of("Problem"),
        steps=or_null(_COUNT),
        duration_s=or_null(_COUNT),
        retelling=or_null(
            object_of(title=_TEXT, paragraphs={"type": "array", "items": {"type": "array", "items": _TEXT}})
        ),
    ),
    "DryRun": object_of(
        problems=list_of("Problem"),
        played=or_null(
            object_of(
                fps=_NUMBER,
                frames=_TEXT | {"description": "base64 of R, G, B per LED, linear light, one frame after another"},
                servos={
                    "type": "array",
                    "items": {"type": "array", "items": _NUMBER},
                    "description": "degrees, by frame",
                },
                moments={
                    "type": "array",
                    "items": object_of(frame=_COUNT, step=_COUNT, caption=or_null(_TEXT), quality=_QUALITY),
                },
                steps={"type": "array", "items": object_of(title=or_null(_TEXT), waits=_FLAG, asks=_FLAG)},
                journeys=_FLAG | {"description": "whether a step goes through the past, which a dry run does not know"},
                unknown={
                    "type": "array",
                    "items": _TEXT,
                    "description": "what it asks of the past that nobody knows yet",
                },
                cut=_FLAG | {"description": "whether the end is missing"},
            )
        ),
    ),
    "Saved": object_of(
        ok={"const": True},
        name=_TEXT,
        file=_TEXT,
        fingerprint=_FINGERPRINT,
        problems=list_of("Problem"),
        rewritten={"type": "array", "items": _TEXT, "description": "other documents that named it"},
        taken_over=_FLAG,
        reasons={"type": "array", "items": _TEXT, "description": "why it is not played yet"},
    ),
    "Map": object_of(
        document=_TEXT,
        fingerprint=_FINGERPRINT,
        languages={"type": "array", "items": _TEXT},
        strips={
            "type": "array",
            "items": object_of(strip=_TEXT, leds=_COUNT, start=_COUNT | {"description": "its first LED in a frame"}),
        },
        zones={
            "type": "array",
            "items": object_of(
                zone=_TEXT,
                title={"type": "object", "additionalProperties": _TEXT},
                leds={"type": "array", "items": _TEXT},
                places={"type": "array", "items": _PLACE},
            ),
        },
    ),
    "MapProposal": object_of(
        ok={"const": True},
        document=_TEXT,
        fingerprint=_FINGERPRINT | {"description": "of the version that it is made from"},
        difference=_TEXT | {"description": "a unified diff"},
        zones={
            "type": "array",
            "items": object_of(
                zone=_TEXT,
                path={"type": "array", "items": _PLACE},
                worst_mm=_NUMBER | {"description": "how far the LED that fits least lands from where it was seen"},
                worst_led=_TEXT,
                far=_FLAG | {"description": "whether that is too far"},
                split_after=or_null(_TEXT),
            ),
        },
        problems=list_of("Problem"),
        passed=_FLAG | {"description": "whether it may be written"},
    ),
    "MapWritten": object_of(
        ok={"const": True},
        document=_TEXT,
        fingerprint=_FINGERPRINT,
        taken_over=_FLAG,
        reasons={"type": "array", "items": _TEXT, "description": "why it is not played yet"},
    ),
    "Kept": object_of(number=_COUNT, replaced_at={"type": "string", "format": "date-time"}, size=_COUNT),
    "Explanation": object_of(code=_TEXT, text=_TEXT, wrong=_TEXT, right=_TEXT),
    "Health": object_of(
        ready=_FLAG | {"description": "the doors may open"},
        text=_TEXT | {"description": "all of it in one sentence"},
        looked_at=_moment("UTC; null while no clock can be trusted"),
        looked_at_text=or_null(_TEXT),
        findings={
            "type": "array",
            "description": "the gravest first",
            "items": object_of(
                area={"enum": [area.value for area in Area]},
                subject=_TEXT | {"description": "the id of a strip, a feed…, or empty"},
                title=_told(or_null(_TEXT), "of a feed, as the text names it"),
                state={"enum": [state.value for state in State]},
                text=_TEXT,
                remedy=_told(or_null(_TEXT), "what a mediator can do"),
                command=_told(or_null(_TEXT), "what helps a maintainer on a terminal"),
            ),
        },
    ),
    "Session": object_of(
        ok={"const": True},
        role={"enum": ["visitor", "mediator", "maintainer"]},
        may_act=_FLAG,
        code=or_null(_TEXT),
        signed_in=_FLAG,
        may_set_pin=_FLAG,
    ),
}
