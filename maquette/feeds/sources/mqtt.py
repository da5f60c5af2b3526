"""MQTT: what sensors say to a broker. One message is one row; the last of each topic counts.

A message that the broker repeats from before we listened (a retained one) is as old as it says itself, else of unknown age and never live.
An empty message says that the value is no longer known.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from maquette.config.document import Name
from maquette.config.documents import MqttDocument, PickedValueDocument, TableDocument
from maquette.config.documents_rows import Keys
from maquette.config.quantities import Seconds
from maquette.config.refusal import refusal
from maquette.core.message import Message, message
from maquette.core.readings import Quality, Reading
from maquette.errors import FeedError
from maquette.feeds import digest
from maquette.feeds.messages import Heard, Said, has_key, is_pattern, match
from maquette.feeds.problems import fault
from maquette.feeds.questions import questions_of
from maquette.feeds.rows import Pick, Terms, compiled, terms_of
from maquette.feeds.shape import changes
from maquette.feeds.source import Arrival, Connection, Row, Source


def _check_topic(text: str) -> str:
    if not is_pattern(text):
        raise refusal("E111.topic", hint=message("topic_form"), text=text)
    return text


Topic = Annotated[str, AfterValidator(_check_topic)]
"""A topic, or a pattern of topics."""


class MqttValueDocument(PickedValueDocument):
    """One value of a feed: a number in the messages of its topic. `@` picks a message that is a number and nothing else."""

    topic: Topic | None = None
    """Its own topic, as for the feed; omitted: that of the feed."""


class MqttFeedDocument(TableDocument):
    """A feed whose values are said to an MQTT broker."""

    kind: Literal["mqtt"]
    """The kind of source."""
    broker: MqttDocument | None = None
    """The broker; omitted: that of the installation."""
    topic: Topic | None = None
    """Where messages are said, such as `zigbee2mqtt/{key}`: `{key}` tells sensors apart; `+` is any level, `#` the rest."""
    keys: Keys | None = None
    """The keys that count, where the topic has `{key}`; one that does not come is missing. Omitted: all that come."""
    availability: Topic | None = None
    """Where it is said whether a sensor is there (`online`, `offline`); `{key}` as in the topic. One that is away is not live."""
    every: Seconds = 60.0
    """How often the age of its values is looked at; 1 min by default. What comes is shown at once."""
    values: Annotated[dict[Name, MqttValueDocument], Field(min_length=1)]  # type: ignore[assignment]  # documents are frozen, so a narrower value is safe
    """The values, by name."""

    @model_validator(mode="after")
    def _check_topics(self) -> Self:
        untold = next((name for name, value in self.values.items() if not (value.topic or self.topic)), None)
        if untold is not None:
            raise refusal("E111.no_topic", hint=message("say_topic"), name=untold)
        keyless = next((topic for topic in self.topics if not has_key(topic)), None)
        if keyless is not None and (self.by_topic or (self.availability is not None and has_key(self.availability))):
            raise refusal("E111.topic_key", topic=keyless)
        if self.by_topic and self.rows is not None and self.rows.keyed:
            raise refusal("E111.two_keys")
        if self.keys is not None and not self.by_topic:
            raise refusal("E111.topic_keys")
        if self.published_at is not None:
            raise refusal("E111.message_time", hint=message("say_time_of_message"))
        return self

    @property
    def topics(self) -> dict[str, list[str]]:
        """Topic → the values that are said there."""
        topics = dict[str, list[str]]()
        for name, value in self.values.items():
            topics.setdefault(value.topic or self.topic or "", []).append(name)
        return topics

    @property
    def by_topic(self) -> bool:
        """Whether the topic says the key."""
        return any(has_key(topic) for topic in self.topics)

    @property
    def keyed(self) -> bool:
        """Whether its readings have keys."""
        return self.by_topic or super().keyed


def _connect(document: MqttFeedDocument, wake: Callable[[], None]) -> Connection:
    from maquette.feeds.mqtt_client import MqttConnection  # noqa: PLC0415  # the library is for the feeds process alone

    if document.broker is None:
        raise fault("unreachable", "no broker is named")
    return MqttConnection(document.broker, tuple(document.topics), document.availability, document.fresh_for, wake)


def _digest(feed: str, document: MqttFeedDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    heard = content if isinstance(content, Heard) else _sample(document, content)
    terms, refusals, readings = _terms(feed, document), list[FeedError](), list[Reading]()
    for topic, names in document.topics.items():
        rows = [row for row in heard.rows if row.content.pattern == topic]
        part = replace(terms, values=tuple(value for value in terms.values if value.name in names))
        try:
            readings += digest.digest(part, rows, arrival) if rows else _unheard(part, document)
        except FeedError as error:
            refusals.append(error)
    if document.by_topic and document.keys is None:
        told = {reading.key for reading in readings}
        away = sorted(key for key in heard.offline if key is not None and key not in told)
        readings += [digest.blank(feed, document, name, key, "offline") for key in away for name in document.values]
    if not readings:
        raise refusals[0] if refusals else fault("offline" if heard.offline else "waiting")
    return tuple(_told(reading, heard, arrival) for reading in readings)


def _unheard(terms: Terms, document: MqttFeedDocument) -> tuple[Reading, ...]:
    """Return what is awaited; of a feed whose keys nobody named, nothing can be."""
    return digest.expected(terms, "waiting") if terms.keys is not None or not document.keyed else ()


def _told(reading: Reading, heard: Heard, arrival: Arrival) -> Reading:
    """Return a reading with what the broker tells besides: that the sensor is away, or that nobody knows how old a value is."""
    if reading.problem == "no_row":  # its message may still come
        reading = replace(reading, problem="waiting")
    if {None, reading.key} & heard.offline and (reading.value is not None or reading.problem == "waiting"):
        quality = Quality.STALE if reading.quality is Quality.LIVE else reading.quality
        return replace(reading, quality=quality, problem="offline")
    if reading.problem == "no_clock" and arrival.now is not None:
        return replace(reading, problem="retained")
    return reading


def _sample(document: MqttFeedDocument, content: Any) -> Heard:
    """Read a sample: a list of messages, each ``{"topic": …, "payload": …}``."""
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise fault("bad_shape")
    return Heard(tuple(_rows(document, content)))


def _rows(document: MqttFeedDocument, content: list[dict[str, Any]]) -> Iterator[Row]:
    for one in content:
        for pattern in document.topics:
            found = match(pattern, str(one.get("topic")))
            if found is not None:
                yield Row(Said(pattern, found.key, one.get("payload")))


def _shape(document: MqttFeedDocument, content: Any, documented: Any) -> tuple[Message, ...]:
    """Return what no message says any more."""
    heard = content if isinstance(content, Heard) else _sample(document, content)
    sample = Heard(()) if documented is None else _sample(document, documented)
    told = list[Message]()
    for topic, names in document.topics.items():
        said, before = (
            [row.content.payload for row in one.rows if row.content.pattern == topic] for one in (heard, sample)
        )
        if not said:
            continue
        part = document.model_copy(update={"values": {name: document.values[name] for name in names}})
        asked = questions_of(terms_of("", part), rows=None if len(said) == 1 else "@")
        answer, shape = (said, before) if len(said) > 1 else (said[0], next(iter(before), None))
        told += (change.message for change in changes(asked, answer, shape or None))
    return tuple(told)


def _expected(feed: str, document: MqttFeedDocument) -> tuple[Reading, ...]:
    return digest.expected(_terms(feed, document), "waiting")


def _terms(feed: str, document: MqttFeedDocument) -> Terms:
    """Return what the document says about messages: picks look into the payload, the key may stand in the topic."""
    terms = terms_of(feed, document, lambda text: _of_payload(compiled(text)))
    values = tuple(replace(value, asked=tuple(map(_of_payload, value.asked))) for value in terms.values)
    # Messages come one by one, of all sorts: that none says yet what the condition looks at means nothing.
    terms = replace(terms, asked=(), values=values)
    if terms.where is not None:
        terms = replace(terms, where=_of_payload(terms.where))
    if document.by_topic:
        keys = None if document.keys is None else tuple(document.keys)
        terms = replace(terms, key=lambda said: said.key, keys=keys)
    return terms


def _of_payload(pick: Pick) -> Pick:
    return lambda said: pick(said.payload)


SOURCE = Source(
    document=MqttFeedDocument, connect=_connect, digest=_digest, expected=_expected, piecemeal=True, shape=_shape
)
"""How messages of a broker are read."""
