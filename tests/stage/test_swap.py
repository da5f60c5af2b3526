"""A swap on the running stage: real loop, real packets on this machine."""

from dataclasses import replace

import gpiozero
import pytest

from maquette.core.alerts import Alert
from maquette.core.events import Command
from maquette.core.snapshot import Snapshot, Swapped
from maquette.show.scenario import Show
from tests.show.models import model_of, strips_of
from tests.stage.hall import running, show_of, stage_on
from tests.stage.receiver import Receiver

RED, BLUE = bytes([204, 0, 0]), bytes([0, 0, 230])


@pytest.fixture(autouse=True)
def mock_factory(monkeypatch):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)


def blue(show: Show) -> Show:
    """Return the show with "air" blue."""
    air = show.scenarios["air"]
    return replace(show, scenarios={**show.scenarios, "air": replace(air, steps=(air.steps[1],))})


def test_another_show_fades_in_without_a_dark_frame_and_the_console_hears_of_it_before_the_state():
    show = show_of(effect="solid")
    with Receiver(20) as receiver, running(stage := stage_on(receiver.port, show)) as console:
        stage.receive(Command("play", {"scenario": "air"}))
        while receiver.receive_frame() != RED * 20:
            pass
        stage.swap(blue(show))
        console.until(lambda message: isinstance(message, Swapped))
        assert console.until(lambda message: isinstance(message, Snapshot)).steps == 1
        frames = [receiver.receive_frame()]
        while frames[-1] != BLUE * 20:
            frames.append(receiver.receive_frame())
        assert all(max(frame[:3]) > 80 for frame in frames)


def test_a_show_that_cannot_be_played_is_an_alert_and_the_former_one_goes_on():
    show = show_of(effect="solid")
    with Receiver(20) as receiver, running(stage := stage_on(receiver.port, show)) as console:
        stage.swap(replace(show, model=model_of(strips_of(3), {"zone": range(3)})))
        alert = console.until(lambda message: isinstance(message, Alert))
        assert (alert.code, alert.over) == ("swap_failed", False)
        stage.receive(Command("play", {"scenario": "air"}))
        while receiver.receive_frame() != RED * 20:
            pass
        stage.swap(show)
        assert console.until(lambda message: isinstance(message, Alert)).over
