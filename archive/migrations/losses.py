"""A downgrade never loses data: what older tables cannot hold stops it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.problems import Problem


def refuse_loss(query: str, what: str) -> None:
    """Raise Problem when a count of rows that the older tables cannot hold is not zero.

    ``query`` is a SELECT of one number, ``what`` names the rows in the plural.
    """
    count = op.get_bind().execute(sa.text(query)).scalar()
    if count:
        raise Problem(
            "The archive cannot be taken back to the older format",
            f"it would lose what is known of {count} {what}",
            "Keep this gongwen, or restore a backup of that time: gongwen restore BACKUP",
        )
