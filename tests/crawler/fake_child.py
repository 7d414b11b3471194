"""Stands in for the crawling child: prints progress, works a while, ends as the seed's id says."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time

from archive import clock, ledger
from archive.records import RunState
from crawler.environment import Environment


def main(run_id: int) -> int:
    threading.Thread(target=_die_with_parent, daemon=True).start()
    database = Environment().open()
    with database.read() as session:
        run = ledger.get_run(session, run_id)
        seed = next(row["seed"] for row in ledger.history(session) if row["id"] == run_id)
        horizon = run.horizon_at
    stops: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: stops.append(number))
    signal.signal(signal.SIGTERM, lambda number, _: stops.append(number))
    _say(event="progress", pages=1, counts={"new": 1, "pages": 1}, url=f"http://{seed}/1")
    sys.stdout.write("a stray line\n")
    kind = seed.partition("-")[0]
    if kind == "crash":
        raise RuntimeError("boom")
    if kind == "slow":
        deadline = time.monotonic() + 20
        while not stops and time.monotonic() < deadline:
            time.sleep(0.01)
    if kind == "deaf":
        time.sleep(20)
    if kind == "vanish":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "mute":
        return 0
    if kind == "full":
        return 3
    counts = {"new": 2, "pages": 2, "horizon": horizon, "pid": os.getpid(), "stops": len(stops)}
    _say(event="finished", pages=2, counts=counts)
    state = RunState.INTERRUPTED if stops else RunState.DONE
    code = 11 if stops else 0
    reason = "stopped by signal" if stops else None
    with database.write() as session:
        ledger.finish(
            session,
            run_id,
            state,
            at=clock.now(),
            reason=reason,
            counts=counts,
            exit_code=code,
        )
    return code


def _say(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def _die_with_parent() -> None:
    # Not sys.stdin: its lock, held by this thread, would abort the interpreter at its end.
    os.read(0, 1)
    os._exit(9)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
