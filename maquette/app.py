"""The composition root: documents and registries become processes. The only module that may import every room.

Nothing of the web or of the network is imported here: the first light must not wait for it.
"""

import json
import logging
import os
import pickle
import sys
import textwrap
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import maquette.feeds
from maquette.config import last_good
from maquette.config.check import Checked, Registries, check
from maquette.config.installation import Installation
from maquette.config.parcel import Parcel, unpacked
from maquette.config.problems import Problem, did_you_mean, render
from maquette.config.words import LANGUAGES, explain, language_of, unknown_code, word
from maquette.config.yaml import reason_of
from maquette.console.start import VOTES, ConsoleStart, Documents
from maquette.core.alerts import Alert, Severity
from maquette.core.clock import Clock
from maquette.core.exhibition import ConsoleSettings, Exhibition
from maquette.core.message import message
from maquette.core.pushed import Pushed
from maquette.feeds.plan import FeedsStart, Replay
from maquette.feeds.sources import FEED_DOCUMENTS
from maquette.ops.clock import read_clock
from maquette.ops.log import start_logging
from maquette.ops.state import state_folder, write_atomically
from maquette.ops.supervise import Child
from maquette.show.terms import past_wanted
from maquette.stage.outputs import STRIP_DOCUMENTS
from maquette.stage.servos import SERVO_DOCUMENTS
from maquette.stage.stage import Stage

log = logging.getLogger(__name__)

__all__ = [
    "DOCUMENTS",
    "LANGUAGES",
    "check_documents",
    "describe",
    "explain_code",
    "feeds",
    "preview",
    "print_schema",
    "record",
    "registries",
    "run",
    "write_legend",
    "write_schemas",
]

PUSHED_AGAIN = 200
"""Pushed messages that the feeds process is told again when it has to start anew; it may have ended before it kept them."""
DOCUMENTS = ("config", "hardware", "scenario", "scales", "catalogue")
"""Kinds of documents that have a schema."""


def registries() -> Registries:
    """Return everything that documents may name."""
    return Registries(
        strips=STRIP_DOCUMENTS,
        servos=SERVO_DOCUMENTS,
        feeds=FEED_DOCUMENTS,
        catalogue=Path(maquette.feeds.__file__).parent / "catalogue",
    )


def run(
    config: Path,
    *,
    simulate: bool,
    port: int | None,
    state: Path | None,
    language: str | None = None,
    replay: tuple[str, str] | None = None,
) -> int:
    """Play an installation until it is stopped.

    Args:
        config: its config.yaml.
        simulate: replace every driver by its virtual twin.
        port: the pages' port, instead of the document's.
        state: the state folder, or None for the usual one.
        language: of the problems that are printed, or None for the terminal's.
        replay: what is played instead of asking feeds (a recording, a day or a moment), and how fast.

    Returns:
        0 after a stop; 1 when there is no usable document, with the problems printed; 2 when there is nothing to replay.
    """
    start_logging("stage")
    folder = state_folder(state, config)
    known = registries()
    checked = check(config, known, folder)
    language = language or language_of(os.environ)
    _print_problems(checked.problems, language, sys.stderr)
    if checked.installation is None:
        print(f"maquette: {word(message('nothing_to_play'), language)}", file=sys.stderr)
        return 1
    replayed = None
    if replay is not None:
        # Its database serves this verb only: the first light of the others must not wait for it.
        from maquette.feeds.recording_command import replay_of  # noqa: PLC0415 - see above

        replayed = replay_of(checked.installation, *replay, folder, language)
        if replayed is None:
            return 2
    documents = Documents(
        config.absolute(),
        folder.absolute(),
        pickle.dumps(known),
        checked.installation.sources,
        checked.watched,
        checked.installation.fixed,
    )
    settings = checked.installation.console
    House(
        checked.installation,
        documents,
        settings if port is None else replace(settings, port=port),
        simulate=simulate,
        replay=replayed,
    ).play(checked.alerts)
    return 0


class House:
    """What is played, and the processes that play it. When documents change, all of them learn of it."""

    def __init__(
        self,
        installation: Installation,
        documents: Documents,
        settings: ConsoleSettings,
        *,
        simulate: bool,
        replay: Replay | None = None,
    ) -> None:
        """Put the processes together; nothing is opened yet.

        Args:
            installation: what is played first.
            documents: where it was read.
            settings: where the console listens.
            simulate: replace every driver by its virtual twin.
            replay: what is played instead of asking feeds.
        """
        self._replay = replay
        self._installation = installation
        self._documents = documents
        self._settings = settings
        self._simulate = simulate
        parts = (installation.strips, installation.servos, installation.buttons)
        self._stage = stage = Stage(installation.show, *parts, wall_clock=self._read_clock, simulated=simulate)
        self._pushed: deque[Pushed] = deque(maxlen=PUSHED_AGAIN)
        self._feeds = Child("maquette.feeds", stage.receive, lambda: [self._feeds_start(), *self._pushed], stage.alert)
        self._console = Child(
            "maquette.console",
            self._hear_console,
            lambda: [self._console_start()],
            stage.alert,
            born=lambda: stage.attach_console(self._console),
            died=stage.detach_console,
        )

    def play(self, alerts: Iterable[Alert]) -> None:
        """Play until the stage is stopped."""
        for alert in alerts:
            self._stage.alert(alert)
        try:
            self._stage.run(self._after_first_light)
        finally:
            self._console.stop()
            self._feeds.stop()

    def _after_first_light(self) -> None:
        self._feeds.start()
        self._console.start()
        threading.Thread(target=self._keep, daemon=True).start()

    def _hear_console(self, message: object) -> None:
        if isinstance(message, Parcel):
            self._take_over(unpacked(message))
        elif isinstance(message, Pushed):
            self._pushed.append(
                message
            )  # before it is posted: what comes between two lives of the child is not lost either
            self._feeds.post(message)
        else:
            self._stage.receive(message)

    def _take_over(self, installation: Installation) -> None:
        """Play another installation, as far as that goes without a start."""
        before, self._installation = self._installation, installation
        self._stage.swap(installation.show)
        if _asked(installation) != _asked(before):
            self._feeds.post(self._feeds_start())
        elif past_wanted(installation.show) != past_wanted(before.show):
            self._feeds.post(past_wanted(installation.show))

    def _read_clock(self) -> Clock:
        return read_clock(ZoneInfo(self._installation.time_zone))

    def _exhibition(self) -> Exhibition:
        return replace(self._installation.exhibition, id=self._documents.fixed.id, simulated=self._simulate)

    def _feeds_start(self) -> FeedsStart:
        installation, state = self._installation, str(self._documents.state)
        show = installation.show
        return FeedsStart(
            installation.feeds,
            installation.time_zone,
            state,
            past_wanted(show),
            show.opening,
            installation.alternatives,
            self._replay,
        )

    def _console_start(self) -> ConsoleStart:
        documents = replace(self._documents, sources=self._installation.sources)
        return ConsoleStart(
            self._exhibition(),
            self._settings,
            documents.fixed.mqtt,
            self._stage.run_id,
            documents.state / VOTES,
            documents,
        )

    def _keep(self) -> None:
        """Keep copies of the documents that passed, for a start after a bad edit."""
        folder = self._documents.state
        reason = last_good.keep(self._documents.sources, folder, write_atomically)
        if reason is not None:
            log.warning("the documents could not be kept in %s: %s", folder, reason)
            self._stage.alert(Alert("state_not_saved", "documents", Severity.WARNING, (("reason", reason),)))


def _asked(installation: Installation) -> object:
    """Return what the feeds process must learn of when it changes."""
    opening = installation.show.opening
    hours = None if opening is None else (opening.week, opening.dates)
    return installation.feeds, installation.alternatives, installation.time_zone, hours


def check_documents(config: Path, *, as_json: bool, language: str | None = None) -> int:
    """Check an installation's documents, print the problems, and return 1 when there are errors, else 0."""
    checked: Checked = check(config, registries())
    language = language or language_of(os.environ)
    if as_json:
        print(json.dumps([problem.as_dict(language) for problem in checked.problems], ensure_ascii=False, indent=2))
    else:
        _print_problems(checked.problems, language, sys.stdout)
        if not checked.problems:
            print(f"maquette: {word(message('nothing_to_mend', config=str(config)), language)}")
    return int(any(problem.severity == "error" for problem in checked.problems))


def preview(config: Path, wish: Mapping[str, Any]) -> int:
    """Make pictures of a scenario without hardware (see `maquette.rehearsal.preview.Wish`); 1: problems, 2: it makes no sense."""
    # Pictures and their words need libraries that the first light must not wait for.
    from maquette.rehearsal.command import run_preview  # noqa: PLC0415 - see above
    from maquette.rehearsal.preview import Wish  # noqa: PLC0415 - see above

    installation = _passed(config, wish["language"])
    return 1 if installation is None else run_preview(installation, Wish(**wish))


def describe(config: Path, scenario: str | None, *, as_json: bool, language: str | None = None) -> int:
    """Retell a scenario, or all, in plain sentences; 1: problems, 2: there is no such scenario."""
    # Its words need a library that the first light must not wait for.
    from maquette.rehearsal.command import run_describe  # noqa: PLC0415 - see above

    installation = _passed(config, language)
    return 1 if installation is None else run_describe(installation, scenario, language, as_json=as_json)


def _passed(config: Path, language: str | None) -> Installation | None:
    """Return an installation whose documents have no error; else print the problems and return None."""
    checked = check(config, registries())
    if checked.installation is None:
        _print_problems(checked.problems, language or language_of(os.environ), sys.stderr)
    return checked.installation


def feeds(config: Path, names: Sequence[str], *, as_json: bool, state: Path | None, language: str | None = None) -> int:
    """Ask each feed once and print how it is doing; 1: one is in trouble, 2: there is no such feed.

    Args:
        config: the installation's config.yaml.
        names: of the feeds that are asked; all when there is none.
        as_json: print JSON instead of a page.
        state: the state folder of the running model, or None for the usual one; it is looked at, never written.
        language: of the page, or None for the installation's first.
    """
    # Babel and the network serve this verb: the first light must not wait for them.
    from maquette.canary.command import run_feeds  # noqa: PLC0415 - see above

    folder = state_folder(state, config)
    checked = check(config, registries(), folder)
    if checked.installation is None:
        _print_problems(checked.problems, language or language_of(os.environ), sys.stderr)
        return 1
    return run_feeds(checked.installation, names, folder, language, as_json=as_json)


def record(
    config: Path, when: str | None, names: Sequence[str], target: str, *, state: Path | None, language: str | None
) -> int:
    """Write what was kept of feeds into a recording: see `maquette.feeds.recording_command.run_record`."""
    from maquette.feeds.recording_command import run_record  # noqa: PLC0415 - the first light must not wait for it

    language = language or language_of(os.environ)
    installation = _passed(config, language)
    folder = state_folder(state, config)
    return 1 if installation is None else run_record(installation, when, names, target, folder, language)


def explain_code(code: str, language: str | None = None) -> int:
    """Print what a problem's code means, with a wrong and a right example; return 0, or 2 when there is no such code."""
    language = language or language_of(os.environ)
    found = explain(code.upper(), language)
    if found is None:
        print(f"maquette: {word(unknown_code(code), language)}", file=sys.stderr)
        return 2
    wrong, right = (word(message(title), language) for title in ("instead_of", "write_so"))
    print(f"{found.code}: {textwrap.fill(found.text, 100)}\n")
    print(f"{wrong}\n{textwrap.indent(found.wrong, '    ')}\n\n{right}\n{textwrap.indent(found.right, '    ')}")
    return 0


def write_legend(config: Path, scenario: str, target: Path, language: str | None = None) -> int:
    """Write the sheet that says what a scenario's lights mean, as SVG or PDF by the target's ending.

    Returns:
        0; 1 when documents have errors or the target cannot be written, 2 when there is no such scenario.
    """
    # Pillow, Babel and fpdf2 serve this verb: the first light must not wait for them.
    from maquette.legend.sheet import legend  # noqa: PLC0415 - see above

    installation = _passed(config, language)
    if installation is None:
        return 1
    refusal = message("E211", name=scenario)
    if scenario in installation.show.scenarios:
        try:
            write_atomically(target, legend(installation, scenario, target.suffix.lower()))
        except OSError as error:
            refusal = message("not_written", name=str(target), reason=reason_of(error))
        else:
            return 0
    elif (advice := did_you_mean(scenario, installation.show.scenarios)) is not None:
        refusal = message("with_hint", message=refusal, hint=advice)
    print(f"maquette: {word(refusal, language or language_of(os.environ))}", file=sys.stderr)
    return 1 if scenario in installation.show.scenarios else 2


def _print_problems(problems: Sequence[Problem], language: str, stream: TextIO) -> None:
    colour = stream.isatty() and not os.environ.get("NO_COLOR")
    for problem in problems:
        print(render(problem, language=language, colour=colour), file=stream)


def print_schema(document: str) -> int:
    """Print the JSON schema of a kind of document (one of `DOCUMENTS`), and return 0."""
    print(_written(_schemas()[document]), end="")
    return 0


def write_schemas(folder: Path) -> int:
    """Write the JSON schemas of all kinds of documents into a folder; return 0, or 1 when the folder does not take them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in _schemas().items():
            (folder / f"{name}.json").write_text(_written(schema), encoding="utf-8")
    except OSError as error:
        print(f"maquette: the schemas cannot be written into {folder}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _schemas() -> Mapping[str, Mapping[str, Any]]:
    from maquette.config.schema import schemas  # noqa: PLC0415 - the first light need not wait for it

    return schemas(registries())


def _written(schema: Mapping[str, object]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
