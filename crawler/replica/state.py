"""One site on one day: what is listed, what was edited, what each path leads to."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from crawler.replica import addresses
from crawler.replica.changes import (
    Change,
    ChangeKind,
    History,
    history,
    redesigns,
    variant,
)
from crawler.replica.documents import holdings, original
from crawler.replica.edits import edited
from crawler.replica.facts import BlockKind, Facts
from crawler.replica.randomness import stream
from crawler.replica.sites import Site, World

KEPT_FACTS = 4096

# Changes that leave the bytes of the page as they were.
UNSEEN = frozenset({ChangeKind.ATTACHMENT, ChangeKind.DELIST, ChangeKind.WITHDRAW})
RELATED = 4


class Standing(StrEnum):
    """Whether and where a document is to be found."""

    LIVE = "live"
    DELISTED = "delisted"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a document as served: its path, and how often it was replaced."""

    name: str
    path: str
    extension: str
    position: int
    revision: int


class SiteState:
    """A site on the world's day. Documents are computed when asked for; few are kept."""

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site = site
        self.held = holdings(world, site)
        self.variant = variant(self.held, world.day)
        self._facts: OrderedDict[int, Facts] = OrderedDict()

    @property
    def family(self) -> str:
        """The CMS family, which is also the site's name."""
        return self.site.name

    @cached_property
    def history(self) -> History:
        """Every change so far, by document."""
        return history(self.held, self.world.day)

    @cached_property
    def redesigned(self) -> tuple[int, ...]:
        """The days on which the site changed its templates."""
        return tuple(redesigns(self.held, self.world.day))

    @cached_property
    def listed(self) -> tuple[int, ...]:
        """The documents that lists show, newest first."""
        ended = {Standing.WITHDRAWN, Standing.DELISTED}
        gone = {each for each in self.history if self.standing(each) in ended}
        known = [each for each in self.held.known(self.world.day) if each not in gone]
        return tuple(
            sorted(known, key=lambda each: (self.held.published(each), each), reverse=True)
        )

    def changes(self, document: int) -> list[Change]:
        """The history of one document."""
        return self.history.get(document, [])

    def counted(self, document: int, kind: ChangeKind) -> int:
        """How often something has happened to a document."""
        return sum(change.kind is kind for change in self.changes(document))

    def standing(self, document: int) -> Standing:
        """Whether the document is live; a later ending hides an earlier move."""
        kinds = {change.kind for change in self.changes(document)}
        if ChangeKind.WITHDRAW in kinds:
            return Standing.WITHDRAWN
        if ChangeKind.DELIST in kinds:
            return Standing.DELISTED
        return Standing.MOVED if ChangeKind.MOVE in kinds else Standing.LIVE

    def facts(self, document: int) -> Facts:
        """The document as it stands today, or stood when last served."""
        if document in self._facts:
            self._facts.move_to_end(document)
            return self._facts[document]
        found = self.facts_after(document, len(self.changes(document)))
        self._facts[document] = found
        if len(self._facts) > KEPT_FACTS:
            self._facts.popitem(last=False)
        return found

    def facts_after(self, document: int, count: int) -> Facts:
        """The document after the first ``count`` of its changes."""
        facts, kind = original(self.held, document), self.held.kind(document)
        for change in self.changes(document)[:count]:
            rng = stream(self.held.number, self.family, document, "edit", change.day)
            facts = edited(facts, change.kind, kind, self.site, rng)
        return facts

    def first_title(self, document: int) -> str:
        """The title at birth, which other pages keep showing."""
        facts = self.facts_after(document, 0) if self.changes(document) else self.facts(document)
        return facts.fields["title"] or ""

    def last_change(self, document: int) -> int:
        """The day on which the document's own page last became different."""
        days = [each.day for each in self.changes(document) if each.kind not in UNSEEN]
        days = [self.held.born(document), *days]
        days += [day for day in self.redesigned if day >= days[0]]
        return max(days)

    def noise(self, document: int) -> int:
        """How often the surroundings of the document were shuffled."""
        return self.counted(document, ChangeKind.NOISE)

    def serial(self, document: int) -> int:
        """The CMS number of a document."""
        seed = self.held.seed(document)
        return seed.serial if seed else addresses.serial_of(self.family, document)

    def path(self, document: int, *, moved: bool | None = None) -> str:
        """Where the document stands; ``moved`` False asks for its first address."""
        if moved is None:
            moved = self.counted(document, ChangeKind.MOVE) > 0
        published = self.held.published(document)
        return addresses.article_path(self.family, self.serial(document), published, moved=moved)

    def document(self, serial: int) -> int | None:
        """The document with a CMS number, when it exists by today."""
        for at, seed in enumerate(self.held.seeds):
            if seed.serial == serial:
                return -1 - at
        found = addresses.document_of(self.family, serial)
        return found if found is not None and found in self.held.known(self.world.day) else None

    def files(self, document: int) -> tuple[Attached, ...]:
        """The files of a document; each replacement strikes the first one."""
        facts, article = self.facts(document), self.path(document)
        serial, published = self.serial(document), self.held.published(document)
        replaced = self.counted(document, ChangeKind.ATTACHMENT)
        return tuple(
            Attached(
                file.name,
                addresses.file_path(self.family, article, serial, published, at, file.extension),
                file.extension,
                at,
                0 if at else replaced,
            )
            for at, file in enumerate(facts.files)
        )

    def images(self, document: int) -> tuple[str, ...]:
        """The paths of the images in a document's text, in its order."""
        article, serial = self.path(document), self.serial(document)
        figures = [each for each in self.facts(document).blocks if each.kind is BlockKind.FIGURE]
        published = self.held.published(document)
        return tuple(
            addresses.image_path(self.family, article, serial, published, at)
            for at in range(len(figures))
        )

    def related(self, document: int) -> list[int]:
        """Some older documents that a page links to; another choice after every shuffle."""
        newest = document if document > 0 else self.held.early
        nearest = range(max(0, newest - 2 * RELATED), newest)
        rng = stream(self.held.number, self.family, document, "related", self.noise(document))
        return rng.sample(nearest, min(RELATED, len(nearest)))
