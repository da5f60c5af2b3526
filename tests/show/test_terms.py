"""What a show asks of the past, wherever in it the question stands."""

from datetime import datetime

from maquette.core.calendar import Instant
from maquette.core.past import PastTerm
from maquette.core.series import LONGEST_WINDOW_S
from maquette.show.captions import parse_caption
from maquette.show.expressions import compile_expression
from maquette.show.scenario import (
    Bound,
    Layer,
    Say,
    Scenario,
    ServoCue,
    Show,
    Step,
    Through,
    ValueTrigger,
    Variant,
)
from maquette.show.terms import past_terms, past_wanted
from tests.show.models import model_of, strips_of

HOUR = 3600.0


def show(*steps, triggers=()):
    scenario = Scenario("rhone", {"": "Rhône"}, steps, triggers)
    return Show(model_of(strips_of(10), {"rhone": range(10)}), {"rhone": scenario}, None, 0.0, ("fr",))


def ago(hours):
    return compile_expression(f"river.flow.ago('{hours} h')")


def test_a_question_is_found_wherever_it_stands():
    step = Step(
        layers=(
            Layer(
                ("rhone",),
                value=ago(1),
                parameters={"speed": Bound(ago(2), (0.0, 1.0), (0.0, 1.0))},
                level=Bound(ago(3), (0.0, 1.0), (0.0, 1.0)),
            ),
        ),
        servos=(ServoCue("needle", Bound(ago(4), (0.0, 1.0), (0.0, 1.0))),),
        say=Say(
            (
                Variant(
                    {"fr": parse_caption("{river.flow.ago('5 h')}")},
                    {"fr": parse_caption("{river.flow.ago('6 h')}")},
                    compile_expression("river.flow.ago('7 h') > 3"),
                ),
            )
        ),
        until=compile_expression("river.flow.ago('8 h') > 3"),
    )
    trigger = ValueTrigger(
        compile_expression("river.flow.ago('9 h') > 3"), compile_expression("river.flow.ago('10 h') < 3")
    )
    wanted = past_wanted(show(step, triggers=(trigger,)))
    assert wanted.terms == {PastTerm("river", "flow", "ago", hours * HOUR) for hours in range(1, 11)}
    assert wanted.spans == {}
    assert past_terms(step) == {PastTerm("river", "flow", "ago", hours * HOUR) for hours in range(1, 9)}


def test_a_show_that_asks_nothing_wants_nothing():
    wanted = past_wanted(show(Step(layers=(Layer(("rhone",), value=compile_expression("river.flow")),))))
    assert (wanted.terms, wanted.spans) == (frozenset(), {})


def test_a_journey_needs_the_series_of_what_it_tells_as_far_back_as_it_goes():
    flow = Layer(("rhone",), value=compile_expression("river.flow - river.flow.mean('48 h')"))
    wind = Layer(("rhone",), value=compile_expression("electricity.wind"))
    day, date = Instant(24 * HOUR), Instant(local=datetime(2026, 11, 20, 8))  # noqa: DTZ001 - the territory's own time
    wanted = past_wanted(
        show(
            Step(layers=(flow, wind), through=Through(day, Instant(), 60.0)),
            Step(layers=(wind,), through=Through(Instant(HOUR), Instant(), 60.0)),
            Step(layers=(Layer(("rhone",), value=compile_expression("air.index")),)),
        )
    )
    assert wanted.spans == {("river", "flow"): 72 * HOUR, ("electricity", "wind"): 24 * HOUR}
    everything = past_wanted(show(Step(layers=(wind,), through=Through(date, Instant(), 60.0))))
    assert everything.spans == {("electricity", "wind"): LONGEST_WINDOW_S}
