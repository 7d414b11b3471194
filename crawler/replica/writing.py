"""Writes a document from its kind: settles what belongs to all of it, then takes step by step."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crawler.replica.facts import Block, BlockKind, Facts, File, all_fields
from crawler.replica.kinds import Kind, Step
from crawler.replica.numbering import arabic_date, chinese_date, index_no
from crawler.replica.prose import NUMERALS, Prose
from crawler.replica.sites import Site

YEARS_VALID = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """What is settled before writing; ``number`` counts the site's generated documents from 1."""

    site: Site
    number: int
    kind: Kind
    published: date

    @property
    def signed(self) -> date:
        """The day of signature: up to three weeks before publication, by document number."""
        return self.published - timedelta(days=1 + self.number % 19)

    @property
    def signed_text(self) -> str:
        """The date as signed, one document in four in Chinese numerals."""
        return chinese_date(self.signed) if self.number % 4 == 0 else arabic_date(self.signed)


def write(draft: Draft, rng: random.Random) -> Facts:
    """The document; the same draft and chance write the same one."""
    prose, kind = Prose(rng, draft.published.year), draft.kind
    prose.fixed.update(_settled(draft, prose))
    title = prose.fill(kind.title)
    files = _files(kind, title, prose)
    blocks = [block for step in kind.body for block in _take(step, draft, prose, files)]
    fields = {name: prose.fill(template) for name, template in kind.fields.items()}
    stated = {"title": title, "date_published": draft.published.isoformat()}
    return Facts(
        all_fields(stated | fields),
        tuple(blocks) if kind.joined is None else (_joined(kind.joined, blocks),),
        files,
        heading=title,
        clock=f"{rng.randint(8, 21):02d}:{rng.randint(0, 59):02d}",
        visits=rng.randint(20, 4000),
    )


def _settled(draft: Draft, prose: Prose) -> dict[str, str]:
    """The slots that mean one thing throughout the document."""
    site, published = draft.site, draft.published
    # Every other editor leaves the labelled date at its default, the day of publication.
    written = draft.signed if draft.kind.signed and draft.number % 2 == 0 else published
    effective = date(published.year, 12, 1)
    expiry = date(published.year + YEARS_VALID, 11, 30)
    authors = [prose.fill("{person}") for _ in range(1 + (draft.number % 5 == 2))]
    return {
        "publisher": site.publisher,
        "short": site.short,
        "year": str(published.year),
        "number": str(draft.number),
        "index_no": index_no(site.region_code, site.organ, published.year, draft.number),
        "subject": prose.fill("{topic}"),
        "session": prose.rng.choice(NUMERALS[:4]),
        "proposal": f"第{prose.rng.randint(1, 1200):04d}号",
        "authors": "、".join(authors),
        "signed": draft.signed.isoformat(),
        "signed_text": draft.signed_text,
        "written": written.isoformat(),
        "effective": effective.isoformat(),
        "expiry": expiry.isoformat(),
        "starts": arabic_date(effective),
        "ends": arabic_date(expiry),
    }


def _take(step: Step, draft: Draft, prose: Prose, files: tuple[File, ...]) -> list[Block]:
    """The blocks that one step of a body makes."""
    name, *given = step
    if name in ("salutation", "masthead", "figure"):
        return [Block(BlockKind(name), prose.fill(given[0]))]
    if name == "signature":
        lines = (prose.fill(given[0]), draft.signed_text)
        return [Block(BlockKind.SIGNATURE, line) for line in lines]
    if name == "items":
        template, count = given
        return [Block(BlockKind.ITEMS, rows=tuple((prose.fill(template),) for _ in range(count)))]
    if name == "table":
        return [_table(prose, *given)]
    if name == "files":
        return _links(files)
    kind = BlockKind.HEADING if name == "heading" else BlockKind.PARAGRAPH
    return [Block(kind, draft.kind.indent + line) for line in _paragraphs(prose, name, given)]


def _paragraphs(prose: Prose, name: str, given: Step) -> Iterable[str]:
    """The lines of a step that makes plain paragraphs."""
    makers: dict[str, Callable[..., list[str]]] = {
        "paragraph": lambda text: [prose.fill(text)],
        "heading": lambda text: [prose.fill(text).rstrip("。")],
        "sentences": lambda least, most: [prose.sentences(least, most)],
        "points": prose.points,
        "chosen": lambda entries, first, last: [
            prose.fill(line) for line in prose.lists[entries][first:last]
        ],
        "repeated": lambda text, count: [prose.fill(text) for _ in range(count)],
    }
    return makers[name](*given)


def _table(prose: Prose, head: list[str], cells: list[str], least: int, most: int) -> Block:
    count = prose.rng.randint(least, most)
    rows = (
        tuple(prose.fill(cell.replace("{row}", str(at))) for cell in cells)
        for at in range(1, count + 1)
    )
    return Block(BlockKind.TABLE, rows=(tuple(head), *rows))


def _files(kind: Kind, title: str, prose: Prose) -> tuple[File, ...]:
    names = prose.rng.sample(prose.lists["files"], len(kind.extensions))
    return tuple(
        File(f"{title[:12]}{name}.{extension}", extension)
        for name, extension in zip(names, kind.extensions, strict=True)
    )


def _links(files: tuple[File, ...]) -> list[Block]:
    """The lines below a document that name its files, numbered when there are several."""
    labels = ["附件："] if len(files) == 1 else [f"附件{at}：" for at in range(1, len(files) + 1)]
    return [Block(BlockKind.ATTACHMENT, label, file=at) for at, label in enumerate(labels)]


def _joined(mark: str, blocks: list[Block]) -> Block:
    """A whole letter in one block, its paragraph marks turned into spaces."""
    return Block(BlockKind.PARAGRAPH, mark.join(block.text for block in blocks))
