"""Outputs: LED strips and how they are reached, one driver a file. `OUTPUTS` is the registry; `simulated` swaps in virtual twins."""

from collections.abc import Mapping

from maquette.config.documents_hardware import StripDocument
from maquette.stage.outputs.adalight import AdalightStrip, make_adalight
from maquette.stage.outputs.artnet import ArtnetOutput, ArtnetStrip
from maquette.stage.outputs.ddp import DDP_PORT, DdpOutput, DdpStrip
from maquette.stage.outputs.output import Output, OutputKind
from maquette.stage.outputs.sacn import SacnOutput, SacnStrip
from maquette.stage.outputs.spi import SpiStrip, make_spi
from maquette.stage.outputs.virtual import VirtualOutput, VirtualStrip
from maquette.stage.outputs.ws281x import Ws281xStrip, make_alone, make_together
from maquette.stage.outputs.ws2812_pio import Ws2812PioStrip, make_ws2812_pio

__all__ = ["OUTPUTS", "STRIP_DOCUMENTS", "Output", "OutputKind", "make_output", "make_outputs", "simulated"]

OUTPUTS: Mapping[str, OutputKind] = {
    "adalight": OutputKind(AdalightStrip, make_adalight),
    "artnet": OutputKind(ArtnetStrip, ArtnetOutput),
    "ddp": OutputKind(DdpStrip, DdpOutput),
    "rpi_ws281x": OutputKind(Ws281xStrip, make_alone, make_together),
    "sacn": OutputKind(SacnStrip, SacnOutput),
    "spi": OutputKind(SpiStrip, make_spi),
    "virtual": OutputKind(VirtualStrip, VirtualOutput),
    "ws2812_pio": OutputKind(Ws2812PioStrip, make_ws2812_pio),
}
"""Driver → its options and its output."""

STRIP_DOCUMENTS: Mapping[str, type[StripDocument]] = {name: kind.document for name, kind in OUTPUTS.items()}
"""Driver → its options, for the check of documents."""

_SIMULATION_HOST = "127.0.0.1"


def make_output(strip: StripDocument) -> Output:
    """Return the output of a strip, not yet opened."""
    return OUTPUTS[strip.driver].make(strip)


def make_outputs(strips: Mapping[str, StripDocument]) -> Mapping[str, tuple[str, Output]]:
    """Return the driver and the output of each strip, by name, not yet opened; some outputs share a device."""
    outputs: dict[str, Output] = {}
    for driver, kind in OUTPUTS.items():
        of_driver = {name: strip for name, strip in strips.items() if strip.driver == driver}
        if kind.make_together is not None:
            outputs |= kind.make_together(of_driver)
        else:
            outputs |= {name: kind.make(strip) for name, strip in of_driver.items()}
    return {name: (strip.driver, outputs[name]) for name, strip in strips.items()}


def simulated(strips: Mapping[str, StripDocument]) -> Mapping[str, StripDocument]:
    """Return the virtual twins of some strips, in the same order.

    The twin of a DDP strip is the same DDP spoken to this machine only, so that any viewer here shows the model: each strip at its own
    ``start``, or after all the others where it would lie on one of them. The twin of anything else is `virtual`.
    """
    twins: dict[str, StripDocument] = {}
    taken: list[range] = []
    for name, strip in strips.items():
        if isinstance(strip, DdpStrip):
            start = _free_start(range(strip.start, strip.start + strip.leds), taken)
            taken.append(range(start, start + strip.leds))
            update = {"host": _SIMULATION_HOST, "port": DDP_PORT, "start": start}
            twins[name] = strip.model_copy(update=update)
        else:
            twins[name] = _virtual(strip)
    return twins


def _free_start(wanted: range, taken: list[range]) -> int:
    if any(wanted.start < other.stop and other.start < wanted.stop for other in taken):
        return max(other.stop for other in taken)
    return wanted.start


def _virtual(strip: StripDocument) -> VirtualStrip:
    shared = {field: getattr(strip, field) for field in StripDocument.model_fields}
    # Checked already, and held in base units: nothing to validate again.
    return VirtualStrip.model_construct(**(shared | {"driver": "virtual"}))
