"""The desk a document is written at, and the pieces that all official genres share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crawler.replica.facts import Block, BlockKind, Facts, File, all_fields
from crawler.replica.kinds import Kind
from crawler.replica.numbering import arabic_date, chinese_date
from crawler.replica.prose import NUMERALS, Prose
from crawler.replica.sites import Site


@dataclass(frozen=True, slots=True)
class Draft:
    """What is settled before writing; ``index`` numbers the site's generated documents."""

    site: Site
    index: int
    kind: Kind
    published: date
    prose: Prose

    @property
    def signed(self) -> date:
        """The day of signature: one to three weeks before publication, by document number."""
        return self.published - timedelta(days=1 + self.index % 19)


def finish(
    draft: Draft,
    title: str,
    fields: Mapping[str, str | None],
    blocks: Iterable[Block],
    files: tuple[File, ...] = (),
) -> Facts:
    """The facts of a drafted document; publication is stated by every page."""
    fixed = {"title": title, "date_published": draft.published.isoformat()}
    rng = draft.prose.rng
    return Facts(
        all_fields({**fixed, **fields}),
        tuple(blocks),
        files,
        heading=title,
        clock=f"{rng.randint(8, 21):02d}:{rng.randint(0, 59):02d}",
        visits=rng.randint(20, 4000),
    )


def paragraph(text: str) -> Block:
    """A plain paragraph."""
    return Block(BlockKind.PARAGRAPH, text)


def heading(number: int, text: str) -> Block:
    """A first-level heading, ``一、…``."""
    return Block(BlockKind.HEADING, f"{NUMERALS[number]}、{text}")


def salutation(text: str) -> Block:
    """Whom the document addresses."""
    return Block(BlockKind.SALUTATION, text)


def signature(draft: Draft, organ: str) -> list[Block]:
    """The signing organ and its date, one document in four in Chinese numerals."""
    words = chinese_date if draft.index % 4 == 3 else arabic_date
    return [Block(BlockKind.SIGNATURE, organ), Block(BlockKind.SIGNATURE, words(draft.signed))]


def attached(draft: Draft, title: str) -> tuple[list[Block], tuple[File, ...]]:
    """The lines below a document that name its files, and the files."""
    names = draft.prose.rng.sample(draft.prose.words["files"], len(draft.kind.extensions))
    files = tuple(
        File(f"{title[:12].strip('《》')}{name}.{extension}", extension)
        for name, extension in zip(names, draft.kind.extensions, strict=True)
    )
    single = len(files) == 1
    blocks = [
        Block(BlockKind.ATTACHMENT, "附件：" if single else f"附件{at + 1}：", file=at)
        for at in range(len(files))
    ]
    return blocks, files


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Block:
    """A table in the body, its first row the column names."""
    return Block(BlockKind.TABLE, rows=(head, *rows))


def items(lines: Iterable[str]) -> Block:
    """A bulleted list in the body."""
    return Block(BlockKind.ITEMS, rows=tuple((line,) for line in lines))
