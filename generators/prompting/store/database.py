"""The SQLite file of answers: opened, made, checked, and its errors told in a line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from cswitch.core.errors import CswitchError, RunError, UsageError

VERSION = 1
"""Version of the tables; a file of a newer one is refused."""
PATIENCE = 30.0
"""Seconds that another process may hold the file before this one gives up."""

_TABLES = """
create table store(version integer not null);
create table sources(id integer primary key, endpoint text not null, model text not null, unique(endpoint, model));
create table runs(id integer primary key, name text not null unique);
create table answers(
    id integer primary key, digest blob not null, source integer not null, attempt integer not null,
    run integer not null, prompt integer not null, cached integer not null, completion integer not null,
    paid integer not null, cost real, packed integer not null, body blob not null);
create unique index answers_by_key on answers(digest, source, attempt);
create table repeats(
    id integer primary key, source integer not null, run integer not null, prompt integer not null,
    cached integer not null, completion integer not null, paid integer not null, cost real);
create table failures(
    id integer primary key, digest blob not null, source integer not null, attempt integer not null,
    run integer not null, kind text not null, status integer, detail text not null);
create table capabilities(
    endpoint text not null, model text not null, found blob not null, primary key(endpoint, model)) without rowid;
create table batches(
    id integer primary key, source integer not null, run integer not null, tag text not null unique,
    file text not null, batch text not null, status text not null, requests integer not null,
    completed integer not null, failed integer not null, reserved real not null, collected integer not null);
create table batch_requests(
    digest blob not null, attempt integer not null, job integer not null, size integer not null,
    settled integer not null, kind text not null, detail text not null,
    primary key(digest, attempt, job)) without rowid;
"""
_OTHER_FILE = "name another file"


def open_database(path: Path) -> sqlite3.Connection:
    """Opens the file, and makes it when it is not there.

    Write-ahead logging lets other processes read and write beside this one. With ``synchronous=NORMAL`` a commit is
    safe against the death of the process, and waits for the disk only when the log is carried over into the file.

    Raises:
        UsageError: The path cannot be such a file, or holds something else, a newer version, or a damaged one.
        RunError: The disk is full, or another process holds the file.
    """
    if path.is_dir():
        raise UsageError(f"{path}: is a folder", hint="give the cache of answers the name of a file")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: its folder does not exist", hint=f"make it first: mkdir -p {path.parent}")
    with explaining(path):
        database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        with explaining(path):
            _prepare(database, path)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turns errors of SQLite into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(error, path) from error


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    database.execute("begin immediate")
    try:
        yield
        database.execute("commit")
    except BaseException:
        if database.in_transaction:
            database.execute("rollback")
        raise


def explained(error: sqlite3.Error, path: Path) -> CswitchError:
    """What an error of SQLite means for whoever runs this.

    >>> error = sqlite3.OperationalError("database or disk is full")
    >>> error.sqlite_errorcode = sqlite3.SQLITE_FULL
    >>> print(explained(error, Path("answers.db")))
    answers.db: the disk is full, answers kept before are safe; free some space and run the same command again
    """
    code, says = getattr(error, "sqlite_errorcode", 0) & 0xFF, str(error)
    if code == sqlite3.SQLITE_NOTADB:
        return UsageError(f"{path}: is no cache of answers ({says})", hint=_OTHER_FILE)
    if code == sqlite3.SQLITE_CORRUPT:
        hint = f"save what can be read with: sqlite3 {path} .recover | sqlite3 NEW, or name another file"
        return UsageError(f"{path}: the cache of answers is damaged ({says})", hint=hint)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        hint = "make the file and its folder writable, or name another file"
        return UsageError(f"{path}: the cache of answers cannot be written ({says})", hint=hint)
    if code == sqlite3.SQLITE_FULL:
        hint = "free some space and run the same command again"
        return RunError(f"{path}: the disk is full, answers kept before are safe", hint=hint)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        hint = "answers kept before are safe; end the other one, or wait, and run the same command again"
        return RunError(f"{path}: another process holds the cache of answers", hint=hint)
    hint = "answers kept before are safe; see to the disk and run the same command again"
    return RunError(f"{path}: the cache of answers failed ({says})", hint=hint)


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Nothing is written to a file before it is known to be ours or empty."""
    fresh = _version(database, path) is None
    _to_wal(database)
    database.execute("pragma synchronous = normal")
    database.execute("pragma cache_size = -16000")  # KiB; the index of a few million keys is written at random places
    if fresh:
        with transaction(database):
            if _version(database, path) is None:  # another process may have been quicker
                for statement in _TABLES.split(";\n"):
                    database.execute(statement)
                database.execute("insert into store values (?)", (VERSION,))


def _version(database: sqlite3.Connection, path: Path) -> int | None:
    """None for an empty file."""
    tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
    if not tables:
        return None
    found = database.execute("select version from store").fetchone() if {"store", "answers"} <= tables else None
    if found is None:
        raise UsageError(f"{path}: is a database of something else", hint=_OTHER_FILE)
    if not isinstance(found[0], int) or found[0] > VERSION:
        hint = "upgrade cswitch, or name another file"
        raise UsageError(f"{path}: was made by a newer cswitch (layout {found[0]}, known is {VERSION})", hint=hint)
    return int(found[0])


def _to_wal(database: sqlite3.Connection) -> None:
    """The change of mode does not wait for other processes by itself."""
    for pause in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0):
        try:
            database.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            sleep(pause)
        else:
            return
    database.execute("pragma journal_mode = wal")
