"""What expressions do with numbers and their units: arithmetic, comparison, rounding, clamping. Missing in, missing out; nothing raises."""

import math
import operator
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from maquette.core.units import convert
from maquette.errors import UnitError
from maquette.show.expressions.moment import Operand, Value
from maquette.show.expressions.units import Firmness, Measure, common, power, product, quotient

_CLOSE = 1e-9
"""Two numbers are equal within this share: a conversion of units must not make 1.2 differ from 1200 × 0.001."""


def finite(value: Value) -> float | None:
    """Return a number that is finite, else None."""
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    return None


def level(operands: Sequence[Operand]) -> tuple[Operand, ...]:
    """Bring numbers to one common measure; when they measure different things all are missing."""
    measure = operands[0].measure
    if [operand.measure for operand in operands].count(measure) == len(operands):
        return tuple(operands)
    try:
        for operand in operands[1:]:
            measure = common(measure, operand.measure)
        return tuple(Operand(_converted(operand, measure), measure) for operand in operands)
    except UnitError:
        return tuple(Operand(None, measure) for _ in operands)


def _converted(operand: Operand, measure: Measure) -> float | None:
    value = finite(operand.value)
    if value is None or operand.measure.firmness is Firmness.BARE:
        return value
    return finite(convert(value, operand.measure.unit, measure.unit))


Work = Callable[[Operand, Operand], Operand]


def calculate(sign: str) -> Work:
    """Return what an arithmetic sign does."""
    match sign:
        case "+":
            return _levelled(operator.add)
        case "-":
            return _levelled(operator.sub)
        case "%":
            return _levelled(operator.mod)
        case "*":
            return _measured(operator.mul, product)
        case "/":
            return _measured(operator.truediv, quotient)
        case "//":
            return _whole(_measured(operator.truediv, quotient))
        case _:
            return _measured(operator.pow, lambda one, other: (power(one, other), 1.0))


def _levelled(work: Callable[[float, float], float]) -> Work:
    def run(left: Operand, right: Operand) -> Operand:
        one, other = level((left, right))
        return Operand(_safely(work, one.value, other.value), one.measure)

    return run


def _measured(
    work: Callable[[float, float], float], measures: Callable[[Measure, Measure], tuple[Measure, float]]
) -> Work:
    def run(left: Operand, right: Operand) -> Operand:
        try:
            measure, factor = measures(left.measure, right.measure)
        except UnitError:
            return Operand(None)
        value = _safely(work, left.value, right.value)
        return Operand(None if value is None else finite(value * factor), measure)

    return run


def _whole(work: Work) -> Work:
    def run(left: Operand, right: Operand) -> Operand:
        value, measure = work(left, right)
        number = finite(value)
        return Operand(None if number is None else float(math.floor(number)), measure)

    return run


def _safely(work: Callable[[float, float], float], left: Value, right: Value) -> float | None:
    one, other = finite(left), finite(right)
    if one is None or other is None:
        return None
    try:
        return finite(work(one, other))
    except (ZeroDivisionError, OverflowError):
        return None


def compare(sign: str, left: Operand, right: Operand) -> bool | None:
    """Tell whether a comparison holds; None when an operand is missing or the units do not meet."""
    if left.value is None or right.value is None:
        return None
    if isinstance(left.value, str) or isinstance(right.value, str):
        return (left.value == right.value) is (sign == "==")
    one, other = (finite(operand.value) for operand in level((left, right)))
    if one is None or other is None:
        return None
    same = math.isclose(one, other, rel_tol=_CLOSE)
    if same or sign in ("==", "!="):
        return same is (sign in ("==", "<=", ">="))
    return (one < other) is (sign in ("<", "<="))


def function_of(name: str) -> Callable[[tuple[Operand, ...]], Operand]:
    """Return the function ``abs``, ``round`` or ``clamp``."""
    return {"abs": _absolute, "round": _rounded, "clamp": _clamped}[name]


def _absolute(arguments: tuple[Operand, ...]) -> Operand:
    value = finite(arguments[0].value)
    return Operand(None if value is None else abs(value), arguments[0].measure)


def _rounded(arguments: tuple[Operand, ...]) -> Operand:
    value = finite(arguments[0].value)
    digits = int(finite(arguments[1].value) or 0) if len(arguments) > 1 else 0
    # A float of that size has no decimals left to round.
    if value is not None and abs(value) < 1e15:
        value = float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
    return Operand(value, arguments[0].measure)


def _clamped(arguments: tuple[Operand, ...]) -> Operand:
    levelled = level(arguments)
    value, low, high = (finite(operand.value) for operand in levelled)
    if value is None or low is None or high is None or low > high:
        return Operand(None, levelled[0].measure)
    return Operand(min(max(value, low), high), levelled[0].measure)
