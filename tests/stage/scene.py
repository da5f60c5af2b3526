"""A scene for strips of any colour order: each shows the same moving light, so that what arrives can be compared."""

from collections.abc import Iterator, Sequence

from maquette.core.events import ButtonPressed
from maquette.show.finishing import Finished, Finishing
from maquette.show.model import Button, Model, Strip
from maquette.show.performance import Performance
from maquette.show.scenario import ButtonTrigger, Layer, Scenario, Show, Step
from tests.show.models import model_of

MOMENTS_S = (0.0, 0.4, 1.1, 2.3)


def scene(leds: int, orders: Sequence[str]) -> Iterator[Finished]:
    """Play a scenario on a strip for each order of colours; yield what leaves at `MOMENTS_S` after a press."""
    strips = {
        f"strip{number}": Strip(f"strip{number}", number * leds, leds, order=order)
        for number, order in enumerate(orders)
    }
    zones = {f"zone{number}": range(number * leds, (number + 1) * leds) for number in range(len(orders))}
    model: Model = model_of(strips, zones, buttons=[Button("air", {"": "Air"})])
    lights = (Layer(tuple(zones), effect="rainbow"), Layer(tuple(zones), effect="comet", blend="add"))
    air = Scenario("air", {"": "Air"}, (Step(duration_s=60.0, layers=lights),), triggers=(ButtonTrigger("air"),))
    performance, finishing = Performance(Show(model, {"air": air}, None, 60.0, ("en",)), 0.0), Finishing(model)
    performance.handle(ButtonPressed("air", 0.0), 0.0)
    for moment in MOMENTS_S:
        yield finishing.finish(performance.frame(moment), performance.brightness, moment)
