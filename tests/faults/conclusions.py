"""What runs concluded, read from the archive itself: starting a command for each page is slow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing

from sqlalchemy import select

from archive.database import open_database
from archive.models import Observation, Resource
from tests.commandline import CommandLine


def conclusions(line: CommandLine) -> Mapping[str, list[tuple[int, str, str | None]]]:
    """Run, observation and reason of every check, by address."""
    found = defaultdict(list)
    query = (
        select(Resource.url, Observation.run_id, Observation.observation, Observation.reason)
        .join(Resource, Resource.key == Observation.resource_key)
        .order_by(Observation.key)
    )
    with closing(open_database(line.folder)) as database, database.read() as session:
        for url, run, what, why in session.execute(query):
            found[url].append((run, what, why))
    return found
