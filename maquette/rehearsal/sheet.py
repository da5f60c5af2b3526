"""The sheet: everything that pictures say in words, in one language, and the scales that they show."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.exhibition import Exhibition, ScaleCard
from maquette.core.readings import Quality
from maquette.core.text import Caption, words
from maquette.rehearsal.uses import Uses, Value
from maquette.rehearsal.values import Origin, Values
from maquette.show.scenario import Ask, Scenario, Step


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in words: what it is, and what it is now."""

    title: str
    amount: str


class Sheet:
    """Words for one rehearsal."""

    def __init__(
        self,
        scenario: Scenario,
        exhibition: Exhibition,
        numbers: Sequence[int],
        count: int,
        language: str,
        mark: Iterable[Origin] = (),
    ) -> None:
        """Take over what is to be worded.

        Args:
            scenario: the steps that are rehearsed.
            exhibition: what people call everything.
            numbers: of those steps in the scenario, from 1.
            count: how many steps the scenario has.
            language: of the words.
            mark: where the values come from.
        """
        self._scenario, self._exhibition = scenario, exhibition
        self._numbers, self._count = numbers, count
        self._buttons = {card.id: card.label for card in exhibition.buttons}
        self._origins = frozenset(mark)
        self.language = language
        self.wording = Wording(language)
        self.titles = Titles(exhibition, self.wording)
        self._scales = {card.id: card for card in exhibition.scales}

    @property
    def title(self) -> str:
        """The scenario's title."""
        return words(self._scenario.title, self.language) or self._scenario.id

    def step_title(self, step: int) -> str:
        """Return the title of a step among those rehearsed, from 0; its number where it has none."""
        title = words(self._scenario.steps[step].title, self.language)
        return title or self.wording.say("rehearsal_step", step=self._numbers[step])

    def step_number(self, step: int) -> int:
        """Return the number of a step in the scenario, from 1."""
        return self._numbers[step]

    def place(self, step: int) -> str:
        """Return where in the scenario a step stands."""
        return self.wording.say("rehearsal_place", scenario=self.title, step=self._numbers[step], steps=self._count)

    def question(self, ask: Ask) -> tuple[str, str]:
        """Return a question, and its answers with their buttons."""
        answers = [
            self.wording.say(
                "rehearsal_answer",
                button=words(self._buttons.get(choice.button), self.language) or choice.button,
                label=words(choice.label, self.language),
            )
            for choice in ask.choices
        ]
        return words(ask.question, self.language), "   ".join(answers)

    def quality(self, quality: Quality) -> str | None:
        """Return the mark of values that are not live, or None."""
        if quality is Quality.LIVE:
            return None
        word = self.wording.say(f"quality_{quality.value}")
        return f"{word[:1].upper()}{word[1:]}"

    def caption(self, caption: Caption | None) -> str:
        """Return what visitors read, with its figures written out."""
        return self.wording.caption(caption) or ""

    @property
    def mark(self) -> str:
        """What every picture says of its values: that this is a rehearsal, and where they come from."""
        told = [self.wording.say(f"rehearsal_{origin.value}") for origin in Origin if origin in self._origins]
        if not told:
            return self.wording.say("rehearsal")
        return self.wording.say("rehearsal_with", values=", ".join(told))

    def scales(self, step: Step) -> list[ScaleCard]:
        """Return the scales on which a step shows values, each once."""
        scales = {layer.scale.id: layer.scale for layer in step.layers if layer.scale is not None}
        return [self._scales.get(name) or scale.card() for name, scale in scales.items()]

    def seconds(self, seconds: float) -> str:
        """Return a duration in words."""
        return self.wording.quantity(round(seconds, 1), "s")

    def figures(self, uses: Uses, values: Values, in_turn: Collection[Value] = ()) -> list[Figure]:
        """Return every value that the steps read, the rows of a feed together.

        Args:
            uses: what the steps read.
            values: what it is.
            in_turn: values that are each class of a scale in turn.
        """
        return [self._figure(value, values, in_turn=value in in_turn) for value in uses.values]

    def _figure(self, value: Value, values: Values, *, in_turn: bool) -> Figure:
        rows = [reading for key, reading in values.readings.items() if key[:2] == value]
        known = sorted(reading.value for reading in rows if reading.value is not None)
        title = self.titles.value(rows[0]) if rows else ".".join(value)
        unit = rows[0].unit if rows else None
        if in_turn:
            amount = self.wording.say("rehearsal_in_turn")
        elif not known:
            amount = self.wording.say("unknown")
        elif known[-1] == known[0]:
            amount = self.wording.quantity(known[0], unit)
        else:
            low, high = self.wording.number(known[0]), self.wording.quantity(known[-1], unit)
            amount = self.wording.say("rehearsal_range", low=low, high=high)
        return Figure(title, amount)


def origins_of(uses: Uses, origins: Mapping[Value, Origin]) -> list[Origin]:
    """Return where the values that are read come from, each once."""
    return list(dict.fromkeys(origins.get(value, Origin.UNKNOWN) for value in uses.values))
