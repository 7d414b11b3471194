"""Which seed a recrawl runs for: the page's own, or whoever looks after it now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from archive import frontier
from archive.models import ListRow, Resource
from archive.models import Seed as SeedRow
from archive.records import ResourceKind
from crawler.environment import Environment
from crawler.runner.recrawl import Plan, plan
from crawler.seeds import Seed
from crawler.seeds.registry import register

PAGE = "http://elsewhere.example/a.html"
FILE = "http://elsewhere.example/a.pdf"


def retire_owner(environment: Environment, *, listed_by: str | None) -> tuple[Plan, set[str]]:
    """Recrawl a page of seed ``one`` after its file is gone; the plan, and who owns its files."""
    with closing(environment.open()) as database:
        with database.write() as session:
            keys = register(session, environment.load_seeds(), 1)
            page, file = (
                frontier.ensure_resource(session, keys["one"], url, kind, 1)
                for url, kind in ((PAGE, ResourceKind.ARTICLE), (FILE, ResourceKind.ATTACHMENT))
            )
            file.discovered_from = page.key
            if listed_by:
                seen = {"list_key": page.key, "position": 0, "fields": {}}
                moments = {"first_seen_at": 1, "last_seen_at": 1}
                session.add(
                    ListRow(seed_key=keys[listed_by], resource_key=page.key, **seen, **moments)
                )
        (environment.seeds / "one.toml").unlink()
        with database.write() as session:
            made = plan(session, environment.load_seeds(), PAGE, refetch=False, at=2)
        with database.read() as session:
            owners = {
                session.get_one(SeedRow, resource.seed_key).id
                for resource in session.query(Resource).filter(Resource.url.in_([PAGE, FILE]))
            }
    return made, owners


def test_a_page_of_a_retired_seed_runs_for_a_seed_that_lists_it(
    environment: Environment, add_seed: Callable[..., Seed]
) -> None:
    add_seed("one")
    add_seed("two")
    made, owners = retire_owner(environment, listed_by="two")
    assert (made.seed.id, owners) == ("two", {"two"})


def test_a_page_of_a_retired_seed_that_nobody_lists_goes_to_adhoc(
    environment: Environment, add_seed: Callable[..., Seed]
) -> None:
    add_seed("one")
    add_seed("two")
    made, owners = retire_owner(environment, listed_by=None)
    assert (made.seed.id, owners) == ("adhoc", {"adhoc"})
