"""Views: the public JSON shapes of the show, the scenarios, the readings and the zones. Messages in, plain JSON out."""

from datetime import datetime
from typing import Any

from maquette import __version__
from maquette.console.hub import Hub
from maquette.console.titles import Titles
from maquette.console.why import Why
from maquette.console.wording import Wording
from maquette.core.alerts import Alert, Severity
from maquette.core.clock import Clock
from maquette.core.events import Answer
from maquette.core.message import Message
from maquette.core.past import read_term
from maquette.core.readings import Quality, Reading
from maquette.core.snapshot import DimmedTo, Hand, Identifying, Question, Snapshot, ZoneState
from maquette.core.text import words

Json = dict[str, Any]

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
"""The order in which alerts are told."""


class Views:
    """What the hub knows, in one language, at one moment."""

    def __init__(self, hub: Hub, language: str, clock: Clock, monotonic_s: float) -> None:
        """Take a look.

        Args:
            hub: what is known.
            language: of the texts.
            clock: the wall clock in the territory's time zone.
            monotonic_s: the machine's monotonic clock, seconds.
        """
        self._hub = hub
        self._clock = clock
        self._now = monotonic_s
        self.wording = Wording(language)
        self._language = language
        self._titles = Titles(hub.exhibition, self.wording)
        self._why = Why(self.wording, self._titles, clock, monotonic_s)

    def state(self, snapshot: Snapshot) -> Json:
        """Return the state of the show, exactly in the public shape."""
        return {
            "state": snapshot.mode.value,
            "scenario": snapshot.scenario,
            "title": words(snapshot.title, self._language) or None,
            "step": snapshot.step,
            "steps": snapshot.steps,
            "step_title": words(snapshot.step_title, self._language) or None,
            "brightness": snapshot.brightness,
            "guided": snapshot.guided,
            "calm": snapshot.calm,
            "quality": snapshot.quality.value,
            "alerts": [{"code": alert.code, "text": self._titles.alert(alert)} for alert in self._alerts()],
        }

    def live(self, snapshot: Snapshot) -> Json:
        """Return the state of the show and everything else that the pages show of it."""
        ends, started = snapshot.step_ends_at, snapshot.step_started_at
        return self.state(snapshot) | {
            "alert_severities": [alert.severity.value for alert in self._alerts()],
            "language": snapshot.language,
            "caption": self.wording.caption(snapshot.caption),
            "notes": words(snapshot.notes, self._language) or None,
            "step_elapsed_s": round(max(0.0, self._now - started), 1) if snapshot.step else None,
            "step_duration_s": round(ends - started, 1) if ends is not None else None,
            "zones": [self._zone_line(state) for state in snapshot.zones],
            "lamps": sorted(snapshot.lamps),
            "inviting": sorted(snapshot.inviting),
            "choice": snapshot.choice,
            "outputs": [
                {"strip": o.strip, "driver": o.driver, "problem": self.wording.told_of(o.problem)}
                for o in snapshot.outputs
            ],
            "supplies": [
                {"supply": s.supply, "current_a": round(s.current_a, 1), "limited_to": round(s.limited_to, 2)}
                for s in snapshot.supplies
            ],
            "dimmed": None if snapshot.dimmed is None else self._dimmed(snapshot.dimmed),
            "light_text": self._light(snapshot),
            "simulated": self._hub.exhibition.simulated,
            "pending": snapshot.pending,
            "ended": snapshot.ended,
            "question": None if snapshot.question is None else self._question(snapshot.question),
            "hands": [self._hand(hand) for hand in snapshot.hands],
            "moment_text": None if snapshot.moment is None else self._moment(snapshot.moment, snapshot.quality),
            "identifying": None if snapshot.identifying is None else self._identifying(snapshot.identifying),
            "readings_revision": self._hub.readings_revision,
            "version": __version__,
            "exhibition": self._hub.exhibition_mark,
        }

    def _dimmed(self, dimmed: DimmedTo) -> Json:
        return {"percent": round(dimmed.percent), "reason": dimmed.reason}

    def _light(self, snapshot: Snapshot) -> str | None:
        """Return why there is less light than somebody has set, in words, or None."""
        found = list[str]()
        if snapshot.dimmed is not None:
            share = self.wording.quantity(round(snapshot.dimmed.percent), "%")
            found.append(self.wording.say(f"light_dimmed_{snapshot.dimmed.reason}", share=share))
        for supply in snapshot.supplies:
            percent = round(100 * supply.limited_to)
            if percent < 100:
                share = self.wording.quantity(percent, "%")
                found.append(self.wording.say("light_limited", share=share, supply=supply.supply))
        return " · ".join(found) or None

    def scenarios(self) -> list[Json]:
        """Return the scenarios, in the order of the documents."""
        return [
            {
                "id": card.id,
                "title": words(card.title, self._language) or card.id,
                "steps": len(card.steps),
                "duration_s": round(card.duration_s),
                "problems": card.problems,
            }
            for card in self._hub.exhibition.scenarios
        ]

    def readings(self, *, in_words: bool = False) -> list[Json]:
        """Return all readings, in the order of the documents; ``in_words`` adds what the pages say of each."""
        places = {(card.feed, card.name): place for place, card in enumerate(self._hub.exhibition.values)}
        ordered = sorted(self._hub.readings.values(), key=lambda r: places.get((r.feed, _value(r)), len(places)))
        return [self.reading(reading, in_words=in_words) for reading in ordered]

    def reading(self, reading: Reading, *, in_words: bool = False) -> Json:
        """Return one reading in the public shape."""
        view = reading.view(self._clock, self._now)
        if not in_words:
            return view
        quality = Quality(view["quality"])
        value = self.wording.quantity(view["value"], reading.unit)
        title, when = self._titles.reading(reading), self._titles.when(reading, view, self._clock)
        return view | {
            "title": title,
            "feed_title": self._titles.feed(reading.feed),
            "value_title": self._titles.value(reading),
            "key_title": self._titles.key(reading),
            "value_text": value,
            "when_text": when,
            "nature_text": self.wording.say(f"nature_{reading.nature.value}"),
            "quality_text": self.wording.say(f"quality_{quality.value}"),
            "text": self.wording.say("reading_in_words", title=title, value=value, when=when),
        }

    def zone(self, state: ZoneState, snapshot: Snapshot, *, in_words: bool = False) -> Json:
        """Return why a zone has its colour, in the public shape; ``in_words`` adds the facts one by one."""
        view: Json = {
            "zone": state.zone,
            "title": self._titles.zone(state.zone),
            "colour": state.colour,
            "quality": state.quality.value,
            "reading": self.reading(state.reading) if state.reading else None,
            "scale": state.scale,
            "class": self._why.class_title(state),
            "expression": state.expression,
            "scenario": snapshot.scenario,
            "step": snapshot.step,
            "text": self._why.text(state, snapshot),
        }
        if in_words:
            view["quality_text"] = self.wording.say(f"quality_{state.quality.value}")
            view["reason"] = self._why.reason(state)
            view["facts"] = self._why.facts(state, snapshot)
        return view

    def answer(self, answer: Answer) -> Json:
        """Return what became of a command: the state, or why it was refused."""
        if answer.refused is None:
            snapshot = self._hub.snapshot
            return {"ok": True, "state": None if snapshot is None else self.state(snapshot)}
        return self.refusal(answer.refused, answer.hint, **answer.arguments)

    def refusal(self, code: str, hint: str | None = None, **arguments: str | Message) -> Json:
        """Return a refusal in the public shape; ``hint`` is a name that was probably meant."""
        text = self.wording.say_code("refused", code, arguments)
        meant = None if hint is None else self.wording.say("did_you_mean", name=hint)
        return {"ok": False, "code": code, "text": text, "hint": meant}

    def alerts(self) -> dict[str, list[Json]]:
        """Return the alerts by code, each with what it is about and its arguments."""
        told: dict[str, list[Json]] = {}
        for alert in self._alerts():
            view = {"code": alert.code, "severity": alert.severity.value, "text": self._titles.alert(alert)}
            arguments: Json = {"subject": alert.subject, **self.wording.told(dict(alert.arguments))}
            for name in {"line", "column"} & arguments.keys():
                arguments[name] = int(arguments[name])
            told.setdefault(alert.code, []).append(view | arguments)
        return told

    def _question(self, question: Question) -> Json:
        """Return a question with its answers so far; ``share`` is that of the answers that may be given now."""
        whole = sum(choice.count for choice in question.choices)
        mean = self.wording.quantity(question.mean, None)
        return {
            "id": question.id,
            "text": words(question.text, self._language),
            "choices": [
                {
                    "button": choice.button,
                    "button_label": self._titles.button(choice.button),
                    "label": words(choice.label, self._language),
                    "count": choice.count,
                    "share": choice.count / whole if whole else 0.0,
                }
                for choice in question.choices
            ],
            "count": question.count,
            "open": question.open,
            "mean": question.mean,
            "results_text": self.wording.say("votes_results", count=question.count, mean=mean)
            if question.count
            else self.wording.say("votes_none"),
        }

    def _hand(self, hand: Hand) -> Json:
        card = next((card for card in self._hub.exhibition.buttons if card.id == hand.button), None)
        scenario = card.scenario if card is not None else None
        return {
            "button": hand.button,
            "label": self._titles.button(hand.button),
            "scenario": scenario,
            "since_s": round(max(0.0, self._now - hand.since)),
        }

    def _identifying(self, identifying: Identifying) -> Json:
        left_s = max(0, round(identifying.ends_at - self._now))
        return {"target": identifying.target, "left_s": left_s, "heard": list(identifying.heard)}

    def _moment(self, moment: datetime, quality: Quality) -> str:
        """Say which moment of the past is shown; an example never was, so it has no date."""
        if quality is Quality.SAMPLE:
            return self.wording.say("replay_sample", ago=self.wording.ago((self._clock.local - moment).total_seconds()))
        return self.wording.say("replay_moment", moment=self.wording.moment(moment, self._clock))

    def _alerts(self) -> list[Alert]:
        return sorted(self._hub.alerts, key=lambda alert: _SEVERITIES.index(alert.severity))

    def _zone_line(self, state: ZoneState) -> Json:
        reading = None if state.decoration else state.reading
        return {
            "zone": state.zone,
            "colour": state.colour,
            "quality": state.quality.value,
            "decoration": state.decoration,
            "class": self._why.class_title(state),
            "value_text": None if state.decoration else self._why.value(state),
            "nature_text": None if reading is None else self.wording.say(f"nature_{reading.nature.value}"),
            "place": None if reading is None or reading.key is not None else reading.place,
            "source": None if reading is None else reading.source,
            "scale": state.scale,
        }


def _value(reading: Reading) -> str:
    """Return the name of the value that a reading tells, now or in the past."""
    term = read_term(reading.feed, reading.name)
    return reading.name if term is None else term.name
