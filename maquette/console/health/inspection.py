"""Inspection: the house looked at thing by thing, from what the hub knows, in one language, at one moment."""

from collections.abc import Iterable, Iterator

from maquette.console.health.remedies import COMMANDS, Area, area_of, lesson_of, prevents_opening
from maquette.console.health.report import OWN, Finding, State, by_severity, remarks
from maquette.console.hub import Hub
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.alerts import Alert, Severity
from maquette.core.clock import Clock
from maquette.core.past import read_term
from maquette.core.readings import Quality, Reading
from maquette.core.text import words
from maquette.core.vitals import Ending
from maquette.ops.board import HOT_C, LITTLE_BYTES, VERY_LITTLE_BYTES, WARM_C, Look

SETTLED_S = 120.0
"""Seconds after a start in which feeds may still be about to answer: what is old until then is not yet a trouble."""
CRASH_S = 24 * 3600.0
"""Seconds for which a crash is worth a word."""
OFTEN = 3
"""Times that a program may start again before it is worth a word."""
LOST_SHARE = 0.1
"""The share of frames that may be left out before people see it."""
LIMITED_TO = 0.9
"""The share of its light that a supply may leave without a word."""
AWAITED = ("waiting", "warming_up")
"""Problems of values that are only to come."""
GIVEN = "given"
"""The problem of an example that was never meant to be anything else."""
GB = 1e9


class Inspection:
    """What the hub knows, inspected."""

    def __init__(self, hub: Hub, language: str, clock: Clock, monotonic_s: float) -> None:
        """Prepare.

        Args:
            hub: what is known.
            language: of the texts.
            clock: the wall clock in the territory's time zone.
            monotonic_s: the machine's monotonic clock, seconds.
        """
        self._hub = hub
        self._clock = clock
        self._now = monotonic_s
        self._wording = Wording(language)
        self._titles = Titles(hub.exhibition, self._wording)

    def findings(self) -> tuple[Finding, ...]:
        """Return everything there is to say, the gravest first."""
        told = [self._told(alert) for alert in self._hub.alerts if alert.code not in OWN]
        troubled = {(finding.area, finding.subject) for finding in told}
        seen = [one for one in self._seen() if one.alert is not None or (one.area, one.subject) not in troubled]
        return by_severity(told + seen)

    def summary(self, findings: Iterable[Finding]) -> str:
        """Return all of it in one sentence."""
        findings, say = tuple(findings), self._wording.say
        grave = [finding.text for finding in findings if finding.state is State.ERROR]
        if len(grave) > 1:
            return say("health_not_ready_many", count=len(grave))
        if grave:
            return say("health_not_ready", text=grave[0][:1].lower() + grave[0][1:])
        count = remarks(findings)
        unknown = sum(finding.state is State.UNKNOWN for finding in findings)
        if count:
            told = say("health_ready_but_one") if count == 1 else say("health_ready_but", count=count)
        else:
            told = say("health_ready_as_known") if unknown else say("health_ready")
        if unknown:
            more = say("health_unknown_one") if unknown == 1 else say("health_unknown", count=unknown)
            told = f"{told} {more}"
        return told

    def _told(self, alert: Alert) -> Finding:
        """Return what an alert says."""
        states = {Severity.NOTICE: State.NOTICE, Severity.WARNING: State.WARNING, Severity.ERROR: State.WARNING}
        state = State.ERROR if prevents_opening(alert) else states[alert.severity]
        say, lesson = self._wording.say, lesson_of(alert)
        remedy = self._wording.say_code("remedy", alert.code)
        if lesson is not None:
            remedy = f"{remedy} {say(f'feeds_do_{lesson}')}"
        text = self._titles.alert(alert)
        if lesson is not None and (shown := [one for one in self._values(alert.subject) if one.value is not None]):
            if all(reading.quality is Quality.SAMPLE for reading in shown):
                text = say("health_feed_stands_in", told=text)
            else:
                text = say("health_feed_shown", told=text, when=self._when(shown))
        return Finding(area_of(alert), alert.subject, state, text, remedy, COMMANDS.get(alert.code), alert)

    def _own(self, code: str, subject: str = "", severity: Severity = Severity.WARNING, **arguments: str) -> Finding:
        """Return what is wrong by the report's own judgement."""
        return self._told(Alert(code, subject, severity, tuple(arguments.items())))

    def _note(self, area: Area, subject: str, text: str, state: State = State.OK, remedy: str | None = None) -> Finding:
        return Finding(area, subject, state, text, None if remedy is None else self._wording.say_code("remedy", remedy))

    def _seen(self) -> Iterator[Finding]:
        yield from self._light()
        yield from self._supplies()
        yield from self._servos()
        yield from self._buttons()
        yield from self._feeds()
        yield from self._documents()
        yield from self._programs()
        yield from self._time()
        yield from self._machine()
        yield from self._network()

    # -- what visitors see and touch ---------------------------------------------------------------------------------

    def _light(self) -> Iterator[Finding]:
        say, snapshot, found = self._wording.say, self._hub.snapshot, self._hub.round
        if snapshot is None:
            yield self._note(Area.LIGHT, "", say("health_no_light"), State.ERROR, "no_light")
            return
        if self._hub.exhibition.simulated:
            yield self._note(Area.LIGHT, "", say("health_simulated"), State.NOTICE, "simulated")
        else:
            for output in snapshot.outputs:
                yield self._note(Area.LIGHT, output.strip, say("health_strip", strip=output.strip))
        if found is None or found.lost is None:
            yield self._note(Area.LIGHT, "frames", say("health_frames_unknown"), State.UNKNOWN, "later")
        elif found.lost > LOST_SHARE:
            yield self._own("frames_lost", "frames")
        else:
            yield self._note(Area.LIGHT, "frames", say("health_frames"))

    def _supplies(self) -> Iterator[Finding]:
        wording, snapshot = self._wording, self._hub.snapshot
        for supply in () if snapshot is None else snapshot.supplies:
            amperes = wording.quantity(round(supply.current_a, 1), "A")
            if supply.limited_to < LIMITED_TO:
                share = wording.quantity(round(100 * supply.limited_to), "%")
                text = wording.say("health_limited", supply=supply.supply, current=amperes, share=share)
                yield self._note(Area.SUPPLIES, supply.supply, text, State.NOTICE, "limited")
            else:
                text = wording.say("health_supply", supply=supply.supply, current=amperes)
                yield self._note(Area.SUPPLIES, supply.supply, text)

    def _servos(self) -> Iterator[Finding]:
        if self._hub.exhibition.simulated:
            return
        for card in self._hub.exhibition.servos:
            title = words(card.title, self._wording.language) or card.id
            yield self._note(Area.SERVOS, card.id, self._wording.say("health_servo", servo=title))

    def _buttons(self) -> Iterator[Finding]:
        if self._hub.exhibition.simulated:
            return
        say, presses = self._wording.say, self._hub.presses
        today = self._clock.local.date() if self._clock.trusted else None
        for card in self._hub.exhibition.buttons:
            title, last = self._titles.button(card.id), presses.last.get(card.id)
            silent = None if today is None else presses.is_silent(card.id, today)
            if card.id in presses.undated or (last is not None and last == today):
                yield self._note(Area.BUTTONS, card.id, say("health_button_today", button=title))
            elif silent:
                since = last or presses.since
                assert since is not None  # else nobody could tell that it is silent
                yield self._own("button_silent", card.id, Severity.NOTICE, button=card.id, day=since.isoformat())
            elif last is None:
                yield self._note(
                    Area.BUTTONS, card.id, say("health_button_never", button=title), State.UNKNOWN, "press_it"
                )
            else:
                text = say("health_button", button=title, day=self._wording.day(last))
                yield self._note(Area.BUTTONS, card.id, text)

    # -- what is told ------------------------------------------------------------------------------------------------

    def _feeds(self) -> Iterator[Finding]:
        failing = {alert.subject for alert in self._hub.alerts if alert.code in ("feed_failed", "feed_shape")}
        for card in self._hub.exhibition.feeds:
            if not card.made_here and card.id not in failing:
                yield self._feed(card.id, self._values(card.id))

    def _values(self, feed: str) -> list[Reading]:
        """Return what a feed says of the present."""
        found = (reading for reading in self._hub.readings.values() if reading.feed == feed)
        return [reading for reading in found if read_term(reading.feed, reading.name) is None]

    def _feed(self, feed: str, readings: list[Reading]) -> Finding:
        say, title = self._wording.say, self._titles.feed(feed)
        well = [reading for reading in readings if self._is_well(reading)]
        seeing = {reading.name for reading in well}
        blind = [reading for reading in readings if reading.name not in seeing]
        if not readings or any(reading.problem in AWAITED and reading.value is None for reading in blind):
            return self._note(Area.FEEDS, feed, say("health_feed_awaited", feed=title), State.UNKNOWN, "later")
        if not blind:
            source, when = well[0].source, self._when(well)
            text = say("health_feed_when", feed=title, when=when)
            if source:
                text = say("health_feed", feed=title, when=when, source=source)
            if len(well) < len(readings):
                text = say("health_feed_partly", told=text, known=len(well), total=len(readings))
            return self._note(Area.FEEDS, feed, text)
        when = self._when(blind)
        if all(reading.quality is Quality.SAMPLE for reading in blind):
            return self._note(
                Area.FEEDS, feed, say("health_feed_when", feed=title, when=when), State.NOTICE, "feed_sample"
            )
        if not self._is_settled():
            return self._note(
                Area.FEEDS, feed, say("health_feed_not_yet", feed=title, when=when), State.UNKNOWN, "later"
            )
        return self._own("feed_old", feed, feed=feed, problem=blind[0].problem or "too_old")

    def _is_well(self, reading: Reading) -> bool:
        quality = reading.quality_at(self._now)
        return quality in (Quality.LIVE, Quality.REPLAY) or (quality is Quality.SAMPLE and reading.problem == GIVEN)

    def _when(self, readings: list[Reading]) -> str:
        """Say when the oldest of some values is of."""
        dated = [reading for reading in readings if reading.measured_at is not None]
        oldest = min(
            dated, key=lambda one: one.measured_at.timestamp() if one.measured_at else 0.0, default=readings[0]
        )
        return self._titles.when(oldest, oldest.view(self._clock, self._now), self._clock)

    def _is_settled(self) -> bool:
        beginning = self._hub.beginning
        return beginning is None or self._now - beginning.at >= SETTLED_S

    def _documents(self) -> Iterator[Finding]:
        cards = self._hub.exhibition.scenarios
        warnings = sum(card.problems for card in cards)
        if warnings:
            text = self._wording.say("health_documents_warn", count=warnings)
            yield self._note(Area.DOCUMENTS, "", text, State.NOTICE, "documents_warn")
        elif not any(area_of(alert) is Area.DOCUMENTS for alert in self._hub.alerts):
            yield self._note(Area.DOCUMENTS, "", self._wording.say("health_documents", count=len(cards)))

    # -- what it runs on ---------------------------------------------------------------------------------------------

    def _programs(self) -> Iterator[Finding]:
        beginning, say = self._hub.beginning, self._wording.say
        if beginning is None:
            yield self._note(Area.PROGRAMS, "", say("health_began_unknown"), State.UNKNOWN)
        elif beginning.after is Ending.CRASHED and self._now - beginning.at < CRASH_S:
            yield self._own("crashed", "", Severity.NOTICE)
        else:
            unknown = beginning.after is Ending.UNKNOWN
            text = say(f"health_after_{beginning.after.value}", when=self._wording.ago(self._now - beginning.at))
            yield self._note(Area.PROGRAMS, "", text, State.UNKNOWN if unknown else State.OK)
        for name, program in {} if self._hub.vitals is None else self._hub.vitals.programs.items():
            if program.restarts >= OFTEN:
                yield self._own("restarts_often", name, Severity.NOTICE, process=name, count=str(program.restarts))
            elif program.restarts:
                yield self._note(Area.PROGRAMS, name, say("health_restarts", process=name, count=program.restarts))
            else:
                yield self._note(Area.PROGRAMS, name, say("health_runs", process=name))

    def _time(self) -> Iterator[Finding]:
        say, found = self._wording.say, self._hub.round
        if not self._clock.trusted:
            yield self._own("clock_untrusted")
            return
        time = self._wording.moment(self._clock.local, self._clock)
        kept = found is None or found.look.hardware_clock
        text = say("health_clock", time=time) if kept else say("health_clock_no_battery", time=time)
        yield self._note(Area.CLOCK, "", text)

    def _machine(self) -> Iterator[Finding]:
        found, say = self._hub.round, self._wording.say
        if found is None:
            yield self._note(Area.MACHINE, "", say("health_machine_unknown"), State.UNKNOWN, "later")
            return
        yield from self._power(found.look)
        yield from self._heat(found.look)
        yield from self._disk(found.look)

    def _power(self, look: Look) -> Iterator[Finding]:
        say, power = self._wording.say, look.power
        if not look.pi:
            return  # nothing there watches its supply
        if power is None:
            yield self._note(Area.MACHINE, "power", say("health_power_unknown"), State.UNKNOWN)
            return
        if power.under_voltage:
            yield self._own("under_voltage", "power", Severity.ERROR)
        elif power.under_voltage_since:
            yield self._own("under_voltage_since", "power")
        else:
            yield self._note(Area.MACHINE, "power", say("health_power"))
        if power.slowed:
            yield self._own("slowed", "speed")

    def _heat(self, look: Look) -> Iterator[Finding]:
        if look.heat_c is None:
            if look.pi:
                yield self._note(Area.MACHINE, "heat", self._wording.say("health_heat_unknown"), State.UNKNOWN)
            return
        # Once it was hot it must cool down well before that is over: an alert that comes and goes helps nobody.
        stands = any(alert.code == "hot" for alert in self._hub.alerts)
        if look.heat_c >= (WARM_C if stands else HOT_C):
            yield self._own("hot", "heat", limit=str(HOT_C))
        else:
            degrees = self._wording.quantity(round(look.heat_c), "°C")
            yield self._note(Area.MACHINE, "heat", self._wording.say("health_heat", degrees=degrees))

    def _disk(self, look: Look) -> Iterator[Finding]:
        say, number = self._wording.say, self._wording.number
        if look.free_bytes is None or look.disk_bytes is None:
            yield self._note(Area.MACHINE, "disk", say("health_disk_unknown"), State.UNKNOWN)
        elif look.free_bytes < VERY_LITTLE_BYTES:
            yield self._own("disk_full", "disk")
        elif look.free_bytes < LITTLE_BYTES:
            yield self._own("disk_little", "disk", Severity.NOTICE)
        else:
            text = say("health_disk", free=number(look.free_bytes / GB), whole=number(look.disk_bytes / GB))
            yield self._note(Area.MACHINE, "disk", text)
        if not look.state_writable:
            yield self._own("state_read_only", "")
        elif not any(alert.code == "state_not_saved" for alert in self._hub.alerts):
            text = say("health_records_forgotten") if look.overlay else say("health_records")
            yield self._note(Area.RECORDS, "", text)

    def _network(self) -> Iterator[Finding]:
        host = self._hub.broker
        if host is None:
            yield self._note(Area.NETWORK, "", self._wording.say("health_no_broker"))
        else:
            yield self._note(Area.NETWORK, host, self._wording.say("health_broker", host=host))
