"""Early light: every strip glows faintly while the documents are still being read, so that a hall sees at once that the model starts.

Reading and checking all documents takes a second on a PC and several on a Raspberry Pi. What the glow needs is kept in the state folder by
the last start: how each strip is reached, and bytes that its supply can feed. It tells nothing of the territory: the same warm white
everywhere. It is made only while ``config.yaml`` and the hardware document are those of the last start, byte for byte.
"""

import hashlib
import json
import logging
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from maquette import __version__
from maquette.config.documents_hardware import StripDocument
from maquette.stage.outputs import STRIP_DOCUMENTS, make_outputs
from maquette.stage.outputs.output import Output

LEAVE_S = 0.05
"""Seconds in which the glow has left any device that is ready at all; the documents wait no longer."""
BRIGHTEST = 64
"""No byte of a glow is higher, whatever a strip's gamma."""
_FILE = "early_light.json"
_MOST_BYTES = 4 << 20

log = logging.getLogger(__name__)


EarlyLight = Mapping[str, tuple[StripDocument, Output]]
"""The outputs that glow already, by strip, each with the document by which it was opened."""


def taken_over(early: EarlyLight, strips: Mapping[str, StripDocument]) -> Mapping[str, tuple[str, Output]]:
    """Return driver and output of the strips whose document is still the one by which they were opened; close the others."""
    taken = {}
    for name, (document, output) in early.items():
        if strips.get(name) == document:
            taken[name] = document.driver, output
        else:
            with suppress(Exception):  # a driver that fails here fails again, in words, where it is tended
                output.close()
    return taken


def put_out(early: EarlyLight) -> None:
    """Turn the glow off and close everything: nothing will be played."""
    for _, output in early.values():
        for end in (output.blank, output.close):
            with suppress(Exception):  # the others go on
                end()


def keep(
    state: Path,
    config: Path,
    hardware: str,
    strips: Mapping[str, StripDocument],
    wires: Iterable[bytes],
    write: Callable[[Path, bytes], None],
) -> None:
    """Keep what the next start needs for its glow; only when it is news.

    Args:
        state: the state folder.
        config: config.yaml.
        hardware: the hardware document, relative to the folder of config.yaml.
        strips: the strips' documents, in the order of the model.
        wires: the bytes of the glow, for each strip.
        write: writes a file whole or not at all.

    Raises:
        OSError: the folder does not take it.
    """
    kept = {
        "version": __version__,
        "documents": {name: _digest(config.parent / name) for name in (config.name, hardware)},
        "strips": {
            name: {"options": document.model_dump(mode="json"), "bytes": b64encode(wire).decode()}
            for (name, document), wire in zip(strips.items(), wires, strict=True)
        },
    }
    text = json.dumps(kept).encode()
    path = state / _FILE
    with suppress(OSError):
        if path.read_bytes() == text:
            return
    write(path, text)


def glow(state: Path, config: Path, clock: Callable[[], float] = time.monotonic) -> EarlyLight:
    """Let every strip glow, as the last start left word; nothing when it left none, or when documents have changed since.

    Never raises: whatever is wrong is told later, by whoever tends the strips.
    """
    try:
        kept = _read(state / _FILE)
        if kept["version"] != __version__ or any(
            _digest(config.parent / name) != digest for name, digest in kept["documents"].items()
        ):
            return {}
        documents = {name: _document(strip["options"]) for name, strip in kept["strips"].items()}
        wires = {name: _wire(strip["bytes"], documents[name]) for name, strip in kept["strips"].items()}
        outputs = {name: output for name, (_, output) in make_outputs(documents).items()}
    except Exception as error:  # noqa: BLE001 - a card may have made anything of the file; the light must come all the same
        log.info("no early light reason=%r", str(error) or type(error).__name__)
        return {}
    opened = _opened(outputs)
    _show({name: (output, wires[name]) for name, output in opened.items()}, clock)
    return {name: (documents[name], output) for name, output in opened.items()}


def _opened(outputs: Mapping[str, Output]) -> Mapping[str, Output]:
    """Open outputs; return those that are open. The others are opened anew, and what is wrong told, where they are tended."""
    opened = {}
    for name, output in outputs.items():
        try:
            output.open()
        except Exception:  # noqa: BLE001 - one broken driver must not darken the other strips
            with suppress(Exception):
                output.close()
        else:
            opened[name] = output
    return opened


def _show(glows: Mapping[str, tuple[Output, bytes]], clock: Callable[[], float]) -> None:
    waiting = dict(glows)
    end = clock() + LEAVE_S
    while waiting and clock() < end:
        for name, (output, wire) in list(waiting.items()):
            with suppress(Exception):  # told where it is tended
                if not output.show(wire):
                    continue
            del waiting[name]
        time.sleep(0.001)  # what is being opened tells nobody when it is; nothing else runs yet


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        return json.loads(file.read(_MOST_BYTES))


def _document(options: Mapping[str, Any]) -> StripDocument:
    whole: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
    }
    # It was checked when it was kept, and is held in base units: nothing to validate again.
    return STRIP_DOCUMENTS[whole["driver"]].model_construct(None, **whole)


def _wire(written: str, strip: StripDocument) -> bytes:
    """Return the bytes of a strip; what would be more than a glow is none of ours, and no limit has seen it."""
    wire = b64decode(written, validate=True)
    if len(wire) != strip.leds * len(strip.order) or max(wire) > BRIGHTEST:
        raise ValueError("bytes that are no glow")
    return wire


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
