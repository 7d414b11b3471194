"""The ledger of runs: what is due, who runs it, how it ended. It decides; ticks only propose.

Every function works inside the caller's session and takes the time as UTC microseconds.
"""

from archive.ledger.claims import (
    LEASE,
    LeaseLost,
    Overlap,
    claim,
    fence,
    finish,
    heartbeat,
    interrupt_lost,
    refuse,
    resumable,
    set_owner,
)
from archive.ledger.history import (
    attempts,
    due_runs,
    get_run,
    history,
    last_slot,
    row_of,
    running_run,
)
from archive.ledger.hosts import RestingHost, lease_host, release_hosts, resting_hosts
from archive.ledger.rows import (
    add_manual_run,
    add_resumption,
    ensure_due,
    record_missed,
    supersede_due,
)
from archive.ledger.seeds import SeedFacts, register_seed, retire_missing
from archive.ledger.walks import Waiting, WalkedList, recount, waiting, walked_lists

__all__ = [
    "LEASE",
    "LeaseLost",
    "Overlap",
    "RestingHost",
    "SeedFacts",
    "Waiting",
    "WalkedList",
    "add_manual_run",
    "add_resumption",
    "attempts",
    "claim",
    "due_runs",
    "ensure_due",
    "fence",
    "finish",
    "get_run",
    "heartbeat",
    "history",
    "interrupt_lost",
    "last_slot",
    "lease_host",
    "record_missed",
    "recount",
    "refuse",
    "register_seed",
    "release_hosts",
    "resting_hosts",
    "resumable",
    "retire_missing",
    "row_of",
    "running_run",
    "set_owner",
    "supersede_due",
    "waiting",
    "walked_lists",
]
