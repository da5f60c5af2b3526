"""A sample of mutants of the shipped documents, and the judge itself; `make mutate` tries them all."""

import dataclasses

import pytest

from tests.config.mutants.judge import change_of, judge
from tests.config.mutants.mutations import OPERATIONS, Mutation, mutations
from tests.config.mutants.trial import Laboratory

SEED = 11
SAMPLE = 100
AIR = "scenarios/air.yaml"


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    made = Laboratory()
    made.prepare()
    return made


def test_a_mutant_is_refused_where_it_is_wrong_or_differs_only_where_it_was_changed(laboratory: Laboratory):
    tried = [laboratory.tried(*mutant) for mutant in laboratory.mutants(SEED)[:SAMPLE]]
    assert {each.mutation.operation for each in tried} == set(OPERATIONS)
    assert {each.file for each in tried} == set(laboratory.installation.documents)
    assert [laboratory.description(each) for each in tried if not each.right] == []


def test_every_key_and_value_is_concerned_by_each_operation(laboratory: Laboratory):
    source = laboratory.installation.documents[AIR]
    text = source.raw.decode()
    made = list(mutations(text, source))
    cuts = {each.start for each in made if each.operation == "truncate"}
    assert {at + 1 for at, sign in enumerate(text[:-1]) if sign == "\n"} <= cuts
    for operation in ("delete", "duplicate", "misspell_key", "retype"):
        paths = {each.path for each in made if each.operation == operation}
        assert {("title",), ("title", "fr"), ("steps", 0, "lights", 2, "effect", "breathe", "depth")} <= paths
    assert ("steps", 0, "fade") in {each.path for each in made if each.operation == "misspell_value"}
    assert all(each.apply(text) != text for each in made)


def mutation(laboratory: Laboratory, old: str, new: str) -> Mutation:
    text = laboratory.installation.documents[AIR].raw.decode()
    start = text.index(old)
    return Mutation("retype", ("steps", 0, "fade"), start, start + len(old), new)


def test_the_judge_sees_a_problem_on_another_line(laboratory: Laboratory):
    source = laboratory.installation.documents[AIR]
    made = mutation(laboratory, "fade: 2 s", "fade: 2 m")
    change = change_of(AIR, source, made, laboratory.names)
    outcome = laboratory.installation.check(AIR, made.apply(source.raw.decode()).encode())
    assert judge(made, change, source, laboratory.sound, outcome) == "refused"
    (error,) = outcome.errors
    for other in ({"line": error.line + 1}, {"file": "scenarios/rhone.yaml"}):
        moved = dataclasses.replace(outcome, problems=(dataclasses.replace(error, shown="    for: 40 s", **other),))
        assert judge(made, change, source, laboratory.sound, moved) == "misplaced"


def test_the_judge_sees_that_something_else_has_changed(laboratory: Laboratory):
    source = laboratory.installation.documents[AIR]
    text = source.raw.decode()
    made = mutation(laboratory, "fade: 2 s", "fade: 3 s")
    change = change_of(AIR, source, made, laboratory.names)
    outcome = laboratory.installation.check(AIR, made.apply(text).encode())
    assert judge(made, change, source, laboratory.sound, outcome) == "accepted"
    both = laboratory.installation.check(AIR, made.apply(text).replace("for: 30 s", "for: 31 s", 1).encode())
    assert judge(made, change, source, laboratory.sound, both) == "changed_elsewhere"
    assert outcome.normal is not None
    assert both.normal is not None
    read_otherwise = dataclasses.replace(outcome, normal={**outcome.normal, AIR: both.normal[AIR]})
    assert judge(made, change, source, laboratory.sound, read_otherwise) == "changed_elsewhere"
    elsewhere = {**outcome.normal, "scenarios/rhone.yaml": {**outcome.normal["scenarios/rhone.yaml"], "ends": "air"}}
    told = dataclasses.replace(outcome, normal=elsewhere)
    assert judge(made, change, source, laboratory.sound, told) == "changed_elsewhere"
