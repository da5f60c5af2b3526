"""Why a zone has its colour: the sentences, and the facts one by one: value, place, time, nature, quality, source, rule."""

from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.clock import Clock
from maquette.core.colour_names import name_colour
from maquette.core.readings import Nature, Quality, Reading
from maquette.core.snapshot import Snapshot, ZoneState
from maquette.core.text import words


class Why:
    """Explains one zone at one moment in one language."""

    def __init__(self, wording: Wording, titles: Titles, clock: Clock, monotonic_s: float) -> None:
        self._wording = wording
        self._titles = titles
        self._clock = clock
        self._now = monotonic_s

    def text(self, state: ZoneState, snapshot: Snapshot) -> str:
        """Return the sentences: the colour and its reason, when, who says so, by which rule, in which scenario."""
        say = self._wording.say
        parts = [self.reason(state)]
        if not state.decoration:
            parts += self._provenance(state)
            parts += [say("why_expression", expression=state.expression)] if state.expression else []
        if snapshot.scenario is not None:
            parts.append(say("why_scenario", **self._told_by(snapshot)))
        return " ".join(parts)

    def facts(self, state: ZoneState, snapshot: Snapshot) -> list[dict[str, str]]:
        """Return the same, one fact a line: ``{"name", "label", "text"}``, in the order in which people ask."""
        facts = [] if state.decoration else self._value_facts(state)
        if snapshot.scenario is not None:
            facts.append(("scenario", self._wording.say("scenario_and_step", **self._told_by(snapshot))))
        return [
            {"name": name, "label": self._wording.say(f"fact_{name}"), "text": text} for name, text in facts if text
        ]

    def reason(self, state: ZoneState) -> str:
        """Return the first of the sentences alone: which colour, because of what."""
        say, zone = self._wording.say, self._titles.zone(state.zone)
        if state.decoration:
            dark = name_colour(state.colour) == "dark"
            return say("why_dark", zone=zone) if dark else say("why_decoration", zone=zone)
        title = self._titles.reading(state.reading) if state.reading else state.expression
        if state.quality is Quality.MISSING or state.value is None:
            return say("why_missing", zone=zone, title=title)
        reading = state.reading
        computed = reading is None or reading.value != state.value or reading.unit != state.unit
        named = self.class_title(state)
        value = self.value(state) if named is None else say("value_and_class", value=self.value(state), title=named)
        number = "many" if self._titles.is_many(state.zone) else "one"
        colour = say(f"colour_{number}_{name_colour(state.colour)}")
        return say("why_computed" if computed else "why_value", zone=zone, colour=colour, title=title, value=value)

    def value(self, state: ZoneState) -> str:
        """Write the value of a zone with its unit."""
        return self._wording.quantity(state.value, state.unit)

    def class_title(self, state: ZoneState) -> str | None:
        """Return the words for the value on its scale, or None."""
        return words(state.class_title, self._wording.language) or None

    def _provenance(self, state: ZoneState) -> list[str]:
        say, reading = self._wording.say, state.reading
        parts = [say("why_known", known=state.known, total=state.total)] if state.total else []
        if reading is None:
            return parts
        view = reading.view(self._clock, self._now)
        when = self._titles.when(reading, view, self._clock)
        parts += [
            f"{sentence[:1].upper()}{sentence[1:]}."
            for sentence in (when, self._titles.trouble(reading, self._now))
            if sentence
        ]
        if reading.source:
            parts.append(say("why_source", source=self._titles.credit(reading)))
        return parts

    def _value_facts(self, state: ZoneState) -> list[tuple[str, str]]:
        say, reading = self._wording.say, state.reading
        facts = [("value", self.value(state)), ("class", self.class_title(state) or "")]
        if state.total:
            facts.append(("known", say("known_of", known=state.known, total=state.total)))
        if reading is not None:
            view = reading.view(self._clock, self._now)
            facts += [
                ("data", self._titles.reading(reading)),
                ("when", self._when(reading, Quality(view["quality"]), self._titles.when(reading, view, self._clock))),
                ("nature", say(f"nature_{reading.nature.value}")),
            ]
        facts.append(("quality", say(f"quality_{state.quality.value}")))
        if reading is not None:
            facts.append(("problem", self._titles.trouble(reading, self._now)))
        if reading is not None and reading.source:
            facts.append(("source", self._titles.credit(reading)))
        return [*facts, ("scale", self._titles.scale(state.scale) or ""), ("expression", state.expression or "")]

    def _when(self, reading: Reading, quality: Quality, words: str) -> str:
        """Add the hour to words that tell the age alone."""
        aged = quality in (Quality.LIVE, Quality.STALE) and reading.nature is not Nature.FORECAST
        if not aged or reading.measured_at is None:
            return words
        return f"{words} ({self._wording.moment(reading.measured_at, self._clock)})"

    def _told_by(self, snapshot: Snapshot) -> dict[str, object]:
        title = words(snapshot.title, self._wording.language) or snapshot.scenario
        return {"scenario": title, "step": snapshot.step, "steps": snapshot.steps}
