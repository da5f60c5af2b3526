"""From checked documents to an installation: the model, the show, and the cards that people are shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from maquette.config.build_model import titled
from maquette.config.computed_check import make_computed
from maquette.config.config_check import Config
from maquette.config.documents import ComputedDocument, ComputedValueDocument, FeedDocument, ValueDocument
from maquette.config.hardware_check import Hardware
from maquette.config.installation import Installation, Senses
from maquette.config.world import own_values
from maquette.core.colour import to_hex
from maquette.core.exhibition import (
    ButtonCard,
    Exhibition,
    FeedCard,
    ScaleCard,
    ScenarioCard,
    ServoCard,
    StepCard,
    ValueCard,
    ZoneCard,
)
from maquette.core.text import Text
from maquette.show.model import Model
from maquette.show.own_values import FEED as MODEL
from maquette.show.own_values import OWN_VALUES
from maquette.show.scales import Scale
from maquette.show.scenario import Layer, Scenario, Show
from maquette.show.terms import values_used
from maquette.show.votes import FEED as VOTES
from maquette.show.votes import questions


@dataclass(frozen=True, slots=True)
class Materials:
    """Documents that passed.

    Attributes:
        config: the config document.
        hardware: the hardware document.
        hardware_file: its name.
        model: the model made of it.
        scales: by name.
        scenarios: by id.
        warnings: scenario's id → how many warnings it has.
        plan: the drawing, SVG.
        sources: bytes of every document and of the plan.
    """

    config: Config
    hardware: Hardware
    hardware_file: str
    model: Model
    scales: Mapping[str, Scale]
    scenarios: Mapping[str, Scenario]
    warnings: Mapping[str, int]
    plan: str
    sources: Mapping[str, bytes]


def build(materials: Materials) -> Installation:
    """Make the installation."""
    config, hardware, scenarios = materials.config, materials.hardware, materials.scenarios
    document, idle = hardware.document, config.document.idle
    show = Show(
        model=materials.model,
        scenarios=scenarios,
        idle=idle.show if idle is not None and idle.show in scenarios else None,
        idle_after_s=idle.after if idle is not None else 0.0,
        languages=tuple(config.document.languages),
        opening=config.opening,
        dimming=config.dimming,
        computed=make_computed(config.computed),
    )
    return Installation(
        id=config.document.id,
        hardware=materials.hardware_file,
        show=show,
        exhibition=_exhibition(materials, show),
        strips=hardware.strips,
        servos=hardware.servos,
        buttons=document.buttons,
        senses=Senses(document.encoders, hardware.sensors, document.keys, document.companions),
        feeds=config.feeds,
        alternatives=config.alternatives,
        console=config.console,
        mqtt=config.mqtt,
        time_zone=config.document.time_zone,
        sources={Path(name): raw for name, raw in materials.sources.items()},
    )


def _exhibition(materials: Materials, show: Show) -> Exhibition:
    config, document, model = materials.config, materials.hardware.document, show.model
    starts = {button: s.id for s in show.scenarios.values() for button in s.buttons}
    return Exhibition(
        id=config.document.id,
        title=document.title,
        languages=show.languages,
        time_zone=config.document.time_zone,
        simulated=False,
        plan_svg=materials.plan,
        plan_size_mm=document.plan.size,
        led_count=model.led_count,
        zones=tuple(_zone_cards(show)),
        buttons=tuple(
            ButtonCard(name, b.label, b.place, starts.get(name), b.command) for name, b in document.buttons.items()
        ),
        servos=tuple(
            ServoCard(name, titled(s.title, name), s.place, s.angle, s.looks)
            for name, s in materials.hardware.servos.items()
        ),
        scenarios=tuple(_scenario_card(s, materials.warnings, show.idle) for s in show.scenarios.values()),
        scales=tuple(_scale_cards(show)),
        values=_marked((*_value_cards(config), *_vote_cards(show), *_own_cards(materials.hardware)), show),
        feeds=(
            *_feed_cards(config),
            FeedCard(VOTES, {"": "Votes"}, made_here=True),
            FeedCard(MODEL, {"fr": "Maquette", "en": "Model"}, made_here=True),
        ),
        key_titles=_key_titles(show),
    )


def _zone_cards(show: Show) -> Iterator[ZoneCard]:
    for zone in show.model.zones.values():
        places = tuple((float(x), float(y)) for x, y in zone.places)
        groups = tuple(name for name, members in show.model.groups.items() if zone.id in members)
        yield ZoneCard(zone.id, zone.title, tuple(int(led) for led in zone.leds), places, groups)


def _scenario_card(scenario: Scenario, warnings: Mapping[str, int], idle: str | None) -> ScenarioCard:
    return ScenarioCard(
        id=scenario.id,
        title=scenario.title,
        steps=tuple(StepCard(step.title, step.notes, step.duration_s) for step in scenario.steps),
        duration_s=sum(step.duration_s or 0.0 for step in scenario.steps),
        problems=warnings.get(scenario.id, 0),
        idle=scenario.id == idle,
        lit=_picture(scenario),
    )


def _picture(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    telling = (step for step in scenario.steps if not all(layer.is_decoration for layer in step.layers))
    step = next(telling, next(iter(scenario.steps), None))
    colours: dict[str, str] = {}
    for layer in step.layers if step is not None else ():
        colours.update(dict.fromkeys(layer.zones, _usual_colour(layer)))
    return tuple(colours.items())


def _usual_colour(layer: Layer) -> str:
    if layer.scale is not None:
        entries = layer.scale.card().entries
        return entries[(len(entries) - 1) // 2].colour
    return "#000000" if layer.colour is None else to_hex(layer.colour)


def _scale_cards(show: Show) -> Iterator[ScaleCard]:
    """Yield the scales on which a light stands, each once."""
    layers = (layer for s in show.scenarios.values() for step in s.steps for layer in step.layers)
    for scale in {layer.scale.id: layer.scale for layer in layers if layer.scale is not None}.values():
        yield scale.card()


def _feed_cards(config: Config) -> Iterator[FeedCard]:
    for name, feed in config.feeds.items():
        yield FeedCard(name, titled(feed.title, name), feed.place, feed.pushed, feed.keyed, feed.source)
    for name, computed in config.computed.items():
        yield FeedCard(name, titled(computed.title, name), computed.place, made_here=True)


def _value_cards(config: Config) -> Iterator[ValueCard]:
    for feed, document in _all_feeds(config):
        values: Mapping[str, ValueDocument | ComputedValueDocument] = document.values
        for name, value in values.items():
            title = value.title or (document.title if len(document.values) == 1 else None)
            yield ValueCard(feed, name, titled(title, name), value.unit)


def _all_feeds(config: Config) -> Iterator[tuple[str, FeedDocument | ComputedDocument]]:
    yield from config.feeds.items()
    yield from config.computed.items()


def _marked(cards: tuple[ValueCard, ...], show: Show) -> tuple[ValueCard, ...]:
    """Return cards that say which values the show asks for."""
    used = values_used(show)
    return tuple(replace(card, used=(card.feed, card.name) in used) for card in cards)


def _vote_cards(show: Show) -> Iterator[ValueCard]:
    """Yield what visitors are asked: the mean answer, and how many there are."""
    for name, ask in questions(show).items():
        yield ValueCard(VOTES, name, ask.question, None)
        yield ValueCard(VOTES, f"{name}_count", {key: f"{text} (n)" for key, text in ask.question.items()}, None)


def _own_cards(hardware: Hardware) -> Iterator[ValueCard]:
    """Yield what the model knows of itself."""
    for name, unit in own_values(hardware.document).items():
        yield ValueCard(MODEL, name, OWN_VALUES[name].title, unit)


def _key_titles(show: Show) -> tuple[tuple[str, Text], ...]:
    titles: dict[str, Text] = {}
    for zone in show.model.zones.values():
        for value in zone.attributes.values():
            titles.setdefault(value, zone.title)
    return tuple(titles.items())
