"""The seeds that the archive has rows of."""

from __future__ import annotations

import difflib

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.bytewise import bytewise
from archive.models import Seed
from archive.problems import Problem


def require_seed(session: Session, seed_id: str) -> None:
    """Make sure that the archive knows a seed; Problem (exit code 2) with the nearest otherwise."""
    known = list(session.scalars(select(Seed.id).order_by(bytewise(Seed.id))))
    if seed_id in known:
        return
    near = difflib.get_close_matches(seed_id, known, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}? " if near else ""
    raise Problem(
        f"The archive knows no seed {seed_id}",
        "no seed with this id was ever crawled",
        f"{hint}See the seeds with: gongwen seeds list",
        exit_code=2,
    )
