"""Servos: needles and gates and how they are reached, one driver a file. `SERVOS` is the registry; `simulated` swaps in virtual twins."""

from collections.abc import Mapping

from maquette.config.documents import ServoDocument
from maquette.stage.servos.gpiozero import GpiozeroServo, GpiozeroServoDocument
from maquette.stage.servos.servo import ServoDriver, ServoKind
from maquette.stage.servos.virtual import VirtualServo, VirtualServoDocument

__all__ = ["SERVOS", "SERVO_DOCUMENTS", "ServoDriver", "ServoKind", "make_servo", "simulated"]

SERVOS: Mapping[str, ServoKind] = {
    "gpiozero": ServoKind(GpiozeroServoDocument, GpiozeroServo),
    "virtual": ServoKind(VirtualServoDocument, VirtualServo),
}
"""Driver → its options and its way out."""

SERVO_DOCUMENTS: Mapping[str, type[ServoDocument]] = {name: kind.document for name, kind in SERVOS.items()}
"""Driver → its options, for the check of documents."""


def make_servo(servo: ServoDocument) -> ServoDriver:
    """Return the driver of a servo, not yet opened."""
    return SERVOS[servo.driver].make(servo)


def simulated(servos: Mapping[str, ServoDocument]) -> Mapping[str, ServoDocument]:
    """Return the virtual twins of some servos, in the same order."""
    return {name: _virtual(servo) for name, servo in servos.items()}


def _virtual(servo: ServoDocument) -> VirtualServoDocument:
    shared = {field: getattr(servo, field) for field in ServoDocument.model_fields}
    return VirtualServoDocument.model_construct(**(shared | {"driver": "virtual"}))
