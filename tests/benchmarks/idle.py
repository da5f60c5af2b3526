"""What a still scene costs: processor time of the stage while nothing moves and nobody watches.

Run ``python -m tests.benchmarks.idle``. Budget: ≤ 2 % of one x86 core.
"""

import os
import time

from maquette.core.snapshot import Snapshot
from tests.stage.hall import running, show_of, stage_on
from tests.stage.receiver import Receiver

LEDS = 480
SECONDS = 15.0


def share_of_a_core(seconds: float) -> float:
    """Return the share of one core that a still stage takes, console attached."""
    os.environ["GPIOZERO_PIN_FACTORY"] = "mock"
    with Receiver(LEDS) as receiver:
        stage = stage_on(receiver.port, show_of(LEDS))
        with running(stage) as console:
            console.until(lambda message: isinstance(message, Snapshot))
            time.sleep(3.0)  # the first fade, and what is made ready in time to spare
            before = time.process_time()
            time.sleep(seconds)
            return (time.process_time() - before) / seconds


def main() -> None:
    """Print the figure."""
    print(f"still scene, {LEDS} LEDs: {share_of_a_core(SECONDS):.2%} of a core (budget 2 %)")


if __name__ == "__main__":
    main()
