"""The config document and ready-made feeds: which model, fed by what, heard where."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, Strict, model_validator

from maquette.config.calendar import Date
from maquette.config.credentials import Nameable, Secret
from maquette.config.document import Document, Name, Pair, Stem, TextValue, Words, pair_in_order
from maquette.config.quantities import Lux, Metres, Seconds, Share, Unit
from maquette.config.refusal import refusal
from maquette.core.message import message
from maquette.core.readings import Nature

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""A language, such as `fr`."""


class OpeningHoursDocument(Document):
    """When the exhibition is open."""

    days: dict[str, Words]
    """Hours by day of the week (`tue-sun`, `sat, sun`) or by date (`"2026-12-24"`): `"10:00-18:00"`, or several."""
    closed: list[Date] = Field(default_factory=list)
    """Dates on which it is closed."""
    wake_for: Seconds = 600.0
    """How long a press wakes the model while it is closed."""


def _read_hours(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return raw
    own = {key: raw[key] for key in ("closed", "wake_for") if key in raw}
    return {**own, "days": {key: hours for key, hours in raw.items() if key not in own}}


OpeningHoursValue = Annotated[OpeningHoursDocument, BeforeValidator(_read_hours)]
"""Hours by day or date, with `closed` and `wake_for` beside them."""


class PlaceDocument(Document):
    """Where the territory is."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    """Latitude of its centre, degrees north."""
    lon: Annotated[float, Field(ge=-180, le=180)]
    """Longitude of its centre, degrees east."""
    radius: Metres
    """How far it reaches, such as `12 km`."""


class IdleDocument(Document):
    """What the model shows when nobody plays."""

    show: Stem
    """The scenario that loops when nobody plays."""
    after: Seconds = 90.0
    """How long the last step stays, dimmed, after a scenario's end."""


class DimmingByLightDocument(Document):
    """Less light while the hall is dark, by the model's own light sensor."""

    from_: Annotated[tuple[Lux, Lux], Strict(strict=False), AfterValidator(pair_in_order), Field(alias="from")]
    """Two readings of the sensor, such as `[5 lx, 200 lx]`."""
    to: Annotated[tuple[Share, Share], Strict(strict=False)]
    """What is left of brightness at those two, such as `[20 %, 100 %]`."""


class DimmingDocument(Document):
    """When the model gives less light."""

    at: Words | None = None
    """Hours of every day, `"20:00-08:00"`, or several. With a clock that cannot be trusted they count for nothing."""
    to: Share | None = None
    """What is left of brightness in those hours."""
    light: DimmingByLightDocument | None = None
    """By the light sensor; while it says nothing it dims nothing."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.at is None) != (self.to is None):
            raise refusal("E111.dimming_hours", hint=message("dimming"))
        if self.at is None and self.light is None:
            raise refusal("E111.dimming", hint=message("dimming"))
        return self


class MqttDocument(Document):
    """An MQTT broker."""

    host: str
    """The broker's host name or address."""
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    """The broker's port."""
    tls: bool = False
    """Whether to speak TLS, as brokers on port 8883 do."""
    username: Nameable | None = None
    """Who we are; `${NAME}` reads the environment."""
    password: Secret | None = None
    """The password; `${NAME}` reads the environment. Never write it here."""
    ca: str | None = None
    """A file of the certificates that vouch for the broker (PEM), relative to this file. Omitted: those that this system trusts."""
    certificate: str | None = None
    """A file of our own certificate (PEM), for a broker that asks for one."""
    key: str | None = None
    """The file of that certificate's key (PEM, without a password)."""

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        files = {"ca": self.ca, "certificate": self.certificate, "key": self.key}
        named = next((name for name, file in files.items() if file is not None), None)
        if named is not None and not self.tls:
            raise refusal("E111.tls_off", hint=message("tls_on"), name=named)
        if (self.certificate is None) != (self.key is None):
            raise refusal("E111.tls_pair")
        return self


class InstallationMqttDocument(MqttDocument):
    """The MQTT broker of the model. Without this block there is no MQTT."""

    discovery: bool = True
    """Whether Home Assistant is told what the model is, so that it finds it by itself."""
    discovery_prefix: Stem = "homeassistant"
    """Where Home Assistant listens for that, as its own setting says."""


class ConsoleDocument(Document):
    """The web pages."""

    host: str = "127.0.0.1"
    """The address to listen on. Everybody who reaches it may look; nobody acts without the PIN or the password."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """The port to listen on."""
    pin: str | None = None
    """What a mediator types to act on the show; `${NAME}` reads it, or its record, from the environment. Never write it here."""
    password: str | None = None
    """What a maintainer types to change documents, and may do everything with; given like the PIN."""
    names: list[str] = Field(default_factory=list)
    """Names by which browsers reach these pages, such as `maquette.local`."""


class ValueDocument(Document):
    """One value of a feed."""

    title: TextValue | None = None
    """What people call it."""
    unit: Unit | None = None
    """The unit of the value."""
    scale: Name | None = None
    """The scale of lights that tell this value and name neither scale nor colour."""
    plausible: Annotated[Pair, AfterValidator(pair_in_order)] | None = None
    """The range outside which a value is not believed, in its unit."""


Duty = Literal["attribution", "date", "share_alike", "non_commercial", "no_storage"]
"""What a licence asks of those who use the data."""


class FeedDocument(Document):
    """A feed: how a source is read, and what it means. Its kind's own file says the rest."""

    kind: str
    """The kind of source, such as `http_json`."""
    title: TextValue | None = None
    """What people call it."""
    every: Seconds
    """How often it is asked."""
    fresh_for: Seconds
    """How long a value is live, counted from its measurement (from its arrival when nobody says)."""
    drop_after: Seconds | None = None
    """How long until a value is missing; three times `fresh_for` by default."""
    nature: Annotated[Nature, Strict(strict=False)]
    """Where the values come from."""
    source: str
    """Who makes them."""
    licence: str
    """Under which licence."""
    attribution: str = ""
    """The words that the licence asks to be shown."""
    duties: list[Duty] = Field(default_factory=list)
    """What the licence asks: `attribution`, `date` (of the data), `share_alike`, `non_commercial`, `no_storage` (not to be kept)."""
    place: str | None = None
    """Where, in words."""
    sample: str | None = None
    """A file in the documented shape, used and marked as a sample until the feed has once been live."""
    series: str | None = None
    """A file of earlier values (CSV: `time`, `key` where there are keys, and values), used until the feed's own past is known."""
    alternatives: list[Any] = Field(default_factory=list)
    """Other sources of its values, asked only while it does not tell them all: names of ready-made feeds, or feeds written out."""
    values: Annotated[dict[Name, ValueDocument], Field(min_length=1)]
    """The values, by name."""

    @property
    def keyed(self) -> bool:
        """Whether its readings have keys, one per row."""
        return False

    @property
    def pushed(self) -> bool:
        """Whether other programmes push its values to us."""
        return False

    @property
    def moving_device(self) -> str | None:
        """The path of its device, if that leads elsewhere as soon as the device is plugged in again."""
        return None


class FileOptions(Document):
    """Where a feed's file is, for kinds that may read one of this machine."""

    path: str | None = None
    """The file, relative to config.yaml."""


class RecordingOptions(Document):
    """Where a feed's recording is, for the kind that replays one."""

    recording: str
    """The recording, relative to config.yaml: made by `maquette record`, or by hand."""


class UseDocument(Document):
    """A ready-made feed of the catalogue, with what it needs to know."""

    use: Stem
    """The ready-made feed's name."""
    with_: Annotated[dict[Name, Words], Field(alias="with")] = Field(default_factory=dict)
    """Its parameters."""
    every: Seconds | None = None
    """How often it is asked, instead of as the catalogue says; a floor that the catalogue sets is kept."""
    alternatives: list[Any] | None = None
    """Other sources of its values, instead of those that the catalogue names; `[]` for none."""
    place: str | None = None
    """Where, in words, instead of the catalogue's."""


class ConfigDocument(Document):
    """This installation."""

    maquette: Literal[1]
    """The format's version."""
    id: Stem
    """The model's id, part of MQTT topics."""
    languages: Annotated[list[Language], Field(min_length=1)] = Field(default_factory=lambda: ["fr"])
    """Languages of the texts; the first is the default. Omitted: `[fr]`."""
    time_zone: str = "Europe/Paris"
    """The territory's time zone."""
    place: PlaceDocument | None = None
    """Where the territory is."""
    hardware: str
    """The hardware document, relative to this file."""
    scenarios: list[str] = Field(default_factory=lambda: ["scenarios"])
    """Folders of scenarios, relative to this file. Omitted: `[scenarios]`."""
    opening_hours: OpeningHoursValue | None = None
    """When the exhibition is open; outside it the model sleeps. Omitted, or with a clock that cannot be trusted: always open."""
    dimming: DimmingDocument | None = None
    """When the model gives less light: at night, or while the hall is dark; both may be said, the lesser counts. Omitted: never."""
    idle: IdleDocument | None = None
    """What the model shows when nobody plays; omitted: it is dark."""
    feeds: dict[Name, Any] = Field(default_factory=dict)
    """Feeds by the role they play here; shipped scenarios name roles only."""
    mqtt: InstallationMqttDocument | None = None
    """The MQTT broker; omitted: no MQTT."""
    console: ConsoleDocument = ConsoleDocument()
    """The web pages."""


def _read_pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        raise refusal("E111.pattern", hint=message("example_text", example="[0-9]{5}"), text=text) from None
    return text


class ParameterDocument(Document):
    """Something that a ready-made feed needs to know."""

    title: TextValue
    """What it is."""
    example: str
    """A value that works."""
    pattern: Annotated[str, AfterValidator(_read_pattern)] | None = None
    """A regular expression that the whole value must match."""
    list: bool = False
    """Whether it may be several values."""
    joined_by: str = "','"
    """What stands between several values; `','` by default, so quotes belong around the braces."""
    default: str | None = None
    """The value when none is given; omitted: it must be given."""


def _check_checked(text: str) -> str:
    if text != "never":
        try:
            date.fromisoformat(text)
        except ValueError:
            raise refusal("E111.checked", hint=message("example_text", example="2026-11-26"), text=text) from None
    return text


Checked = Annotated[str, AfterValidator(_check_checked)]
"""A day, or `never`."""


Theme = Literal["energy", "air", "water", "weather", "risk", "work", "mobility", "any"]
"""What a ready-made feed is about; `any`: whatever a portal publishes."""


class CatalogueDocument(Document):
    """A ready-made feed. Its name is its file's stem."""

    maquette: Literal[1]
    """The format's version."""
    title: TextValue
    """What it tells."""
    theme: Theme
    """What it is about."""
    parameters: dict[Name, ParameterDocument] = Field(default_factory=dict)
    """What it needs to know; `{name}` stands for it in the texts of `feed`."""
    checked: Checked = "never"
    """The day on which a live answer was last seen to fit; `never` by default."""
    every_at_least: Seconds = 60.0
    """How often it may be asked at the most, so that a public server is spared; 1 min by default."""
    feed: dict[str, Any]
    """The feed, as it would stand in config.yaml."""
