"""The morning report: every thing that can be wrong is said, with what to do; what is not known is never said to be fine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maquette.console.health.inspection import Inspection
from maquette.console.health.presses import Presses
from maquette.console.health.remedies import AREAS, Area, lesson_of
from maquette.console.health.report import OWN, Finding, Round, State, is_ready, news
from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart
from maquette.core.alerts import Alert, Severity
from maquette.core.clock import Clock
from maquette.core.exhibition import ConsoleSettings, FeedCard, MqttSettings
from maquette.core.message import message
from maquette.core.readings import Nature, Quality, Reading, ReadingsUpdate
from maquette.core.snapshot import Mode, OutputState, Snapshot, SupplyState
from maquette.core.vitals import Beginning, Ending, FrameTally, Program, Vitals
from maquette.ops.board import Look, Power
from tests.console.fake_territory import make_exhibition

NOW = 100_000.0
LOCAL = datetime(2026, 11, 24, 9, 50, tzinfo=ZoneInfo("Europe/Paris"))
TODAY, YESTERDAY, EARLIER = date(2026, 11, 24), date(2026, 11, 22), date(2026, 11, 12)
CALM = Power(under_voltage=False, under_voltage_since=False, slowed=False, slowed_since=False)
LOOK = Look(
    pi=True, power=CALM, heat_c=48.0, hardware_clock=True, free_bytes=9_000_000_000, disk_bytes=31_000_000_000,
    overlay=False, state_writable=True,
)  # fmt: skip
FLOW = Reading(
    "river", "flow", None, 812.0, "m³/s", Quality.LIVE, Nature.MEASURED,
    LOCAL.astimezone(UTC) - timedelta(minutes=5), source="Hub'Eau", fresh_until=NOW + 600,
)  # fmt: skip


class House:
    """A hub in which all is well, and the report on it."""

    def __init__(self) -> None:
        self.exhibition = replace(
            make_exhibition(),
            simulated=False,
            feeds=(
                FeedCard("river", {"fr": "Débit du Rhône", "en": "Flow of the Rhône"}),
                FeedCard("votes", {}, made_here=True),
            ),
        )
        start = ConsoleStart(self.exhibition, ConsoleSettings(), beginning=Beginning(NOW - 3600, Ending.STOPPED))
        self.hub = Hub(start, lambda _message: None)
        self.clock = Clock(LOCAL, trusted=True)
        self.hub.receive(
            Snapshot(Mode.IDLE, outputs=(OutputState("river", "spi"),), supplies=(SupplyState("main", 3.2),))
        )
        self.hub.receive(ReadingsUpdate((FLOW,)))
        self.hub.receive(Vitals(FrameTally(), {}, {"stage": Program(1), "feeds": Program(2)}))
        self.hub.round = Round(LOOK, 0.0)
        buttons = [card.id for card in self.exhibition.buttons]
        self.hub.presses = Presses(EARLIER, YESTERDAY, None, dict.fromkeys(buttons, YESTERDAY))

    def inspection(self, language: str = "fr") -> Inspection:
        return Inspection(self.hub, language, self.clock, NOW)

    def findings(self, language: str = "fr") -> tuple[Finding, ...]:
        return self.inspection(language).findings()

    def summary(self, language: str = "fr") -> str:
        inspection = self.inspection(language)
        return inspection.summary(inspection.findings()).replace("\u00a0", " ")

    def amiss(self) -> list[tuple[str, str, str]]:
        return [(f.state.value, f.area.value, f.subject) for f in self.findings() if f.state is not State.OK]

    def look(self, **changes: object) -> None:
        self.hub.round = Round(replace(LOOK, **changes), 0.0)  # type: ignore[arg-type]  # fields of Look


@pytest.fixture
def house() -> House:
    return House()


def test_when_all_is_well_one_sentence_says_so(house):
    assert house.summary() == "La maquette est prête."
    assert house.summary("en") == "The model is ready."
    assert house.amiss() == []
    assert {finding.area for finding in house.findings()} == set(Area)
    assert all(finding.remedy is None for finding in house.findings())
    texts = " ".join(finding.text.replace("\u00a0", " ") for finding in house.findings())
    assert "Débit du Rhône : mesuré il y a 5 min (Hub'Eau)." in texts
    assert "« L'air » a été pressé le 22 novembre." in texts
    assert "démarrée il y a 1 h, après un arrêt demandé." in texts


def test_remarks_are_counted_and_the_gravest_stand_first(house):
    house.hub.receive(Alert("servo_failed", "needle", Severity.ERROR, (("servo", "needle"), ("problem", "…"))))
    assert house.summary() == "Prête, avec une remarque."
    house.hub.receive(Alert("broker_unreachable", "localhost", Severity.NOTICE, (("host", "localhost"),)))
    assert house.summary() == "Prête, avec 2 remarques."
    assert house.amiss() == [("warning", "servos", "needle"), ("notice", "network", "localhost")]
    lost = Alert("output_failed", "river", Severity.ERROR, (("strip", "river"), ("problem", "silence")))
    house.hub.receive(lost)
    assert house.amiss()[0] == ("error", "light", "river")
    assert house.summary() == "Pas prête : le ruban « river » ne reçoit plus de lumière : silence."
    house.hub.receive(Alert("show_failed", "", Severity.ERROR, (("problem", "silence"),)))
    assert house.summary() == "Pas prête : 2 choses à régler avant d'ouvrir."
    for alert in house.hub.alerts:
        house.hub.receive(replace(alert, over=True))
    assert house.summary() == "La maquette est prête."


def test_what_is_in_trouble_is_not_said_to_be_well_besides(house):
    house.hub.receive(Alert("output_failed", "river", Severity.ERROR, (("strip", "river"), ("problem", "…"))))
    house.hub.receive(Alert("feed_failed", "river", arguments=(("feed", "river"), ("problem", "timeout"))))
    about = [finding for finding in house.findings() if finding.subject == "river"]
    assert [finding.state for finding in about] == [State.ERROR, State.WARNING]
    assert "Montré en attendant\u00a0: mesuré il y a 5\u00a0min." in about[1].text
    assert about[1].remedy is not None
    assert "la panne est chez la source" in about[1].remedy


def test_what_one_remedy_mends_is_one_remark(house):
    cards = tuple(FeedCard(name, {"fr": name}) for name in ("river", "air", "grid"))
    house.hub.receive(replace(house.exhibition, feeds=cards))
    for card in cards:
        house.hub.receive(Alert("feed_failed", card.id, arguments=(("feed", card.id), ("problem", "no_network"))))
    assert house.summary() == "Prête, avec une remarque."
    house.hub.receive(ReadingsUpdate((replace(FLOW, quality=Quality.SAMPLE),)))
    assert any("Un exemple en tient lieu." in finding.text for finding in house.findings())


def no_power(house: House) -> None:
    house.look(power=None)


def no_heat(house: House) -> None:
    house.look(heat_c=None)


def no_disk(house: House) -> None:
    house.look(free_bytes=None)


def no_round(house: House) -> None:
    house.hub.round = None


def no_frames(house: House) -> None:
    house.hub.round = Round(LOOK, None)


def no_beginning(house: House) -> None:
    house.hub.beginning = None


def odd_beginning(house: House) -> None:
    house.hub.beginning = Beginning(NOW - 10, Ending.UNKNOWN)


def no_presses(house: House) -> None:
    house.hub.presses = Presses()


def no_readings(house: House) -> None:
    house.hub.receive(ReadingsUpdate((), frozenset({"river"})))


@pytest.mark.parametrize(
    "forget",
    [no_power, no_heat, no_disk, no_round, no_frames, no_beginning, odd_beginning, no_presses, no_readings],
)
def test_unknown_is_said_as_unknown_never_as_fine(house, forget: Callable[[House], None]):
    forget(house)
    assert {state for state, *_ in house.amiss()} == {"unknown"}
    assert house.summary().startswith("Prête, d'après ce qui est connu.")
    assert "connue" in house.summary().removeprefix("Prête, d'après ce qui est connu.")


def test_without_a_sign_of_the_light_nothing_is_ready(house):
    house.hub.snapshot = None
    assert not is_ready(house.findings())
    assert house.summary("en") == "Not ready: the program of the light has not shown any sign of life yet."


def after(ending: Ending, ago_s: float) -> Callable[[House], None]:
    return lambda house: setattr(house.hub, "beginning", Beginning(NOW - ago_s, ending))


def looked(**changes: object) -> Callable[[House], None]:
    return lambda house: house.look(**changes)


def restarted(times: int) -> Callable[[House], None]:
    return lambda house: house.hub.receive(Vitals(FrameTally(), {}, {"feeds": Program(2, times)}))


def told(reading: Reading) -> Callable[[House], None]:
    return lambda house: house.hub.receive(ReadingsUpdate((reading,)))


@pytest.mark.parametrize(
    ("trouble", "state", "code", "subject"),
    [
        (looked(power=replace(CALM, under_voltage=True)), "error", "under_voltage", "power"),
        (looked(power=replace(CALM, under_voltage_since=True)), "warning", "under_voltage_since", "power"),
        (looked(power=replace(CALM, slowed=True)), "warning", "slowed", "speed"),
        (looked(heat_c=80.0), "warning", "hot", "heat"),
        (looked(free_bytes=99_000_000), "warning", "disk_full", "disk"),
        (looked(free_bytes=999_000_000), "notice", "disk_little", "disk"),
        (looked(state_writable=False), "warning", "state_read_only", ""),
        (lambda house: setattr(house.hub, "round", Round(LOOK, 0.2)), "warning", "frames_lost", "frames"),
        (lambda house: setattr(house, "clock", Clock(LOCAL, trusted=False)), "warning", "clock_untrusted", ""),
        (after(Ending.CRASHED, 60.0), "notice", "crashed", ""),
        (restarted(3), "notice", "restarts_often", "feeds"),
        (told(replace(FLOW, fresh_until=NOW - 1)), "warning", "feed_old", "river"),
        (told(replace(FLOW, value=None, quality=Quality.MISSING, problem="no_row")), "warning", "feed_old", "river"),
        (
            lambda house: setattr(house.hub, "presses", house.hub.presses.pressed("air", YESTERDAY + timedelta(1))),
            "notice", "button_silent", "next",
        ),
    ],
)  # fmt: skip
def test_what_only_the_report_sees_becomes_an_alert_and_ends(house, trouble, state, code, subject):
    trouble(house)
    found = next(f for f in house.findings() if f.alert is not None and f.subject == subject)
    assert (found.state.value, found.alert.code, found.area) == (state, code, AREAS[code])
    assert found.remedy
    begun = news(house.findings(), house.hub.alerts)
    assert found.alert in begun
    for alert in begun:
        house.hub.receive(alert)
    assert news(house.findings(), house.hub.alerts) == ()
    well = House()
    for alert in begun:
        well.hub.receive(alert)
    assert {(a.code, a.over) for a in news(well.findings(), well.hub.alerts)} == {(a.code, True) for a in begun}


def test_an_alert_of_others_is_left_to_them(house):
    alert = Alert("servo_failed", "needle", Severity.ERROR, (("servo", "needle"), ("problem", "…")))
    house.hub.receive(alert)
    assert news(house.findings(), house.hub.alerts) == ()
    assert set(AREAS) >= OWN


def test_a_hot_processor_stays_so_until_it_has_cooled_down(house):
    house.look(heat_c=75.0)
    assert house.amiss() == []
    house.hub.receive(Alert("hot", "heat", arguments=(("limit", "80"),)))
    assert house.amiss() == [("warning", "machine", "heat")]
    house.look(heat_c=69.0)
    assert house.amiss() == []


def test_right_after_a_start_old_values_are_only_not_known_yet(house):
    house.hub.beginning = Beginning(NOW - 10, Ending.POWER_CUT)
    house.hub.receive(ReadingsUpdate((replace(FLOW, fresh_until=NOW - 1),)))
    assert house.amiss() == [("unknown", "feeds", "river")]
    assert news(house.findings(), ()) == ()


def test_an_example_is_a_remark_unless_it_was_meant(house):
    sample = replace(FLOW, quality=Quality.SAMPLE, measured_at=None)
    house.hub.receive(ReadingsUpdate((sample,)))
    assert house.amiss() == [("notice", "feeds", "river")]
    house.hub.receive(ReadingsUpdate((replace(sample, problem="given"),)))
    assert house.amiss() == []


def test_keys_that_are_missing_are_counted(house):
    rows = (replace(FLOW, key="a"), replace(FLOW, key="b", value=None, quality=Quality.MISSING))
    house.hub.receive(ReadingsUpdate(rows, frozenset({"river"})))
    assert house.amiss() == []
    assert any("connues\u00a0: 1 sur 2" in finding.text for finding in house.findings())


def test_a_supply_at_its_limit_is_a_note_and_no_alert(house):
    house.hub.receive(Snapshot(Mode.IDLE, supplies=(SupplyState("main", 8.0, 0.62),)))
    (found,) = [finding for finding in house.findings() if finding.state is State.NOTICE]
    assert "62\u00a0%" in found.text
    assert found.alert is None


def test_warnings_of_the_documents_and_other_silent_things(house):
    cards = house.exhibition.scenarios
    house.hub.receive(replace(house.exhibition, scenarios=(replace(cards[0], problems=2), *cards[1:])))
    assert house.amiss() == [("notice", "documents", "")]
    house.hub.receive(replace(house.exhibition, simulated=True))
    assert house.amiss() == [("notice", "light", "")]
    house.look(pi=False, power=None, heat_c=None)  # which watches neither
    assert house.amiss() == [("notice", "light", "")]


def test_the_broker_is_named_where_one_is_meant_to_be():
    start = ConsoleStart(make_exhibition(), ConsoleSettings(), MqttSettings("hall.local", password="secret"))
    texts = [f.text for f in Inspection(Hub(start, lambda _: None), "fr", Clock(LOCAL, trusted=True), NOW).findings()]
    assert "Le serveur MQTT hall.local n'a pas de défaut signalé." in texts
    assert not any("secret" in text for text in texts)


@pytest.mark.parametrize(
    ("alert", "lesson"),
    [
        (Alert("feed_failed", "air", arguments=(("problem", "no_network"),)), "network"),
        (Alert("feed_failed", "air", arguments=(("problem", message("key_not_set", name="KEY")),)), "key"),
        (Alert("feed_failed", "air", arguments=(("problem", "heaven_knows"),)), "wait"),
        (Alert("feed_shape", "air", arguments=(("problem", "no_row"), ("change", "…"))), "shape"),
        (Alert("servo_failed", "needle"), None),
    ],
)
def test_a_feed_s_alert_teaches_what_to_do(alert, lesson):
    assert lesson_of(alert) == lesson


def test_every_alert_has_a_remedy_in_both_languages(house):
    for code in AREAS:
        house.hub.receive(Alert(code, "x", arguments=(("problem", "timeout"),)))
    for language in ("fr", "en"):
        for finding in house.findings(language):
            if finding.state is not State.OK:
                assert finding.remedy
                assert "{" not in finding.remedy
