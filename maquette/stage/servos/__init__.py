"""Servos: needles and gates and how they are reached, one driver a file. `SERVOS` is the registry; `simulated` swaps in virtual twins."""

from collections.abc import Callable, Mapping

from maquette.config.documents import ServoDocument
from maquette.stage.companion.companion import Companion
from maquette.stage.servos.companion import CompanionServo, CompanionServoDocument
from maquette.stage.servos.gpiozero import GpiozeroLink, GpiozeroServoDocument
from maquette.stage.servos.kernel_pwm import KernelPwmLink, KernelPwmServoDocument, chip_of
from maquette.stage.servos.pca9685 import Pca9685Link, Pca9685ServoDocument, bus_of
from maquette.stage.servos.pulsed import Job, LineThread, PulsedServo, at_once
from maquette.stage.servos.servo import ServoDriver, ServoKind
from maquette.stage.servos.virtual import VirtualServo, VirtualServoDocument

__all__ = ["SERVOS", "SERVO_DOCUMENTS", "ServoDriver", "ServoKind", "make_servos", "simulated"]

SERVOS: Mapping[str, ServoKind] = {
    "pca9685": ServoKind(Pca9685ServoDocument, Pca9685Link, bus_of),
    "kernel_pwm": ServoKind(KernelPwmServoDocument, KernelPwmLink, chip_of),
    "companion": ServoKind(CompanionServoDocument),
    "gpiozero": ServoKind(GpiozeroServoDocument, GpiozeroLink),
    "virtual": ServoKind(VirtualServoDocument),
}
"""Driver → its options and its way out."""

SERVO_DOCUMENTS: Mapping[str, type[ServoDocument]] = {name: kind.document for name, kind in SERVOS.items()}
"""Driver → its options, for the check of documents."""


def make_servos(
    servos: Mapping[str, ServoDocument], companions: Mapping[str, Companion] | None = None
) -> Mapping[str, ServoDriver]:
    """Return the drivers of some servos, not yet opened; those on one line share its thread, those on a companion its own."""
    threads: dict[str, LineThread] = {}
    drivers: dict[str, ServoDriver] = {}
    for name, servo in servos.items():
        if isinstance(servo, CompanionServoDocument):
            drivers[name] = CompanionServo(servo, (companions or {})[servo.companion])
            continue
        kind = SERVOS[servo.driver]
        if kind.link is None:
            drivers[name] = VirtualServo()
            continue
        post: Callable[[Job], None] = at_once
        if kind.line is not None:
            line = kind.line(servo)
            post = threads.setdefault(line, LineThread(line)).post
        drivers[name] = PulsedServo(servo, kind.link(servo), post)
    return drivers


def simulated(servos: Mapping[str, ServoDocument]) -> Mapping[str, ServoDocument]:
    """Return the virtual twins of some servos, in the same order."""
    return {name: _virtual(servo) for name, servo in servos.items()}


def _virtual(servo: ServoDocument) -> VirtualServoDocument:
    shared = {field: getattr(servo, field) for field in ServoDocument.model_fields}
    return VirtualServoDocument.model_construct(**(shared | {"driver": "virtual"}))
