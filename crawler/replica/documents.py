"""Documents by number: which exist, when they were born and published, and what they say.

A document is an integer on its site: 0, 1, 2 … for generated ones in order of publication,
-1, -2 … for the site's seed texts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from crawler.replica.facts import Facts, all_fields
from crawler.replica.issues import Press
from crawler.replica.kinds import Kind, kind_of
from crawler.replica.randomness import stream
from crawler.replica.seed_texts import SeedText, seed_texts
from crawler.replica.sites import Site, World, born_per_day, calendar, share
from crawler.replica.writing import Draft, write

PLAIN = Kind("seed")


@dataclass(frozen=True, slots=True)
class Holdings:
    """How a site's document numbers are laid out. ``early`` generated documents precede day 1."""

    site: Site
    number: int
    early: int
    per_day: int
    seeds: tuple[SeedText, ...]

    def born(self, document: int) -> int:
        """The day a document first appeared."""
        return 0 if document < self.early else (document - self.early) // self.per_day + 1

    def known(self, day: int) -> range:
        """Every document that appeared up to a day, seeds included."""
        return range(-len(self.seeds), self.early + self.per_day * day)

    def seed(self, document: int) -> SeedText | None:
        """The seed text behind a document."""
        return self.seeds[-document - 1] if document < 0 else None

    def kind(self, document: int) -> Kind:
        """What the document is and can undergo."""
        return PLAIN if document < 0 else kind_of(self.site.name, document)

    @property
    def press(self) -> Press | None:
        """The print plan, when the site is a newspaper."""
        if self.site.name != "founder":
            return None
        return Press(self.early, self.per_day, self.site.today)

    def published(self, document: int) -> date:
        """The date of publication: older documents spread over up to ten years."""
        seed, press = self.seed(document), self.press
        if seed:
            return seed.published
        if press:
            return press.printed(press.issue_of(document))
        if document >= self.early:
            return calendar(self.site, self.born(document))
        span = min(3650, 9 * self.early)
        return self.site.today - timedelta(days=(self.early - document) * span // self.early)


def holdings(world: World, site: Site) -> Holdings:
    """A site's documents in a world."""
    count, seeds = share(world.documents, site), seed_texts(site.name)
    return Holdings(site, world.number, count - len(seeds), born_per_day(count, site.name), seeds)


def original(held: Holdings, document: int) -> Facts:
    """The document as first published."""
    seed, published = held.seed(document), held.published(document)
    if seed:
        return seed.facts
    rng = stream(held.number, held.site.name, document)
    draft = Draft(held.site, document + 1, held.kind(document), published)
    return _placed(held, document, write(draft, rng))


def _placed(held: Holdings, document: int, facts: Facts) -> Facts:
    if not held.press:
        return facts
    number, name = held.press.page_of(document)
    fields = all_fields(dict(facts.fields) | {"page_no": number, "page_name": name})
    return replace(facts, fields=fields)
