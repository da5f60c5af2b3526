"""The command line: verbs only, one function each. Exit 0 well (warnings allowed), 1 problems found, 2 used wrongly."""

import argparse
import os
import sys
from pathlib import Path

from maquette import __version__, app
from maquette.arguments import archive, document_among, port, rate, seconds, sheet, whole


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code.

    Args:
        arguments: without the program's name; those of the process by default.
    """
    parser = _parser()
    chosen, more = parser.parse_known_args(arguments)
    # The library takes words that follow an option (`feeds config.yaml --json river`) for too many.
    if more and (chosen.verb not in (feeds, record, replay, identify) or any(word.startswith("-") for word in more)):
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    chosen.more = more
    if getattr(chosen, "config", None) == Path("config.yaml"):
        chosen.config = app.usual_config()
    if chosen.verb is None:
        parser.print_help()
        return 2
    try:
        return int(chosen.verb(chosen))
    except BrokenPipeError:  # the reader of our output has gone, `maquette check | head`
        # What is left in the buffer goes nowhere, else Python complains of it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # A fault of ours. People get one line; whoever mends it asks for the rest.
        if os.environ.get("MAQUETTE_DEBUG"):
            raise
        print(f"maquette: internal fault: {error!r}; MAQUETTE_DEBUG=1 shows where", file=sys.stderr)
        return 1


def run(chosen: argparse.Namespace) -> int:
    """Play the model until it is stopped, or darken what a crash has left lit."""
    if chosen.blank:
        return app.blank(chosen.config, state=chosen.state)
    return app.run(
        chosen.config, simulate=chosen.simulate, port=chosen.port, state=chosen.state, language=chosen.language
    )


def check(chosen: argparse.Namespace) -> int:
    """Check every document and print the problems, or explain a problem's code."""
    if chosen.explain is not None:
        return app.explain_code(chosen.explain, chosen.language)
    return app.check_documents(chosen.config, as_json=chosen.json, language=chosen.language)


def describe(chosen: argparse.Namespace) -> int:
    """Retell a scenario in plain sentences, or all of them."""
    return app.describe(chosen.config, chosen.scenario, as_json=chosen.json, language=chosen.language)


def feeds(chosen: argparse.Namespace) -> int:
    """Ask each feed once and say how it is doing."""
    names = [*chosen.names, *chosen.more]
    config = app.usual_config()
    if names and Path(names[0]).suffix in (".yaml", ".yml"):  # no feed's name has a point
        config = Path(names.pop(0))
    return app.feeds(config, names, as_json=chosen.json, state=chosen.state, language=chosen.language)


def record(chosen: argparse.Namespace) -> int:
    """Write a recording of what was kept."""
    config, words = document_among([*chosen.words, *chosen.more], app.usual_config)
    if len(words) > 1:
        return _too_many(words[1:])
    names = [name for name in chosen.feeds.split(",") if name]
    when = words[0] if words else None
    return app.record(config, when, names, chosen.output, state=chosen.state, language=chosen.language)


def replay(chosen: argparse.Namespace) -> int:
    """Play the model on a recording, or on what was kept."""
    config, words = document_among(
        chosen.more if chosen.config is None else [chosen.config, *chosen.more], app.usual_config
    )
    if words:
        return _too_many(words)
    return app.run(
        config,
        simulate=chosen.simulate,
        port=chosen.port,
        state=chosen.state,
        language=chosen.language,
        replay=(chosen.what, chosen.speed),
    )


def _too_many(words: list[str]) -> int:
    print(f"maquette: unrecognized arguments: {' '.join(words)}", file=sys.stderr)
    return 2


def preview(chosen: argparse.Namespace) -> int:
    """Make a filmstrip and an animated preview of a scenario."""
    names = ["scenario", "output", "given", "series", "classes", "qualities", "step", "seconds", "language", "fps"]
    return app.preview(chosen.config, {name: getattr(chosen, name) for name in names})


def schema(chosen: argparse.Namespace) -> int:
    """Print the JSON schema of one kind of document, or write them all into a folder."""
    return app.print_schema(chosen.document) if chosen.document else app.write_schemas(chosen.write)


def legend(chosen: argparse.Namespace) -> int:
    """Write the sheet for the table that says what a scenario's lights mean, or the one of the model's wiring."""
    if (chosen.scenario is None) is not chosen.wiring:
        print("maquette: name a scenario, or write --wiring for the sheet of the wiring", file=sys.stderr)
        return 2
    if chosen.wiring:
        return app.write_wiring(chosen.config, chosen.output, chosen.language)
    return app.write_legend(chosen.config, chosen.scenario, chosen.output, chosen.language)


def play(chosen: argparse.Namespace) -> int:
    """Let the running model begin a scenario."""
    return _tell(chosen, {"command": "play", "scenario": chosen.scenario})


def next_step(chosen: argparse.Namespace) -> int:
    """Let the running model go on to the next step."""
    return _tell(chosen, {"command": "next"})


def back(chosen: argparse.Namespace) -> int:
    """Let the running model go back a step."""
    return _tell(chosen, {"command": "back"})


def stop(chosen: argparse.Namespace) -> int:
    """Let the running model end its scenario and go idle."""
    return _tell(chosen, {"command": "stop"})


def status(chosen: argparse.Namespace) -> int:
    """Say what the running model does."""
    return _tell(chosen, None)


def _tell(chosen: argparse.Namespace, command: dict[str, str] | None) -> int:
    return app.tell_running(command, chosen.config, as_json=chosen.json, state=chosen.state, language=chosen.language)


def identify(chosen: argparse.Namespace) -> int:
    """Let a part of the model make itself known."""
    config, words = document_among([*chosen.target, *chosen.more], app.usual_config)
    return app.identify(
        config,
        " ".join(words),
        walk=chosen.walk,
        calibrate=chosen.calibrate,
        simulate=chosen.simulate,
        state=chosen.state,
        language=chosen.language,
    )


def doctor(chosen: argparse.Namespace) -> int:
    """Look at this machine, and say what there is, what it means and what mends it."""
    return app.doctor(chosen.config, as_json=chosen.json, state=chosen.state, language=chosen.language)


def backup(chosen: argparse.Namespace) -> int:
    """Write documents and state into one file."""
    return app.backup(
        chosen.config,
        chosen.output,
        state=chosen.state,
        language=chosen.language,
        history=chosen.history,
        secrets=chosen.secrets,
    )


def restore(chosen: argparse.Namespace) -> int:
    """Put documents and state back."""
    return app.restore(
        chosen.source, chosen.config, state=chosen.state, language=chosen.language, dry_run=chosen.dry_run
    )


def version(_chosen: argparse.Namespace) -> int:
    """Print the version."""
    print(__version__)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="maquette", description="Open data told by the light of a physical model.")
    parser.set_defaults(verb=None)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")

    verb = verbs.add_parser("run", help="play the model until it is stopped")
    _add_config(verb)
    how = verb.add_mutually_exclusive_group()
    how.add_argument("--simulate", action="store_true", help="replace every driver by its virtual twin")
    how.add_argument("--blank", action="store_true", help="only darken every strip and end: after a crash")
    verb.add_argument("--port", type=port, help="the pages' port, instead of the document's")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="where last good copies are kept")
    _add_language(verb)
    verb.set_defaults(verb=run)

    verb = verbs.add_parser("check", help="check every document")
    _add_config(verb)
    verb.add_argument("--json", action="store_true", help="print the problems as a JSON array")
    verb.add_argument("--explain", metavar="CODE", help="explain a problem's code instead, such as E204")
    _add_language(verb)
    verb.set_defaults(verb=check)

    verb = verbs.add_parser("describe", help="retell a scenario in plain sentences, or all of them")
    verb.add_argument("scenario", nargs="?", help="a scenario's id; all by default")
    verb.add_argument("--config", type=Path, default=Path("config.yaml"), help="config.yaml by default")
    verb.add_argument("--json", action="store_true", help="print the sentences as JSON arrays")
    verb.add_argument("--language", choices=app.LANGUAGES, help="the installation's first by default")
    verb.set_defaults(verb=describe)

    verb = verbs.add_parser(
        "feeds",
        help="ask each feed once and say how it is doing",
        usage="%(prog)s [-h] [CONFIG.yaml] [NAME ...] [--json] [--state FOLDER] [--language {fr,en}]",
    )
    verb.add_argument("names", nargs="*", metavar="NAME", help="a feed's name; all by default, in brief")
    verb.add_argument(
        "--json", action="store_true", help="print the feeds, their readings and problems as a JSON array"
    )
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="where the running model keeps its last readings")
    verb.add_argument("--language", choices=app.LANGUAGES, help="the installation's first by default")
    verb.set_defaults(verb=feeds)

    verb = verbs.add_parser(
        "record",
        help="write what was kept of the feeds into a small text file",
        usage="%(prog)s [-h] [DATE] [CONFIG.yaml] [-o FILE] [--feeds A,B] [--state FOLDER] [--language {fr,en}]",
    )
    verb.add_argument(
        "words", nargs="*", metavar="DATE", help="2026-11-25, '2026-11-25 08:00'; the last 24 h by default"
    )
    verb.add_argument("-o", "--output", default="-", metavar="FILE", help="where; - (standard output) by default")
    verb.add_argument("--feeds", default="", metavar="A,B", help="these feeds; all by default")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="where the model keeps its history")
    _add_language(verb)
    verb.set_defaults(verb=record)

    verb = verbs.add_parser("replay", help="play the model on a recording, or on a day that was kept; no feed is asked")
    verb.add_argument("what", metavar="DATE|FILE", help="2026-11-25, '2026-11-25 08:00', or a recording")
    verb.add_argument("config", nargs="?", metavar="CONFIG.yaml", help="config.yaml by default")
    verb.add_argument("--speed", default="1x", help="how many times faster, from 1x (by default) to 3600x")
    verb.add_argument("--simulate", action="store_true", help="replace every driver by its virtual twin")
    verb.add_argument("--port", type=port, help="the pages' port, instead of the document's")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="where the model keeps its history")
    _add_language(verb)
    verb.set_defaults(verb=replay)

    verb = verbs.add_parser("play", help="begin a scenario on the running model")
    verb.add_argument("scenario", help="a scenario's id")
    _add_running(verb)
    verb.set_defaults(verb=play)
    for name, function, words in (
        ("next", next_step, "go on to the next step on the running model"),
        ("back", back, "go back a step on the running model"),
        ("stop", stop, "end the scenario on the running model"),
        ("status", status, "say what the running model does"),
    ):
        verb = verbs.add_parser(name, help=words)
        _add_running(verb)
        verb.set_defaults(verb=function)

    verb = verbs.add_parser(
        "identify",
        help="let a part of the model make itself known: LEDs glow, a servo sways, a button's lamp blinks",
        usage="%(prog)s [-h] [TARGET] [CONFIG.yaml] [--walk | --calibrate] [--simulate] [--state FOLDER] [--language {fr,en}]",
    )
    verb.add_argument(
        "target",
        nargs="*",
        metavar="TARGET",
        help="led STRIP NUMBER, colours STRIP, zone NAME, group NAME, strip NAME, servo NAME, button NAME, off; without it, what there is",
    )
    tool = verb.add_mutually_exclusive_group()
    tool.add_argument("--walk", action="store_true", help="go along a strip LED by LED, and write where zones lie")
    tool.add_argument("--calibrate", action="store_true", help="find the pulses of a servo, and write them")
    verb.add_argument("--simulate", action="store_true", help="without hardware, and without the running model")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="the state folder of the running model")
    _add_language(verb)
    verb.set_defaults(verb=identify)

    _add_preview(
        verbs.add_parser("preview", help="a filmstrip and an animated preview of a scenario, without hardware")
    )

    verb = verbs.add_parser("schema", help="the JSON schemas that editors read")
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument("document", nargs="?", choices=app.DOCUMENTS, help="print this one")
    which.add_argument("--write", type=Path, metavar="FOLDER", help="write them all into a folder")
    verb.set_defaults(verb=schema)

    verb = verbs.add_parser(
        "legend", help="a sheet to print: what a scenario's lights mean, or with --wiring how the model is wired"
    )
    verb.add_argument("scenario", nargs="?", help="a scenario's id")
    verb.add_argument("--wiring", action="store_true", help="strips, zones, pins and supplies, as they are built")
    verb.add_argument("-o", "--output", type=sheet, required=True, metavar="FILE", help="a file in .svg or .pdf")
    verb.add_argument("--config", type=Path, default=Path("config.yaml"), help="config.yaml by default")
    _add_language(verb)
    verb.set_defaults(verb=legend)

    verb = verbs.add_parser(
        "doctor", help="look at this machine: what it has, what it means, and the command that mends it"
    )
    _add_config(verb)
    verb.add_argument("--json", action="store_true", help="print the findings as a JSON array")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="where the model keeps its state")
    _add_language(verb)
    verb.set_defaults(verb=doctor)

    verb = verbs.add_parser("backup", help="write documents and state into one file, for the day when the card dies")
    _add_config(verb)
    verb.add_argument("-o", "--output", type=archive, required=True, metavar="FILE", help="a file in .tar.gz")
    verb.add_argument("--history", action="store_true", help="with the kept past of the feeds: it may be large")
    verb.add_argument("--secrets", action="store_true", help="with passwords, keys and PINs")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="where the model keeps its state")
    _add_language(verb)
    verb.set_defaults(verb=backup)

    verb = verbs.add_parser("restore", help="put a backup back, or documents from a stick, once they have been checked")
    verb.add_argument("source", type=Path, metavar="FILE|FOLDER", help="a backup, or a folder with documents")
    _add_config(verb)
    verb.add_argument("--dry-run", action="store_true", help="only say what would be replaced")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="where the model keeps its state")
    _add_language(verb)
    verb.set_defaults(verb=restore)

    verb = verbs.add_parser("version", help="print the version")
    verb.set_defaults(verb=version)
    return parser


def _add_preview(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("scenario", help="a scenario's id")
    verb.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="NAME",
        help="NAME alone, or with .webp, .gif, or .png for the filmstrip alone",
    )
    verb.add_argument("--config", type=Path, default=Path("config.yaml"), help="config.yaml by default")
    verb.add_argument(
        "--with",
        dest="given",
        action="append",
        default=[],
        metavar="VALUE",
        help="such as river.flow='800 m³/s' or 'air[69276].index=5'",
    )
    verb.add_argument(
        "--series", action="append", default=[], metavar="FILE", help="earlier values, as a feed's series; or FEED=FILE"
    )
    turns = verb.add_mutually_exclusive_group()
    turns.add_argument("--classes", metavar="SCALE", help="each class of a scale in turn")
    turns.add_argument("--qualities", action="store_true", help="live, stale, replay, sample and missing in turn")
    verb.add_argument("--step", type=whole, metavar="N", help="this step alone")
    verb.add_argument("--seconds", type=seconds, metavar="S", help="how long a step lasts at most")
    verb.add_argument(
        "--fps", type=rate, default=10.0, metavar="N", help="frames per second, from 1 to 50; 10 by default"
    )
    verb.add_argument("--language", choices=app.LANGUAGES, help="of the pictures; the installation's first by default")
    verb.set_defaults(verb=preview)


def _add_config(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("config", type=Path, nargs="?", default=Path("config.yaml"), help="config.yaml by default")


def _add_running(verb: argparse.ArgumentParser) -> None:
    _add_config(verb)
    verb.add_argument("--json", action="store_true", help="print the answer as JSON")
    verb.add_argument("--state", type=Path, metavar="FOLDER", help="the state folder of the running model")
    _add_language(verb)


def _add_language(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--language", choices=app.LANGUAGES, help="of the problems; the terminal's by default, else English"
    )
