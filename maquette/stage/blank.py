"""Darkness after a crash: LEDs keep the last frame that they were sent, so another process darkens them when the stage is gone."""

import time
from collections.abc import Callable, Mapping

from maquette.config.documents import StripDocument
from maquette.stage.outputs import Output, make_output

PATIENCE_S = 3.0
"""How long outputs may take to open, all together: the next start waits for this."""
_AGAIN_S = 0.02


def blank(
    strips: Mapping[str, StripDocument],
    *,
    make: Callable[[StripDocument], Output] = make_output,
    now: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> dict[str, str]:
    """Open the output of each strip, darken it and close it; one that fails keeps no other waiting.

    Args:
        strips: how each strip is reached.
        make: returns the output of a strip, not yet opened.
        now: monotonic seconds.
        wait: waits some seconds.

    Returns:
        What went wrong, by strip; empty when all took the dark frame.
    """
    wrong: dict[str, str] = {}
    opened: dict[str, Output] = {}
    for name, strip in strips.items():
        try:
            opened[name] = output = make(strip)
            output.open()
        except Exception as error:  # noqa: BLE001 - one broken driver must not leave the others lit
            wrong[name] = _reason(error)
    waiting = {name: output for name, output in opened.items() if name not in wrong}
    until = now() + PATIENCE_S
    while waiting:
        for name, output in tuple(waiting.items()):
            try:
                left = output.show(bytes(3 * strips[name].leds))
            except Exception as error:  # noqa: BLE001 - see above
                wrong[name] = _reason(error)
                left = True
            if left:
                del waiting[name]
        if waiting and now() >= until:
            wrong |= dict.fromkeys(waiting, "it did not get ready in time")
            break
        if waiting:
            wait(_AGAIN_S)
    for name, output in opened.items():
        try:
            if name not in wrong:
                output.blank()
            output.close()
        except Exception as error:  # noqa: BLE001 - see above
            wrong.setdefault(name, _reason(error))
    return wrong


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
