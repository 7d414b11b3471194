"""The one write path: WARC append, fsync, one transaction, head."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NoReturn

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from archive import chain, clock, ledger
from archive.chain import Head
from archive.characters import storable
from archive.connecting import explain, lost_a_write
from archive.database import Database
from archive.moved import refuse_moved
from archive.problems import Problem
from archive.records import Check, Verdict
from archive.space import MIN_FREE, check_space, disk_problem, is_full, out_of_room
from archive.store.applying import addresses, apply
from archive.store.attempts import Attempt, not_durable, not_undone, number_of, was_committed
from archive.store.batch import Batch
from archive.store.captures import held_originals, kept_exchanges, write_captures
from archive.store.cleaning import storable_extraction
from archive.store.failpoints import reach, sealing_size
from archive.warc.records import Written
from archive.warc.slots import claim_slot

log = logging.getLogger(__name__)

DISK_FULL = 3


class Store:
    """Makes checks durable, a batch at a time. Holds one WARC slot until it is closed.

    ``recheck`` is the pause in microseconds before a page is due again, ``min_free`` how many
    bytes of the disk are left free: below that nothing is written, nor is a store opened. Not for
    use by several threads at once: :class:`archive.store.Writer` gives it a thread of its own.
    """

    def __init__(
        self,
        database: Database,
        *,
        recheck: int,
        slot: int | None = None,
        min_free: int = MIN_FREE,
        now: Callable[[], int] = clock.now,
        failpoint: Callable[[str], None] = reach,
    ) -> None:
        self._database = database
        self._recheck = recheck
        self._now = now
        self._reach = failpoint
        self._min_free = min_free
        self._refusal: Problem | None = None
        self._check_space()
        refuse_moved(database)
        try:
            self._slot = claim_slot(database, slot, seal_bytes=sealing_size(), reach=failpoint)
            self._catch_up()
        except OSError as error:
            raise disk_problem(error) from error

    def commit(self, checks: Sequence[Check]) -> list[Verdict]:
        """Make checks durable, all or none; returns one verdict each, in order.

        Raises :class:`Problem` when the disk is full (exit code 3), when the run of a check has
        ended or was taken over (LeaseLost), or when a file could not be made durable (then for
        every later call, too), and the database's error otherwise.
        """
        if self._refusal is not None:
            raise self._refusal
        self._check_space()
        clean = [_storable(check) for check in checks]
        attempt = Attempt()
        try:
            written = self._append(clean)
            return self._record(clean, written, attempt)
        except OSError as error:
            self._roll_back(attempt)
            raise disk_problem(error) from error
        except DBAPIError as error:
            return self._undo(error, attempt)
        except BaseException:
            self._roll_back(attempt)
            raise

    @property
    def is_usable(self) -> bool:
        """False once a file could not be made durable; nothing more is taken then."""
        return self._refusal is None

    def close(self) -> None:
        """Give the slot back."""
        self._slot.close()

    def _catch_up(self) -> None:
        try:
            chain.catch_up(self._database, self._now())
        except BaseException:
            self._slot.close()
            raise

    def _append(self, checks: Sequence[Check]) -> list[list[Written]]:
        """Append and make durable what was served; nothing for checks without exchanges."""
        if not any(kept_exchanges(check) for check in checks):
            return [[] for _ in checks]
        with self._database.read() as session:
            held = held_originals(session, self._database.folder, checks)
        self._slot.begin(self._now())
        written = [write_captures(self._slot, check, held) for check in checks]
        self._reach("appended")
        self._slot.write()
        self._reach("written")
        try:
            self._slot.sync()
        except OSError as error:
            self._give_up(error)
        self._reach("synced")
        return written

    def _record(
        self, checks: Sequence[Check], written: Sequence[Sequence[Written]], attempt: Attempt
    ) -> list[Verdict]:
        appended = any(written)
        # The lock is kept until the head is out, so that heads are in order.
        with self._database.lock():
            with self._database.write() as session:
                head = self._apply(session, checks, written, attempt)
                self._reach("recorded")
            self._reach("committed")
            if appended:
                self._slot.settle()
            in_order = head is None or self._database.has_lock()
            if head is not None and in_order:
                self._put_out(partial(chain.keep_head, self._database.folder, head))
        if not in_order:
            # Somebody may have written meanwhile, and put out a head that is further on.
            self._put_out(partial(chain.catch_up, self._database, self._now()))
        return attempt.verdicts

    def _apply(
        self,
        session: Session,
        checks: Sequence[Check],
        written: Sequence[Sequence[Written]],
        attempt: Attempt,
    ) -> Head | None:
        ledger.fence(session, {check.run for check in checks})
        at, appended = self._now(), any(written)
        batch = Batch(session, at, self._slot.key if appended else None, self._recheck)
        batch.load(checks, [url for check in checks for url in addresses(check, batch)])
        attempt.verdicts = [
            apply(batch, check, records) for check, records in zip(checks, written, strict=True)
        ]
        if appended:
            self._slot.record(session)
        else:
            attempt.number = number_of(session)
        batch.flush()
        return chain.append(session, batch.links, at)

    def _put_out(self, write_head: Callable[[], None]) -> None:
        """Put a head out; what it vouches for is durable already, whatever comes of this."""
        try:
            write_head()
        except (OSError, SQLAlchemyError, Problem) as error:
            # The next start writes it. A disk that is only full stops the next commit by itself.
            log.exception("The head of the chain could not be written")
            if isinstance(error, OSError) and not is_full(error):
                self._refusal = not_durable("The head of the chain", error)
                raise self._refusal from error

    def _undo(self, error: DBAPIError, attempt: Attempt) -> list[Verdict]:
        """After an error of the database: the verdicts of what is durable all the same."""
        if lost_a_write(error):
            self._leave(error)
        if self._roll_back(attempt):
            log.warning("The commit is durable, only its answer was lost: %s", error.orig)
            self._put_out(partial(chain.catch_up, self._database, self._now()))
            return attempt.verdicts
        problem = self._refusal or _full_disk(error)
        if problem is not None:
            raise problem from error
        raise error

    def _leave(self, error: DBAPIError) -> NoReturn:
        # The transaction failed, and yet it may lie whole in the log and count after a crash. So
        # what it relies on stays in the WARC file, for the next start to keep or to cut off.
        self._slot.leave()
        room = out_of_room(self._database.folder, self._database.file)
        lost = not_durable("The database", error.orig or error)
        self._refusal = disk_problem(room) if room else lost
        raise self._refusal from error

    def _roll_back(self, attempt: Attempt) -> bool:
        """Cut the file back, unless the transaction was durable after all: True then."""
        try:
            if attempt.number is not None:
                return was_committed(self._database, attempt.number)
            return self._slot.recover()
        except (OSError, SQLAlchemyError, Problem) as error:
            self._refusal = self._refusal or not_undone(error)
            return False

    def _give_up(self, error: OSError) -> None:
        self._refusal = disk_problem(error) if is_full(error) else not_durable("A WARC file", error)
        with suppress(OSError, SQLAlchemyError, Problem):
            self._slot.give_up(f"could not be made durable: {error}")
        raise self._refusal from error

    def _check_space(self) -> None:
        file = self._database.file
        for folder in {self._database.folder, file.parent if file else self._database.folder}:
            check_space(folder, self._min_free)


def _storable(check: Check) -> Check:
    extraction = check.extraction and storable_extraction(check.extraction)
    return replace(
        check,
        reason=storable(check.reason),
        extraction=extraction,
        listing=storable(check.listing),
        file=storable(check.file),
    )


def _full_disk(error: DBAPIError) -> Problem | None:
    problem = explain(error)
    return problem if problem is not None and problem.exit_code == DISK_FULL else None
