"""The verbs `backup` and `restore` as people see them."""

import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from maquette import __version__
from maquette.backup import contents
from maquette.backup.archive import SECRETS, write_archive
from maquette.backup.restore import Incoming, Move, carry_out, complete, lay, resemble, stage, unpacked
from maquette.config.check import Checked, Registries, check
from maquette.config.draft import Desk
from maquette.config.problems import Problem, render
from maquette.config.words import word
from maquette.config.yaml import reason_of
from maquette.core.message import Message, message
from maquette.errors import BackupError
from maquette.ops.environment import learn

_LATER = ("E224", "E228", "E257")
"""Secrets and certificates that are not there yet: they are often restored by hand, afterwards."""


class Talk:
    """What is said, in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def say(self, told: Message) -> None:
        """Say something."""
        print(word(told, self._language))

    def refuse(self, told: Message) -> int:
        """Say why not, and return the exit code."""
        print(f"maquette: {word(told, self._language)}", file=sys.stderr)
        return 1

    def show(self, problems: Sequence[Problem]) -> None:
        """Show the problems of documents."""
        for problem in problems:
            print(render(problem, language=self._language), file=sys.stderr)


def run_backup(
    config: Path, registries: Registries, state: Path, target: Path, language: str, *, history: bool, secrets: bool
) -> int:
    """Write a backup of an installation; return 0, or 1 when something cannot be read or written.

    Args:
        config: its config.yaml.
        registries: everything that documents may name.
        state: the state folder.
        target: the archive, written whole or not at all.
        language: of what is said.
        history: whether the kept past of the feeds is wanted too.
        secrets: whether passwords and keys are wanted too.
    """
    talk = Talk(language)
    checked = check(config, registries)
    plain = _plain(config)
    if plain is None:
        talk.show(checked.problems)
        return 1
    files = contents.documents(config, checked.watched, plain)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.absolute().parent) as scratch:
        try:
            files |= contents.state(state, Path(scratch), history=history, secrets=secrets)
            if secrets:
                files[SECRETS] = config.absolute().parent / contents.ENVIRONMENT
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            write_archive(
                target, files, version=__version__, id=str(plain.get("id", "?")), made_at=now, config=config.name
            )
        except sqlite3.Error as error:
            return talk.refuse(message("backup_history", reason=str(error)))
        except OSError as error:
            return talk.refuse(message("not_written", name=str(error.filename or target), reason=reason_of(error)))
    errors = [problem for problem in checked.problems if problem.severity == "error" and problem.code not in _LATER]
    if errors:
        talk.show(errors)
        talk.say(message("backup_with_errors", count=len(errors)))
    count = sum(not name.startswith("state/") for name in files) - secrets
    talk.say(message("backup_made", path=str(target), documents=count, state=len(files) - count - secrets))
    talk.say(message("backup_with_secrets" if secrets else "backup_without_secrets"))
    return 0


def _plain(config: Path) -> dict[str, object] | None:
    source = Desk(config.parent, {}).draft(config.name).source
    return source.root.plain if source is not None and isinstance(source.root.plain, dict) else None


def run_restore(
    source: Path, config: Path, registries: Registries, state: Path, language: str, *, dry_run: bool, playing: bool
) -> int:
    """Restore a backup, or documents from a folder; return 0, or 1 when it is refused: then nothing has changed.

    Args:
        source: the archive, or the folder.
        config: the installation's config.yaml, which need not be there.
        registries: everything that documents may name.
        state: the state folder.
        language: of what is said.
        dry_run: whether it only says what it would replace.
        playing: whether the model is running, so that its state is being written.
    """
    talk = Talk(language)
    folder = config.absolute().parent
    try:
        with tempfile.TemporaryDirectory(prefix="maquette-") as scratch:
            incoming = unpacked(source, config.name, Path(scratch))
            if incoming.state is not None and playing and not dry_run:
                return talk.refuse(message("restore_playing"))
            with (
                stage(folder, elsewhere=dry_run) as documents,
                stage(state, elsewhere=dry_run or incoming.state is None) as other,
            ):
                return _restored(incoming, (folder, documents), (state, other), registries, talk, dry_run=dry_run)
    except BackupError as error:
        return talk.refuse(error.message)
    except OSError as error:
        return talk.refuse(message("restore_failed", name=str(error.filename or source), reason=reason_of(error)))


def _restored(
    incoming: Incoming,
    documents: tuple[Path, Path],
    state: tuple[Path, Path],
    registries: Registries,
    talk: Talk,
    *,
    dry_run: bool,
) -> int:
    folder, staged = documents
    moves = []
    if incoming.documents is not None:
        names = lay(incoming.documents, staged, folder)
        # What is called otherwise here keeps its name: the unit starts it by that.
        moves += [
            Move(staged / name, folder / name) for name in sorted(names, key=lambda name: name == incoming.config)
        ]
        complete(folder, names, staged)
    if incoming.secrets is not None:
        place = staged / contents.ENVIRONMENT
        place.write_bytes(incoming.secrets.read_bytes())
        resemble(place, folder if folder.exists() else staged)
        place.chmod(0o640)
        moves.append(Move(place, folder / contents.ENVIRONMENT))
        learn(place)
    if incoming.state is not None:
        moves += [Move(state[1] / name, state[0] / name) for name in lay(incoming.state, state[1], state[0])]
    checked = check(staged / incoming.config, registries)
    if not _passes(checked, talk):
        return talk.refuse(message("restore_wrong", told=incoming.told))
    moves = [move for move in moves if not move.same]
    for move in moves:
        key = "restore_replaces" if move.target.exists() else "restore_adds"
        talk.say(message(key, path=str(move.target)))
    if dry_run or not moves:
        talk.say(message("restore_dry_run" if moves else "restore_same", told=incoming.told))
        return 0
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    carry_out(moves, stamp)
    talk.say(message("restore_done", told=incoming.told, aside=f"{contents.ASIDE}{stamp}"))
    return 0


def _passes(checked: Checked, talk: Talk) -> bool:
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    talk.show(errors)
    return all(problem.code in _LATER for problem in errors)
