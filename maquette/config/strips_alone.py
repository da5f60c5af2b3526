"""The strips alone, for whoever must darken them: read whatever else is wrong with the documents, and without looking at the others."""

from collections.abc import Mapping
from pathlib import Path

from maquette.config.config_check import hardware_file
from maquette.config.documents import StripDocument
from maquette.config.draft import Desk
from maquette.config.hardware_check import check_drivers
from maquette.config.last_good import last_good


def read_strips(config: Path, models: Mapping[str, type[StripDocument]], state: Path) -> dict[str, StripDocument]:
    """Return the strips that can be read, by name; last good copies stand in for documents in which there are none.

    Args:
        config: the installation's config.yaml.
        models: driver → its options.
        state: the state folder, where last good copies are.
    """
    file = _hardware_file(config.parent, config.name, None) or _hardware_file(config.parent, config.name, state)
    if file is None:
        return {}
    return _strips(config.parent, file, models, None) or _strips(config.parent, file, models, state)


def _hardware_file(folder: Path, name: str, state: Path | None) -> str | None:
    desk = Desk(folder, _copy(name, state))
    draft = desk.draft(name)
    plain = draft.source.root.plain if draft.source is not None else None
    written = plain.get("hardware") if isinstance(plain, dict) else None
    return hardware_file(draft, desk, written) if isinstance(written, str) else None


def _strips(
    folder: Path, file: str, models: Mapping[str, type[StripDocument]], state: Path | None
) -> dict[str, StripDocument]:
    draft = Desk(folder, _copy(file, state)).draft(file)
    if draft.source is None or not isinstance(draft.source.root.plain, dict):
        return {}
    return check_drivers(draft, "strips", models)


def _copy(file: str, state: Path | None) -> dict[str, bytes | None]:
    copy = last_good(state, file) if state is not None else None
    return {} if copy is None else {file: copy}
