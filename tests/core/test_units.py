"""Units and quantities: what people write becomes a number in a known unit, or a clear error."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.units import Quantity, convert, dimension, is_known_unit, meant_unit, parse_quantity
from maquette.errors import UnitError
from tests.words import english


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("800 ms", 800.0, "ms"),
        ("4 A", 4.0, "A"),
        ("35°", 35.0, "°"),
        ("-90°", -90.0, "°"),
        ("90°/s", 90.0, "°/s"),
        ("12km", 12.0, "km"),
        ("  3000 m³/s ", 3000.0, "m³/s"),
        ("3000\u00a0m³/s", 3000.0, "m³/s"),
        ("80 %", 80.0, "%"),
        ("1.5e3 W", 1500.0, "W"),
        (".5 h", 0.5, "h"),
        ("5", 5.0, None),
        ("-0.25", -0.25, None),
        ("42 dB(A)", 42.0, "dB(A)"),
        ("850 W/m²", 850.0, "W/m²"),
        ("3 gCO₂/kWh", 3.0, "gCO₂/kWh"),
        ("120 meals", 120.0, "meals"),
        ("30 places assises", 30.0, "places assises"),
        ("7 kWc", 7.0, "kWc"),
    ],
)
def test_a_quantity_is_a_number_and_a_unit(text, value, unit):
    assert parse_quantity(text) == Quantity(value, unit)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0,5 h", "'0.5 h'"),
        ("0,5", "'0.5'"),
        ("0,5 m3/s", "'0.5 m³/s'"),
        ("1 200 m³/s", "'1200 m³/s'"),
        ("1\u202f200,5 m3/s", "'1200.5 m³/s'"),
        ("12 m3/s", "'12 m³/s'"),
        ("12 m^3/s", "'12 m³/s'"),
        ("12 μg/m3", "'12 µg/m³'"),
        ("12 ug/m3", "'12 µg/m³'"),
        ("3 gCO2/kWh", "'3 gCO₂/kWh'"),
        ("5 sec", "'5 s'"),
        ("2 jours", "'2 d'"),
        ("9 deg", "'9 °'"),
        ("7 km2", "'7 km²'"),
        ("4 m³/ss", "'4 m³/s'"),
        ("", "'800 ms'"),
        ("fast", "'800 ms'"),
        ("10:30", "'800 ms'"),
        ("2026-12-25", "'800 ms'"),
        ("5 - 3", "'800 ms'"),
        ("5 3", "'800 ms'"),
        ("1_000 s", "'800 ms'"),
        ("5 km, 3 m", "'800 ms'"),
    ],
)
def test_what_is_no_quantity_is_refused_with_what_was_meant(text, hint):
    with pytest.raises(UnitError) as caught:
        parse_quantity(text)
    assert hint in english(caught.value.hint)


@pytest.mark.parametrize("text", ["1e999 s", "9" * 70 + "e300", "5 " + "x" * 200, " " * 10_000 + "5 s" + " x" * 10_000])
def test_a_number_or_a_text_beyond_bounds_is_refused(text):
    with pytest.raises(UnitError):
        parse_quantity(text)


@given(st.text(max_size=120))
def test_any_text_is_a_finite_quantity_or_a_unit_error(text):
    try:
        quantity = parse_quantity(text)
    except UnitError:
        return
    assert math.isfinite(quantity.value)
    assert quantity.unit is None or quantity.unit == quantity.unit.strip() != ""


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (1000.0, "l/s", "m³/s", 1.0),
        (3600.0, "m³/h", "m³/s", 1.0),
        (36.0, "km/h", "m/s", 10.0),
        (1.0, "d", "h", 24.0),
        (2.5, "GW", "MW", 2500.0),
        (1.0, "mg/m³", "µg/m³", 1000.0),
        (0.0, "°C", "K", 273.15),
        (273.15, "K", "°C", 0.0),
        (1013.25, "hPa", "Pa", 101325.0),
        (1.0, "km²", "ha", 100.0),
        (1.0, "MWh", "kWh", 1000.0),
        (1.0, "t", "kg", 1000.0),
        (7.0, "meals", "meals", 7.0),
        (7.0, None, None, 7.0),
    ],
)
def test_units_of_one_dimension_convert(value, unit, to, expected):
    assert convert(value, unit, to) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "to"),
    [("m³/s", "µg/m³"), ("meals", "jobs"), ("W", "Wh"), ("s", None), (None, "s"), ("meals", None), ("°", "°C")],
)
def test_units_of_two_dimensions_do_not_convert(unit, to):
    with pytest.raises(UnitError):
        convert(1.0, unit, to)


def test_an_error_of_conversion_names_the_misspelt_unit():
    with pytest.raises(UnitError) as caught:
        convert(1.0, "m³/s", "m3/s")
    assert english(caught.value.hint) == "did you mean 'm³/s'?"


@given(st.floats(-1e9, 1e9), st.sampled_from([("l/s", "m³/s"), ("°C", "K"), ("km/h", "m/s"), ("µs", "d"), ("%", "%")]))
def test_there_and_back_is_the_same(value, units):
    one, other = units
    assert convert(convert(value, one, other), other, one) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_a_bare_number_takes_the_unit_it_meets():
    assert Quantity(5.0, None).to("m³/s") == 5.0
    assert Quantity(5.0, "km").to("m") == 5000.0
    with pytest.raises(UnitError):
        Quantity(5.0, "km").to("s")


def test_a_dimension_is_what_a_unit_measures():
    assert dimension("l/s") == dimension("m³/s") == "flow"
    assert dimension("meals") == "meals"
    assert dimension(None) is None


@pytest.mark.parametrize(
    "unit", ["meals", "jobs", "habitants", "trains", "ppm", "kV", "mV", "GJ", "m³/d", "°F", "kWc", "m³/s"]
)
def test_a_word_or_another_unit_is_not_taken_for_a_misspelling(unit):
    assert meant_unit(unit) is None


def test_a_word_is_a_unit_though_the_table_does_not_know_it():
    assert is_known_unit("m³/s")
    assert not is_known_unit("meals")
