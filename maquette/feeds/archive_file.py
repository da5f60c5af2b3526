"""The archive's file: how it is opened, whose it is, what its troubles mean, and where one goes that is of no use."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maquette.errors import ArchiveError

_APPLICATION = 0x4D515448  # says in the file's header whose it is
_FORMAT = 1
_BUSY_S = 5.0
_LARGEST_LOG = 4_000_000  # bytes that the log keeps for its next turn
_CACHE_KIB = 1024
_TROUBLE_AROUND = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_AUTH,
}  # fmt: skip
_SCHEMA = f"""
BEGIN EXCLUSIVE;
CREATE TABLE IF NOT EXISTS origins (
    id INTEGER PRIMARY KEY, feed TEXT NOT NULL, terms TEXT NOT NULL, nature TEXT NOT NULL, source TEXT NOT NULL,
    licence TEXT NOT NULL, attribution TEXT NOT NULL, place TEXT, duties TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY, origin INTEGER NOT NULL, name TEXT NOT NULL, key TEXT, unit TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS series_of_origin ON series (origin, name);
CREATE TABLE IF NOT EXISTS points (
    origin INTEGER NOT NULL, time REAL NOT NULL, series INTEGER NOT NULL, value REAL NOT NULL, held REAL NOT NULL,
    PRIMARY KEY (origin, time, series)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_FORMAT};
COMMIT;
"""


def set_aside(path: Path) -> Path:
    """Rename a file that is of no use, in the place of an earlier one; return what it is called now.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = path.with_name(f"{path.name}.aside")
    # Its log first: beside a new file it would be taken for that one's own.
    for end in ("-wal", "-shm", ""):
        part = path.with_name(path.name + end)
        if os.path.lexists(part):
            part.replace(aside.with_name(aside.name + end))
    return aside


@contextmanager
def told() -> Iterator[None]:
    """Tell of the database's troubles as `ArchiveError`; what only a mistake of ours can cause is left as it is."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise ArchiveError(str(error), damaged=code not in _TROUBLE_AROUND) from error
    except UnicodeDecodeError as error:  # SQLite quotes what it finds, and Python cannot read the quotation
        raise ArchiveError("it holds what is no text", damaged=True) from error
    except MemoryError as error:
        raise ArchiveError("out of memory") from error


@contextmanager
def believed() -> Iterator[None]:
    """The same, where what stands in the file is looked at."""
    try:
        with told():
            yield
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ArchiveError(f"it holds what was never written: {error}", damaged=True) from error


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a file, which need not be there; nothing of it has been looked at yet."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        foreign = os.path.lexists(path) and not path.is_file()
    except OSError as error:
        raise ArchiveError(error.strerror or str(error)) from error
    if foreign:  # such as a pipe, which one would wait for
        raise ArchiveError("it is no file", damaged=True)
    with told():
        return sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that only reads, also where the disk cannot be written."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with told():
            return _looked_into(sqlite3.connect(address, timeout=_BUSY_S, isolation_level=None, uri=True))
    except ArchiveError as error:
        log = path.with_name(f"{path.name}-wal")
        # On a disk that cannot be written there is no place for the log's index; without a log none is needed.
        if error.damaged or not path.is_file() or (log.exists() and log.stat().st_size):
            raise
    with told():
        return _looked_into(sqlite3.connect(f"{address}&immutable=1", isolation_level=None, uri=True))


def _looked_into(db: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection that can read, or close it: opening alone looks at nothing."""
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        db.close()
        raise
    return db


def make_ready(db: sqlite3.Connection) -> None:
    """Prepare for writing, and lay out a file that is empty. One that is not ours is left untouched."""
    if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        check_own(db)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("PRAGMA journal_mode = WAL").fetchone()
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA journal_size_limit = {_LARGEST_LOG}").fetchone()
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        db.executescript(_SCHEMA)


def check_own(db: sqlite3.Connection) -> None:
    """Refuse a file that something else, or another version of this, has made."""
    found = tuple(db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if found != (_APPLICATION, _FORMAT):
        raise ArchiveError("it is not an archive of this version", damaged=True)
