"""The config document: feeds, folders, time zone, secrets; and which other documents it names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from maquette.config.alternatives_check import resolve_alternatives
from maquette.config.broker_check import check_certificates, with_absolute_files
from maquette.config.documents import (
    ComputedDocument,
    ConfigDocument,
    DimmingDocument,
    FeedDocument,
    OpeningHoursDocument,
)
from maquette.config.draft import Desk, Draft
from maquette.config.feeds_check import AnyFeed, check_feed_shapes, resolve_feeds
from maquette.config.problems import did_you_mean
from maquette.config.registries import Registries
from maquette.config.secrets import reveal
from maquette.config.tree import Path
from maquette.config.watched import HIDDEN, is_document
from maquette.config.world import OWN_FEEDS
from maquette.config.yaml import reason_of
from maquette.core.calendar import DAYS, OpeningHours, Span, parse_date, parse_days, parse_span
from maquette.core.exhibition import ConsoleSettings, MqttSettings
from maquette.core.message import message
from maquette.errors import CalendarError
from maquette.show.dimming import Dimming
from maquette.show.own_values import LIGHT

SCALES = "scales.yaml"
_NEARLY_YAML = (".yml", ".yaml", ".yml.txt", ".yaml.txt")


@dataclass(slots=True)
class Config:
    """A config document and what it stands for.

    Attributes:
        document: the document.
        shaped: its feeds as written.
        feeds: its feeds that ask a source, ready-made ones filled in.
        alternatives: feed → other sources of its values, filled in likewise.
        computed: its computed feeds; once they are checked, those without fault, their units filled in.
        console: where the console listens.
        mqtt: which broker to speak to, or None.
        opening: when the exhibition is open, or None: always.
        dimming: when the model gives less light, or None: never.
    """

    document: ConfigDocument
    shaped: dict[str, AnyFeed]
    feeds: Mapping[str, FeedDocument] = field(default_factory=dict)
    alternatives: Mapping[str, tuple[FeedDocument, ...]] = field(default_factory=dict)
    computed: Mapping[str, ComputedDocument] = field(default_factory=dict)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    mqtt: MqttSettings | None = None
    opening: OpeningHours | None = None
    dimming: Dimming | None = None


def check_config_shape(draft: Draft, registries: Registries) -> Config | None:
    """Check the document and each feed's own shape; None when there are problems, which are noted."""
    document = draft.shape(ConfigDocument)
    draft.document = document
    shaped = check_feed_shapes(draft, registries)
    computed = {name: feed for name, feed in shaped.items() if isinstance(feed, ComputedDocument)}
    return Config(document, shaped, computed=computed) if document is not None and draft.passed else None


def hardware_file(draft: Draft, desk: Desk, written: str) -> str | None:
    """Return the name of the hardware document; None, and a problem, when it lies outside the folder."""
    name = desk.name(desk.folder / written)
    if name is None:
        draft.report("E229", ("hardware",), name=written)
    return name


def scenario_files(draft: Draft, desk: Desk, folders: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names of the scenario documents and of the documents of scales, folder by folder, each sorted."""
    scenarios, scales = list[str](), list[str]()
    for index, written in enumerate(folders):
        folder = desk.folder / written
        name = desk.name(folder)
        if name is not None:
            desk.listed.add(folder)
        if name is None:
            draft.report("E229", ("scenarios", index), name=written)
        elif not folder.is_dir():
            draft.report("E226", ("scenarios", index), name=written)
        else:
            for file in _yaml_files(draft, desk, folder):
                (scales if file.rsplit("/", 1)[-1] == SCALES else scenarios).append(file)
    return list(dict.fromkeys(scenarios)), list(dict.fromkeys(scales))


def _yaml_files(draft: Draft, desk: Desk, folder: FilePath) -> list[str]:
    files = list[str]()
    try:
        paths = desk.paths_in(folder)
    except OSError as error:
        draft.report("E001", ("scenarios",), reason=reason_of(error))
        return files
    for path in paths:
        name = desk.name(path)
        if name is None or path.name.startswith(HIDDEN):
            continue
        if not name.isprintable():
            draft.report("W007", ("scenarios",), hint=message("rename_it"), name=name)
        elif is_document(path.name):
            files.append(name)
        elif path.name.lower().endswith(_NEARLY_YAML):
            other = Draft(name, path)
            stem = path.name[: path.name.rindex(".y" if ".y" in path.name else ".Y")]
            other.report("W003", hint=message("rename_yaml", name=f"{stem}.yaml"), name=path.name)
            draft.problems.extend(other.problems)
    return files


def check_config_references(draft: Draft, config: Config, registries: Registries, scenarios: Mapping[str, str]) -> None:
    """Check what the document names, and fill in its ready-made feeds.

    Args:
        draft: the document.
        config: the document and, afterwards, its feeds.
        registries: the options of everything that documents may name.
        scenarios: id → file of every scenario, right or wrong.
    """
    document = config.document
    config.feeds = resolve_feeds(draft, config.shaped, registries, document.time_zone, document.mqtt)
    config.alternatives = resolve_alternatives(
        draft, config.shaped, config.feeds, registries, document.time_zone, document.mqtt
    )
    for name in (*OWN_FEEDS, "zone"):
        if name in config.shaped:
            draft.report("E223.feed", ("feeds", name), on_key=True, hint=message("rename_it"), name=name)
    idle = config.document.idle
    all_read = not any(p.code in ("E001", "E226", "E229") for p in draft.problems)
    if idle is not None and all_read and idle.show not in scenarios:
        draft.report("E211", ("idle", "show"), hint=did_you_mean(idle.show, scenarios), name=idle.show)


def check_config_meaning(draft: Draft, config: Config) -> None:
    """Check that the time zone exists, and read the opening hours."""
    try:
        ZoneInfo(config.document.time_zone)
    except (KeyError, ValueError, OSError):
        draft.report("E344", ("time_zone",), hint=message("time_zone"), name=config.document.time_zone)
    if config.document.id == "all":
        draft.report("E223.model", ("id",), name=config.document.id)
    if config.document.opening_hours is not None:
        config.opening = _opening(draft, config.document.opening_hours)
    if config.document.dimming is not None:
        config.dimming = _dimming(draft, config.document.dimming)


def _opening(draft: Draft, document: OpeningHoursDocument) -> OpeningHours:
    week: dict[int, tuple[Span, ...]] = {}
    dates: dict[date, tuple[Span, ...]] = {}
    for written, hours in document.days.items():
        path: Path = ("opening_hours", written)
        spans = _spans(draft, path, [hours] if isinstance(hours, str) else hours)
        try:
            if written[:1].isdigit():
                dates[parse_date(written)] = spans
                continue
            days = parse_days(written)
        except CalendarError as error:
            draft.report("E111", path, on_key=True, hint=error.hint, reason=error.message)
            continue
        for day in sorted(days):
            if day in week:
                draft.report("E373", path, on_key=True, day=DAYS[day])
            week[day] = spans
    return OpeningHours(week, {**dates, **dict.fromkeys(document.closed, ())}, document.wake_for)


def _dimming(draft: Draft, document: DimmingDocument) -> Dimming:
    at = () if document.at is None else [document.at] if isinstance(document.at, str) else document.at
    night, light = _spans(draft, ("dimming", "at"), at), document.light
    percent = 100.0 if document.to is None else document.to
    return Dimming(night, percent, *(() if light is None else (light.from_, light.to)))


def check_dimming(draft: Draft, document: ConfigDocument, own: Collection[str]) -> None:
    """Check that the model has the light sensor that is to dim it.

    Args:
        draft: the config document.
        document: the document.
        own: values of the feed ``model`` that the model has.
    """
    if document.dimming is not None and document.dimming.light is not None and LIGHT not in own:
        draft.report("E252", ("dimming", "light"), on_key=True, hint=message("dimming_sensor"))


def _spans(draft: Draft, path: Path, written: Sequence[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for index, text in enumerate(written):
        try:
            spans.append(parse_span(text))
        except CalendarError as error:
            draft.report("E111", (*path, index), hint=error.hint, reason=error.message)
    return tuple(spans)


def read_settings(draft: Draft, config: Config) -> None:
    """Read secrets and make the settings of console and MQTT; problems are noted in the draft."""
    console, mqtt = config.document.console, config.document.mqtt
    pin = reveal(draft, ("console", "pin"), console.pin)
    key = reveal(draft, ("console", "password"), console.password)
    config.console = ConsoleSettings(console.host, console.port, pin, key, tuple(console.names))
    if mqtt is not None:
        username = reveal(draft, ("mqtt", "username"), mqtt.username, secret=False)
        password = reveal(draft, ("mqtt", "password"), mqtt.password)
        broker = with_absolute_files(mqtt, draft.path.parent)
        check_certificates(draft, mqtt, broker)
        config.mqtt = MqttSettings(
            mqtt.host,
            mqtt.port,
            username,
            password,
            mqtt.tls,
            broker.ca,
            broker.certificate,
            broker.key,
            mqtt.discovery,
            mqtt.discovery_prefix,
        )
