"""Calibration: which length of pulse turns a servo to which angle. Two straight halves meet in the middle of its range."""

from maquette.config.documents import ServoDocument


def pulse_of(servo: ServoDocument, angle_deg: float) -> float:
    """Return the pulse for an angle, in microseconds; beyond the range, that of its end."""
    low, high = servo.angle
    share = min(max((angle_deg - low) / (high - low), 0.0), 1.0)
    if servo.inverted:
        share = 1.0 - share
    shortest, longest = servo.pulse
    centre = centre_of(servo)
    if share < 0.5:
        return shortest + 2 * share * (centre - shortest)
    return centre + (2 * share - 1) * (longest - centre)


def angle_of(servo: ServoDocument, pulse_us: float) -> float:
    """Return the angle to which a pulse turns, in degrees; beyond the two ends, that of the end."""
    shortest, longest = servo.pulse
    centre = centre_of(servo)
    pulse = min(max(pulse_us, shortest), longest)
    half = (pulse - shortest) / (centre - shortest) if pulse < centre else 1 + (pulse - centre) / (longest - centre)
    share = half / 2
    low, high = servo.angle
    return low + (1.0 - share if servo.inverted else share) * (high - low)


def centre_of(servo: ServoDocument) -> float:
    """Return the pulse in the middle of the range, in microseconds."""
    return sum(servo.pulse) / 2 if servo.centre is None else servo.centre
