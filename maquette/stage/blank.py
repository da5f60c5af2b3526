"""Darkness after a crash: LEDs keep the last frame that they were sent, so another process darkens them when the stage is gone."""

import logging
import time
from collections.abc import Callable, Mapping

from maquette.config.documents import StripDocument
from maquette.core.message import message
from maquette.stage.outputs import Output, make_outputs
from maquette.stage.trouble import Problem, problem_of

PATIENCE_S = 3.0
"""How long outputs may take to open, all together: the next start waits for this."""
_AGAIN_S = 0.02

log = logging.getLogger(__name__)


def blank(
    strips: Mapping[str, StripDocument],
    *,
    make: Callable[[Mapping[str, StripDocument]], Mapping[str, tuple[str, Output]]] = make_outputs,
    now: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> dict[str, Problem]:
    """Open the output of each strip, darken it and close it; one that fails keeps no other waiting.

    Args:
        strips: how each strip is reached.
        make: returns the driver and the output of each strip, not yet opened; some share a device.
        now: monotonic seconds.
        wait: waits some seconds.

    Returns:
        What went wrong, by strip; empty when all took the dark frame.
    """
    wrong: dict[str, Problem] = {}
    opened: dict[str, Output] = {}
    for name, (_, output) in make(strips).items():
        opened[name] = output
        try:
            output.open()
        except Exception as error:  # noqa: BLE001 - one broken driver must not leave the others lit
            wrong[name] = problem_of(error)
    waiting = {name: output for name, output in opened.items() if name not in wrong}
    until = now() + PATIENCE_S
    while waiting:
        for name, output in tuple(waiting.items()):
            try:
                left = output.show(bytes(len(strips[name].order) * strips[name].leds))
            except Exception as error:  # noqa: BLE001 - see above
                wrong[name] = problem_of(error)
                left = True
            if left:
                del waiting[name]
        if waiting and now() >= until:
            wrong |= dict.fromkeys(waiting, message("output_not_ready", seconds=PATIENCE_S))
            break
        if waiting:
            wait(_AGAIN_S)
    for name, output in opened.items():
        try:
            if name not in wrong:
                output.blank()
            output.close()
        except Exception as error:  # noqa: BLE001 - see above
            wrong.setdefault(name, problem_of(error))
    for name, problem in wrong.items():
        log.warning("not darkened strip=%s problem=%r", name, str(problem))
    log.info("darkened strips=%d", len(strips) - len(wrong))
    return wrong
