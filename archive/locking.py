"""The archive-wide write lock: one writer at a time, none of whom starves.

An archive in one file is locked by files beside its database, one on a server by the server. Both
are held by a thread, may be taken again by it, and go with the process that held them.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

LOCK_NAME = "write.lock"
TURN_NAME = "write.turn"
# Many stand in line for their turn, but only the one whose turn it is asks this often.
TURN_POLL = 0.01
LOCK_POLL = 0.001
# Any number will do, as long as every writer of an archive takes the same.
SERVER_KEY = 0x676F6E68
TIMED_OUT = "55P03"
# Asked after 30 s of silence; the last is how long an answer may stay unreceived, in ms.
_WATCHED = {
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


class FileLocks:
    """The lock of an archive whose database is a file in ``folder``.

    A writer first takes its turn and keeps it until it has the lock. So whoever lets the lock go
    cannot have it again before the one who waits, however quickly it comes back.
    """

    def __init__(self, folder: Path) -> None:
        self._turn = FileLock(folder / TURN_NAME, poll_interval=TURN_POLL)
        self._lock = FileLock(folder / LOCK_NAME, poll_interval=LOCK_POLL)

    def acquire(self, patience: float) -> None:
        """Wait up to ``patience`` seconds for the lock; TimeoutError after that."""
        if self._lock.is_locked:
            self._lock.acquire()
            return
        deadline = time.monotonic() + patience
        with self._turn.acquire(timeout=patience):
            self._lock.acquire(timeout=max(deadline - time.monotonic(), 0))

    def is_held(self) -> bool:
        """Whether this thread still has the lock; nobody can take a file's away."""
        return self._lock.is_locked

    def release(self) -> None:
        """Let the lock go, once for each time it was taken."""
        self._lock.release()

    def close(self) -> None:
        """Nothing is kept open between two holds."""


class ServerLock:
    """The lock of an archive on a PostgreSQL server, which serves waiters in their order.

    It lies in a connection of its own, since it outlives the transaction that it is taken for.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._mine = _Held()

    def acquire(self, patience: float) -> None:
        """Wait up to ``patience`` seconds for the lock; TimeoutError after that."""
        if self._mine.times == 0:
            self._mine.connection = self._take(patience)
        self._mine.times += 1

    def release(self) -> None:
        """Let the lock go, once for each time it was taken."""
        self._mine.times -= 1
        connection = self._mine.connection
        if self._mine.times or connection is None:
            return
        self._mine.connection = None
        # A connection that broke has let the lock go already.
        with connection, suppress(SQLAlchemyError):
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": SERVER_KEY})

    def is_held(self) -> bool:
        """Whether this thread still has the lock, which goes with the connection it lies in."""
        connection = self._mine.connection
        if connection is None:
            return False
        try:
            connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            # From now on the connection refuses to be used, rather than to connect anew.
            return False
        return True

    def close(self) -> None:
        """Close the idle connections."""
        self._engine.dispose()

    def _take(self, patience: float) -> Connection:
        connection = self._engine.connect()
        try:
            wait = {"wait": str(max(int(patience * 1000), 1))}
            connection.execute(text("SELECT set_config('lock_timeout', :wait, false)"), wait)
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": SERVER_KEY})
        except BaseException as error:
            # Whether it has the lock is not known, so that it must not go back to the pool.
            connection.invalidate()
            connection.close()
            if isinstance(error, OperationalError) and _timed_out(error):
                raise TimeoutError from None
            raise
        return connection


class _Held(threading.local):
    """How often this thread has the lock, and by which connection."""

    times = 0
    connection: Connection | None = None


def notice_lost_clients(engine: Engine) -> None:
    """Have the server end what a machine that vanished has begun or holds, in about a minute."""

    def alive(connection: object, _record: object) -> None:
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            for name, value in _WATCHED.items():
                cursor.execute(f"SET {name} = {value}")
        connection.commit()  # type: ignore[attr-defined]

    event.listen(engine, "connect", alive)


def _timed_out(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) == TIMED_OUT
