"""Paths of devices in documents, such as ``/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0``."""

import re
from typing import Annotated

from pydantic import AfterValidator

from maquette.config.refusal import refusal
from maquette.core.message import message

_MOVING = re.compile(r"/dev/tty(USB|ACM)[0-9]+")


def _check(text: str) -> str:
    if not text.startswith("/") or "\0" in text:
        raise refusal("E111.device", text=text)
    return text


def _check_serial(text: str) -> str:
    if not text.startswith("/") or "\0" in text:
        raise refusal("E111.device", hint=message("device_by_id"), text=text)
    return text


DevicePath = Annotated[str, AfterValidator(_check)]
"""The path of a device."""
SerialPath = Annotated[str, AfterValidator(_check_serial)]
"""The path of a device on a serial line."""


def leads_elsewhere(path: str) -> bool:
    """Tell whether a path leads to another device as soon as devices are plugged in anew."""
    return _MOVING.fullmatch(path) is not None
