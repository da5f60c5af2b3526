"""Expressions against the documents: names, keys and units are checked before anything is shown."""

import pytest

from maquette.show.expressions import Vocabulary, compile_expression, examine
from tests.show.sample_readings import VOCABULARY
from tests.words import english


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("river.flow", "m³/s"),
        ("max(air.index)", None),
        ("air[zone.insee].index", None),
        ("mean(no2.level) + 3", "µg/m³"),
        ("3 + mean(no2.level)", "µg/m³"),
        ("'1 l/s' + river.flow", "m³/s"),
        ("river.flow / canal.flow", None),
        ("river.flow * 2", "m³/s"),
        ("electricity.wind * electricity.load", "MW"),
        ("electricity.wind * '2 h'", "MW·h"),
        ("electricity.wind / '2 h'", "MW/h"),
        ("2 ** 3", None),
        ("share(air.index > 3)", "%"),
        ("count(no2.level)", None),
        ("share(air.index > 3) > 50", None),
        ("0 < share(air.index > 3) > '0.5 %'", None),
        ("round(river.flow, 1)", "m³/s"),
        ("clamp(0, river.flow, 3)", "m³/s"),
        ("river.flow if True else 0", "m³/s"),
        ("0 if True else river.flow", "m³/s"),
        ("river.flow > 3", None),
        ("-river.flow", "m³/s"),
        ("'1200 m³/s'", "m³/s"),
        ("zone.insee == '69276' and not river.flow > 3", None),
        ("zone.title", None),
    ],
)
def test_the_unit_of_a_result_is_known_before_any_reading(text, unit):
    assert examine(compile_expression(text), VOCABULARY) == (unit, ())


@pytest.mark.parametrize(
    ("text", "code", "column", "hint"),
    [
        ("rivr.flow", "E205", 0, "'river'"),
        ("1 + rivr.flow", "E205", 4, "'river'"),
        ("'é' == zone.title and rivr.flow > 1", "E205", 22, "'river'"),
        ("xyz.flow", "E205", 0, "there are air"),
        ("river.flw", "E206", 6, "'flow'"),
        ("air['69276'].idex", "E206", 13, "'index'"),
        ("zone.inse == '69276'", "E207", 5, "'insee'"),
        ("air[zone.inse].index", "E207", 9, "'insee'"),
        ("air.index", "E209", 0, "air[zone.insee].index, or max(air.index)"),
        ("max(air.index) + air.index", "E209", 17, "which"),
        ("round(air.index)", "E209", 6, "which"),
        ("river['x'].flow", "E210", 6, "river.flow"),
        ("river.flow > no2['a'].level", "E311", 13, "measure different things"),
        ("zone.title == 'é' and river.flow > '3 µg/m³'", "E311", 35, "measure different things"),
        ("river.flow + '3 µg/m³'", "E311", 13, "measure different things"),
        ("max(river.flow, no2.level)", "E311", 16, "measure different things"),
        ("clamp(river.flow, 0, '3 h')", "E311", 21, "measure different things"),
        ("river.flow if True else '3 h'", "E311", 24, "measure different things"),
        ("max(air.index) > '4 m³/s'", "E311", 17, "a number without unit"),
        ("1 < river.flow < '3 h'", "E311", 17, "measure different things"),
        ("river.flow % '3 h'", "E311", 13, "measure different things"),
        ("share(air.index > 3) >= 0.5", "E313", 24, "'50 %'"),
        ("0.25 < share(air.index > 3)", "E313", 0, "'25 %'"),
        ("river.flow ** 2", "E312", 0, "without unit"),
    ],
)
def test_a_fault_is_found_at_its_character(text, code, column, hint):
    _, findings = examine(compile_expression(text), VOCABULARY)
    assert [(finding.code, finding.column) for finding in findings] == [(code, column)]
    assert hint in english(findings[0].message, findings[0].hint)


def test_all_faults_are_found_at_once_in_the_order_of_the_text():
    _, findings = examine(compile_expression("max(air.indx, rivr.flow) > zoneless.x + '3 h' * 2"), VOCABULARY)
    assert [finding.code for finding in findings] == ["E206", "E205", "E205"]


def test_one_fault_does_not_cause_another():
    _, findings = examine(compile_expression("rivr.flow > '3 h' + rivr.flow"), VOCABULARY)
    assert [finding.code for finding in findings] == ["E205", "E205"]


def test_where_there_is_no_zone_its_attributes_are_a_fault():
    vocabulary = Vocabulary(VOCABULARY.values, VOCABULARY.keyed)
    _, findings = examine(compile_expression("air[zone.insee].index"), vocabulary)
    assert [(finding.code, finding.column) for finding in findings] == [("E207", 4)]


def test_without_attributes_the_hint_proposes_a_key():
    _, findings = examine(compile_expression("air.index"), Vocabulary(VOCABULARY.values, VOCABULARY.keyed))
    assert "air['…'].index" in english(findings[0].hint)


def test_a_misspelt_unit_of_a_feed_is_named():
    vocabulary = Vocabulary({"river": {"flow": "m3/s"}})
    _, findings = examine(compile_expression("river.flow > '3 m³/s'"), vocabulary)
    assert findings[0].code == "E311"
    assert english(findings[0].hint) == "did you mean 'm³/s'?"
