"""The composition root: one function for each verb. It may import every room, and imports each only when it is needed.

Nothing of the web or of the network is imported before the first light, and of our own only what the first glow takes.
"""

import json
import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from maquette import languages
from maquette.config.problems import Problem, did_you_mean, render
from maquette.config.words import explain, language_of, unknown_code, word
from maquette.config.yaml import reason_of
from maquette.core.message import message
from maquette.ops.environment import learn
from maquette.ops.here import SERVICE_RUNTIME
from maquette.ops.log import start_logging
from maquette.ops.state import CONFIG, state_folder, write_atomically

if TYPE_CHECKING:
    from maquette.config.check import Checked
    from maquette.config.installation import Installation
    from maquette.stage.early_light import EarlyLight

LANGUAGES = languages.known("", first="fr")
"""Languages that people may ask for; each kind of words has its own for those that it lacks."""

__all__ = [
    "DOCUMENTS",
    "LANGUAGES",
    "backup",
    "blank",
    "check_documents",
    "describe",
    "doctor",
    "explain_code",
    "feeds",
    "identify",
    "preview",
    "print_schema",
    "record",
    "restore",
    "run",
    "tell_running",
    "usual_config",
    "write_legend",
    "write_schemas",
    "write_wiring",
]

DOCUMENTS = ("config", "hardware", "scenario", "scales", "catalogue")
"""Kinds of documents that have a schema."""


def usual_config() -> Path:
    """Return the config.yaml of this folder, else that of the model that is installed on this machine, whose secrets are then known."""
    here = Path("config.yaml")
    if here.exists() or not CONFIG.exists():
        return here
    learn(CONFIG.with_name("environment"))
    return CONFIG


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
    early = {} if simulate else _glow(folder, config)
    # Everything else takes a second to load.
    from maquette.house import play  # noqa: PLC0415 - see above
    from maquette.stage.early_light import put_out  # noqa: PLC0415 - as above

    language = language or language_of(os.environ)
    checked = _check(config, folder)
    _print_problems(checked.problems, language, sys.stderr)
    if checked.installation is None:
        put_out(early)
        print(f"maquette: {word(message('nothing_to_play'), language)}", file=sys.stderr)
        return 1
    replayed = None
    if replay is not None:
        # Its database serves this verb only: the first light of the others must not wait for it.
        from maquette.feeds.recording_command import replay_of  # noqa: PLC0415 - see above

        replayed = replay_of(checked.installation, *replay, folder, language)
        if replayed is None:
            put_out(early)
            return 2
    play(checked, config, folder, port=port, simulate=simulate, replay=replayed, early_light=early)
    return 0


def blank(config: Path, *, state: Path | None) -> int:
    """Darken every strip of an installation, after a crash of whoever lit them; return 1 when one could not be, else 0."""
    from maquette.config.strips_alone import read_strips  # noqa: PLC0415 - serves this verb only
    from maquette.stage.blank import blank as darken  # noqa: PLC0415 - serves this verb only
    from maquette.stage.outputs import STRIP_DOCUMENTS  # noqa: PLC0415 - serves this verb only

    start_logging("blank")
    strips = read_strips(config, STRIP_DOCUMENTS, state_folder(state, config))
    wrong = darken(strips)
    return int(bool(wrong) or not strips)


def _glow(folder: Path, config: Path) -> "EarlyLight":
    from maquette.stage.early_light import glow  # noqa: PLC0415 - other verbs do without

    return glow(folder, config)


def _check(config: Path, state: Path | None = None) -> "Checked":
    from maquette.config.check import check  # noqa: PLC0415 - it takes a second to load
    from maquette.house import registries  # noqa: PLC0415 - as above

    return check(config, registries(), state)


def check_documents(config: Path, *, as_json: bool, language: str | None = None) -> int:
    """Check an installation's documents, print the problems, and return 1 when there are errors, else 0."""
    checked = _check(config)
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


def _passed(config: Path, language: str | None) -> "Installation | None":
    """Return an installation whose documents have no error; else print the problems and return None."""
    checked = _check(config)
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
    checked = _check(config, folder)
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


def doctor(config: Path, *, as_json: bool, state: Path | None, language: str | None = None) -> int:
    """Look at this machine and say what it means for the model; 1: something keeps a part of it from working."""
    from maquette.doctor.command import count_errors, run_doctor  # noqa: PLC0415 - the first light must not wait for it

    folder = state_folder(state, config)
    checked = _check(config)
    language = language or language_of(os.environ)
    return run_doctor(checked.installation, count_errors(checked.problems), folder, language, as_json=as_json)


def backup(
    config: Path, target: Path, *, state: Path | None, language: str | None, history: bool, secrets: bool
) -> int:
    """Write an installation's documents and state into one file: see `maquette.backup.command.run_backup`."""
    from maquette.backup.command import run_backup  # noqa: PLC0415 - the first light must not wait for it
    from maquette.house import registries  # noqa: PLC0415 - it takes a second to load

    folder, language = state_folder(state, config), language or language_of(os.environ)
    return run_backup(config, registries(), folder, target, language, history=history, secrets=secrets)


def restore(source: Path, config: Path, *, state: Path | None, language: str | None, dry_run: bool) -> int:
    """Put documents and state back from a backup or a folder: see `maquette.backup.command.run_restore`."""
    from maquette.backup.command import run_restore  # noqa: PLC0415 - the first light must not wait for it
    from maquette.house import registries  # noqa: PLC0415 - it takes a second to load

    folder, language = state_folder(state, config), language or language_of(os.environ)
    playing = config.absolute() == CONFIG and SERVICE_RUNTIME.exists()
    return run_restore(source, config, registries(), folder, language, dry_run=dry_run, playing=playing)


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


def tell_running(
    command: Mapping[str, str] | None, config: Path, *, as_json: bool, state: Path | None, language: str | None
) -> int:
    """Give a command to the running model, or ask how it is (None): see `maquette.remote.command.run_command`."""
    from maquette.remote.command import run_command  # noqa: PLC0415 - Babel words it: the first light must not wait

    return run_command(command, state_folder(state, config), language or language_of(os.environ), as_json=as_json)


def identify(
    config: Path,
    target: str,
    *,
    walk: bool,
    calibrate: bool,
    simulate: bool,
    state: Path | None,
    language: str | None,
) -> int:
    """Let a part of the model make itself known: see `maquette.identify.command.run_identify`."""
    from maquette.house import registries  # noqa: PLC0415 - it takes a second to load
    from maquette.identify.command import Wish, run_identify  # noqa: PLC0415 - as above

    language = language or language_of(os.environ)
    wish = Wish(target, walk, calibrate, simulate, config, state_folder(state, config), language)
    return run_identify(wish, lambda: _passed(config, language), registries)


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
    if scenario in installation.show.scenarios:
        return _write_sheet(target, legend(installation, scenario, target.suffix.lower()), language)
    refusal = message("E211", name=scenario)
    if (advice := did_you_mean(scenario, installation.show.scenarios)) is not None:
        refusal = message("with_hint", message=refusal, hint=advice)
    print(f"maquette: {word(refusal, language or language_of(os.environ))}", file=sys.stderr)
    return 2


def write_wiring(config: Path, target: Path, language: str | None = None) -> int:
    """Write the sheet that says how the model is wired, in one language (None: the installation's first); returns as `write_legend`."""
    from maquette.legend.sheet import wiring  # noqa: PLC0415 - see `write_legend`

    installation = _passed(config, language)
    if installation is None:
        return 1
    chosen = language or next((one for one in installation.show.languages if one in LANGUAGES), LANGUAGES[0])
    return _write_sheet(target, wiring(installation, chosen, target.suffix.lower()), language)


def _write_sheet(target: Path, sheet: bytes, language: str | None) -> int:
    try:
        write_atomically(target, sheet)
    except OSError as error:
        refusal = message("not_written", name=str(target), reason=reason_of(error))
        print(f"maquette: {word(refusal, language or language_of(os.environ))}", file=sys.stderr)
        return 1
    return 0


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
    from maquette.house import registries  # noqa: PLC0415 - as above

    return schemas(registries())


def _written(schema: Mapping[str, object]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
