"""The encoder's state machine: whatever its contacts chatter, a step that a hand feels is one step."""

from hypothesis import given
from hypothesis import strategies as st

from maquette.stage.senses.quadrature import Knob, turned

FORWARD = ("a", "b", "a", "b")
BACK = ("b", "a", "b", "a")
STEPS = st.sampled_from((1, 2, 4))


def play(lines, steps, knob=None):
    """Let contacts change one after the other; return the knob and the steps that were told."""
    knob, told = knob or Knob(), []
    for line in lines:
        closed = not (knob.a if line == "a" else knob.b)
        knob, step = turned(knob, line, closed, steps)
        told += [step] if step else []
    return knob, told


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 5)), max_size=30))
def test_any_chatter_leaves_one_step_for_each_that_a_hand_feels(turns):
    lines, wanted = [], []
    for forward, where, chatter in turns:
        for index, line in enumerate(FORWARD if forward else BACK):
            lines += [line] * (1 + 2 * chatter * (index == where))  # a contact that chatters ends where it should
        wanted.append(1 if forward else -1)
    assert play(lines, 4) == (Knob(), wanted)


@given(STEPS, st.integers(-40, 40))
def test_a_turn_of_so_many_changes_is_so_many_steps(steps, count):
    ways = FORWARD if count > 0 else BACK
    changes = [ways[index % 4] for index in range(abs(count) * steps)]
    assert sum(play(changes, steps)[1]) == count


@given(st.lists(st.sampled_from("ab"), max_size=60))
def test_whatever_happens_what_was_told_is_within_a_step_of_where_the_knob_is(lines):
    knob, told, turned_by = Knob(), 0, 0
    order = [(False, False), (True, False), (True, True), (False, True)]
    for line in lines:
        before = order.index((knob.a, knob.b))
        closed = not (knob.a if line == "a" else knob.b)
        knob, step = turned(knob, line, closed, 4)
        turned_by += (order.index((knob.a, knob.b)) - before + 1) % 4 - 1
        told += step
        assert abs(4 * told - turned_by) <= 4


def test_half_a_step_that_goes_back_is_none():
    assert play(["a", "b", "b", "a"], 4) == (Knob(), [])


def test_an_edge_that_was_lost_costs_no_more_than_its_own_step():
    knob, told = Knob(), []
    for line, closed in (("a", True), ("b", True), ("b", False)):  # that `a` opened was lost
        knob, step = turned(knob, line, closed, 4)
        told.append(step)
    _, after = play(["a"], 4, knob)
    assert (told, after) == ([0, 0, 0], [])
    assert play(FORWARD, 4)[1] == [1]


def test_an_edge_that_is_told_twice_changes_nothing():
    knob, _ = turned(Knob(), "a", closed=True, steps=4)
    assert turned(knob, "a", closed=True, steps=4) == (knob, 0)
