"""Remedies: where each trouble belongs in the morning report, and what helps: words for the mediator, a command for the maintainer."""

from collections.abc import Mapping
from enum import StrEnum

from maquette.core.alerts import Alert, Severity
from maquette.core.message import Message
from maquette.ops.board import LOOK_AT_CLOCK, MAKE_ROOM


class Area(StrEnum):
    """What the morning report looks at, in the order in which a person would."""

    LIGHT = "light"
    SUPPLIES = "supplies"
    SERVOS = "servos"
    BUTTONS = "buttons"
    FEEDS = "feeds"
    DOCUMENTS = "documents"
    RECORDS = "records"
    PROGRAMS = "programs"
    CLOCK = "clock"
    MACHINE = "machine"
    NETWORK = "network"


AREAS: Mapping[str, Area] = {
    **dict.fromkeys(("output_failed", "show_failed", "frames_lost"), Area.LIGHT),
    "servo_failed": Area.SERVOS,
    **dict.fromkeys(
        (
            "button_failed",
            "button_stuck",
            "button_silent",
            "lamp_failed",
            "encoder_failed",
            "sensor_failed",
            "keys_failed",
            "companion_failed",
            "pins_unavailable",
        ),
        Area.BUTTONS,
    ),
    **dict.fromkeys(("feed_failed", "feed_shape", "feed_old"), Area.FEEDS),
    **dict.fromkeys(
        (
            "document_last_good",
            "document_waits",
            "documents_refused",
            "dry_run_failed",
            "reload_failed",
            "restart_needed",
            "scenario_left_out",
            "secret_missing",
            "swap_failed",
        ),
        Area.DOCUMENTS,
    ),
    **dict.fromkeys(("history_set_aside", "state_not_saved", "state_read_only"), Area.RECORDS),
    **dict.fromkeys(("crashed", "process_restarted", "restarts_often"), Area.PROGRAMS),
    "clock_untrusted": Area.CLOCK,
    **dict.fromkeys(
        ("disk_full", "disk_little", "hot", "slowed", "under_voltage", "under_voltage_since"), Area.MACHINE
    ),
    **dict.fromkeys(
        ("broker_unreachable", "console_cannot_listen", "console_no_socket", "console_port_taken", "new_pin"),
        Area.NETWORK,
    ),
}
"""Code of an alert → its area."""

PREVENTS = frozenset({"output_failed", "show_failed", "under_voltage"})
"""Alerts with which the doors had better stay closed. With all others the model plays, though not everything of it."""

COMMANDS: Mapping[str, str] = {
    "broker_unreachable": "sudo systemctl status mosquitto",
    "clock_untrusted": LOOK_AT_CLOCK,
    "crashed": "journalctl -u maquette -b",
    "disk_full": MAKE_ROOM,
    "disk_little": MAKE_ROOM,
    **dict.fromkeys((code for code, area in AREAS.items() if area is Area.DOCUMENTS), "maquette check"),
    **dict.fromkeys(("feed_failed", "feed_old", "feed_shape"), "maquette feeds"),
    **dict.fromkeys(("output_failed", "servo_failed", "pins_unavailable", "state_read_only"), "maquette doctor"),
    **dict.fromkeys(("show_failed", "frames_lost", "process_restarted", "restarts_often"), "journalctl -u maquette -b"),
}
"""Code of an alert → the command that helps the maintainer; the same in every language."""

LESSONS: Mapping[str, str] = {
    "no_network": "network",
    "untrusted_server": "clock",
    "no_clock": "clock",
    "bad_shape": "document",
    "redirected": "document",
    "no_column": "document",
    "no_key": "key",
    "access_refused": "key",
    "too_large": "document",
    "no_file": "file",
    **dict.fromkeys(("no_device", "device_refused", "garbled", "silent", "offline"), "device"),
    "broken": "fault",
    **dict.fromkeys(
        (
            "unreachable",
            "timeout",
            "http_status",
            "rate_limited",
            "empty",
            "html",
            "not_json",
            "wrong_encoding",
            "cut_short",
        ),
        "source",
    ),
}
"""Problem → what is to be done about it; anything else is waited for."""

_TOLD: Mapping[str, str] = {"key_not_set": "key"}
"""The same for what feeds say in words of their own."""


def area_of(alert: Alert) -> Area:
    """Return the area that an alert belongs to."""
    return AREAS.get(alert.code, Area.PROGRAMS)


def lesson_of(alert: Alert) -> str | None:
    """Return what a feed's alert teaches, a key of ``feeds_do_<lesson>``; None for other alerts."""
    if area_of(alert) is not Area.FEEDS:
        return None
    if alert.code == "feed_shape":
        return "shape"
    problem = dict(alert.arguments).get("problem", "")
    return _TOLD.get(problem.key, "wait") if isinstance(problem, Message) else LESSONS.get(problem, "wait")


def prevents_opening(alert: Alert) -> bool:
    """Tell whether the doors had better stay closed."""
    return alert.code in PREVENTS and alert.severity is Severity.ERROR
