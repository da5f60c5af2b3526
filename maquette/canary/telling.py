"""Telling: what is found about each feed, in one language. Words go out; how they are laid out is the page's affair."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce

from maquette.canary.findings import Finding, State
from maquette.config.words import on_one_line, visible, word
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.clock import Clock
from maquette.core.exhibition import Exhibition
from maquette.core.readings import Quality, Reading
from maquette.core.text import words
from maquette.retelling.figures import SPACE

FEW = 4
"""Keys of a keyed feed that are named, unless all are asked for."""
MOST_NAMES = 8
"""Feeds that are named in one sentence, at most."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A value in words: its title, how much it is, and what else there is to say of it, or ""."""

    title: str
    amount: str
    remark: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of a feed as a whole, and need not be said again of each value: its problem, and when its values are of."""

    problem: str | None
    when: str | None


class Telling:
    """Says things in one language, at one moment."""

    def __init__(self, exhibition: Exhibition, clock: Clock, monotonic_s: float, language: str) -> None:
        """Prepare.

        Args:
            exhibition: for people's names of things.
            clock: the wall clock.
            monotonic_s: the same moment on the monotonic clock (s).
            language: a language of the documents.
        """
        self._exhibition = exhibition
        self._clock, self._now = clock, monotonic_s
        self.wording = Wording(language)
        self._titles = Titles(exhibition, self.wording)

    def title(self, finding: Finding) -> str:
        """Return what people call a feed, and where it is of."""
        title, place = self._titles.feed(finding.asked.name), finding.asked.document.place
        return on_one_line(f"{title}, {place}" if place and place not in title else title)

    def state(self, finding: Finding) -> str:
        """Return in a word or two how a feed is doing."""
        if finding.state is State.WELL and self._is_example(finding):
            return self.wording.say("quality_sample")
        return self.wording.say(f"feeds_state_{finding.state.value}")

    def situation(self, finding: Finding) -> str:
        """Return what holds for a feed as a whole: its trouble, when its values are of, and who makes them."""
        document, common = finding.asked.document, self._common(finding)
        nature = self.wording.say(f"nature_{document.nature.value}")
        source = self.wording.say("feeds_source", source=document.source, nature=nature)
        told = [*self.troubles(finding), *([] if common is None else [common]), source]
        return visible(" ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in told))

    def troubles(self, finding: Finding) -> list[str]:
        """Return what is wrong with a feed: nothing, or a sentence for each thing, without its full stop."""
        told = [self.wording.say("feeds_changed", change=word(one, self.wording.interface)) for one in finding.changes]
        if not told and finding.problem is not None:
            told = [self._problem(finding)]
        return told

    def _problem(self, finding: Finding) -> str:
        if finding.asked.told is not None:
            return word(finding.asked.told, self.wording.interface)
        return self.wording.say_code("feed_problem", finding.problem or "")

    def rows(self, finding: Finding, *, whole: bool) -> list[Row]:
        """Return a feed's values in the order of its document; ``whole``: with all keys, else the first few."""
        said = _Said(finding.problem if not finding.changes else None, self._common(finding))
        rows: list[Row] = []
        for number, readings in enumerate(finding.values.values()):
            rows += self._rows(said, readings, len(readings) if whole else 0 if number else FEW)
        return rows

    def headline(self, finding: Finding) -> str:
        """Return the one thing to know of a feed: its trouble, else its first value."""
        if finding.changes:
            return word(finding.changes[0], self.wording.interface)
        if finding.problem is not None:
            return self._problem(finding)
        row, first = self.rows(finding, whole=False)[0], finding.asked.readings[0]
        told = self.wording.say("feeds_headline_value", title=row.title, amount=row.amount)
        if self._is_example(finding):
            return told
        when = self.wording.when(first, first.view(self._clock, self._now), self._clock)
        return self.wording.say("feeds_headline_when", told=told, when=when)

    def heading(self) -> str:
        """Return what this is: the feeds of which model, and when."""
        title = words(self._exhibition.title, self.wording.language) or self._exhibition.id
        now = self.wording.moment(self._clock.local, self._clock)
        return on_one_line(self.wording.say("feeds_heading", title=title, moment=now))

    def thanks(self, findings: Iterable[Finding]) -> list[str]:
        """Return whom to thank for all these feeds, licence by licence, each once."""
        thanked: dict[str, dict[str, None]] = {}
        for document in (finding.asked.document for finding in findings):
            thanked.setdefault(document.licence, {})[document.attribution or document.source] = None
        say = self.wording.say
        lines = [
            (licence, reduce(lambda one, other: say("feeds_also", one=one, other=other), names))
            for licence, names in thanked.items()
        ]
        return [visible(say("feeds_licence", licence=licence, names=names)) for licence, names in lines]

    def lessons(self, findings: Sequence[Finding]) -> list[str]:
        """Return what is to be done, each thing once, with the names of the feeds that it is for."""
        named: dict[str, list[str]] = {}
        for finding in findings:
            if finding.lesson is not None:
                named.setdefault(finding.lesson, []).append(finding.asked.name)
        return [
            self.wording.say("feeds_lesson", lesson=self.wording.say(f"feeds_do_{lesson}"), names=self._listed(names))
            for lesson, names in named.items()
        ]

    def summary(self, findings: Sequence[Finding]) -> str:
        """Return all in one sentence."""
        troubled = [finding.asked.name for finding in findings if finding.state is State.TROUBLE]
        well, count = len(findings) - len(troubled), len(findings)
        if not troubled:
            return self.wording.say("feeds_all_well", count=count) if count > 1 else self.wording.say("feeds_one_well")
        names = self._listed(troubled)
        if count == 1:
            return self.wording.say("feeds_one_troubled", names=names)
        return self.wording.say("feeds_troubled", well=well, count=count, names=names)

    def _listed(self, names: Sequence[str]) -> str:
        """Return names in a row; of many, the first and how many more there are."""
        if len(names) <= MOST_NAMES:
            return ", ".join(names)
        first = ", ".join(names[: MOST_NAMES - 1])
        return self.wording.say("feeds_others", names=first, count=len(names) - MOST_NAMES + 1)

    # -- one value -----------------------------------------------------------------------------------------------------

    def _is_example(self, finding: Finding) -> bool:
        return all(reading.quality is Quality.SAMPLE for reading in finding.asked.readings)

    def _value(self, reading: Reading) -> float | None:
        return None if reading.quality_at(self._now) is Quality.MISSING else reading.value

    def _when(self, reading: Reading) -> str:
        """Say how and when a value came to be, until when it holds, or why it is missing."""
        view = reading.view(self._clock, self._now)
        said, quality = self.wording.when(reading, view, self._clock), view["quality"]
        if reading.valid_until is not None and quality in (Quality.LIVE, Quality.STALE):
            said = self.wording.say(
                "feeds_until", when=said, moment=self.wording.moment(reading.valid_until, self._clock)
            )
        return self.wording.say("feeds_live", when=said) if quality == Quality.LIVE else said

    def _common(self, finding: Finding) -> str | None:
        """Return when the known values of a feed are of, if that is the same for all of them."""
        known = [reading for reading in finding.asked.readings if self._value(reading) is not None]
        told = {self._when(reading) for reading in known}
        if len(told) != 1:
            return None
        last = finding.asked.problem is not None and known[0].quality is not Quality.SAMPLE
        return self.wording.say("feeds_last_known", when=told.pop()) if last else told.pop()

    def _remark(self, said: _Said, reading: Reading) -> str:
        """Return what is to be said of one value besides what is said of its feed."""
        if self._value(reading) is None:
            return "" if reading.problem == said.problem else self._when(reading)
        return "" if said.when is not None else self._when(reading)

    def _rows(self, said: _Said, readings: Sequence[Reading], most: int) -> Iterator[Row]:
        keyed = [reading for reading in readings if reading.key is not None]
        if keyed:
            yield self._keyed(said, keyed, most)
        for reading in readings:
            if reading.key is None:
                amount = self.wording.quantity(self._value(reading), reading.unit)
                yield Row(on_one_line(self._titles.value(reading)), amount, self._remark(said, reading))

    def _keyed(self, said: _Said, readings: Sequence[Reading], most: int) -> Row:
        """Return the value of many keys in one row: from where to where, how many are known, and the first ``most`` of them."""
        say, number = self.wording.say, self.wording.number
        title, unit = on_one_line(self._titles.value(readings[0])), readings[0].unit
        known = [(reading, value) for reading in readings if (value := self._value(reading)) is not None]
        if not known:
            return Row(title, say("unknown"), self._remark(said, readings[0]))
        lowest, highest = (pick(value for _, value in known) for pick in (min, max))
        amount = self.wording.quantity(highest, unit)
        if number(lowest) != number(highest):
            amount = say("rehearsal_range", low=number(lowest), high=amount)
        if len(readings) == 1:
            where = self._titles.key(readings[0]) or ""
            return Row(title, amount, ", ".join([where, *([] if said.when is not None else [self._when(readings[0])])]))
        counted = say("feeds_keys", count=len(readings))
        if len(known) < len(readings):
            counted = say("feeds_keys_known", known=len(known), total=len(readings))
        parts = [counted, *([] if said.when is not None else self._ages([one for one, _ in known]))]
        remark = ", ".join(parts)
        if most:
            named = ", ".join(f"{self._titles.key(reading)}{SPACE}{number(value)}" for reading, value in known[:most])
            remark = say("feeds_key_values", parts=remark, named=named + ("…" if len(known) > most else ""))
        lost = [self._titles.key(reading) or "" for reading in readings if self._value(reading) is None]
        if lost and most >= len(readings):
            remark = say("feeds_keys_lost", remark=remark, names=", ".join(lost))
        return Row(title, amount, remark)

    def _ages(self, readings: Sequence[Reading]) -> list[str]:
        """Return when values are of that are not all of the same time: the newest and the oldest."""
        dated = sorted(readings, key=lambda reading: reading.measured_at or _NEVER)
        newest, oldest = self._when(dated[-1]), self._when(dated[0])
        return [newest] if newest == oldest else [self.wording.say("feeds_ages", newest=newest, oldest=oldest)]
