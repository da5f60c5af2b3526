"""The house without its processes: what passes between them."""

from typing import Any

import pytest

from maquette import house
from maquette.config.check import check
from maquette.console.start import Documents
from maquette.core.course import Course, CourseWanted
from maquette.core.pushed import Pushed, PushedRow
from tests.config.conftest import BASE, registries_for


class Double:
    """Stands in for a stage or a child: keeps how it was made and what was posted."""

    made: dict[str, dict[str, Any]]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.made[str(arguments[0]) if arguments[0:1] and isinstance(arguments[0], str) else "stage"] = options
        self.posted: list[object] = []
        self.heard = arguments[1] if arguments[0] in ("maquette.feeds", "maquette.console") else None

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None

    def post(self, message: object) -> None:
        self.posted.append(message)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Any:
    Double.made = {}
    monkeypatch.setattr(house, "Stage", Double)
    monkeypatch.setattr(house, "Child", Double)
    installation = check(BASE / "config.yaml", registries_for(BASE)).installation
    assert installation is not None
    documents = Documents(BASE / "config.yaml", tmp_path, b"", {}, None, installation.fixed)  # type: ignore[arg-type]  # not looked at
    return house.House(installation, documents, installation.console, simulate=False)


def test_what_companions_measure_goes_to_the_feeds(built):
    measured = Pushed("hall", (PushedRow(None, {"light": 0.5}),), 1.0)

    Double.made["stage"]["push"](measured)
    assert built._feeds.posted == [measured]


def test_how_a_value_went_is_asked_of_the_feeds_and_told_to_the_console_and_the_stage_hears_nothing_of_it(built):
    wanted = CourseWanted("river", "flow")
    built._console.heard(wanted)
    assert built._feeds.posted == [wanted]
    answer = Course(wanted, 0.0)
    built._feeds.heard(answer)
    assert built._console.posted == [answer]
    assert built._stage.posted == []
