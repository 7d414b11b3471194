"""How a difference prints: fields first, then files, figures, and the changed paragraphs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from crawler.cli.output import console
from crawler.cli.wording import short_moment

if TYPE_CHECKING:
    from archive.diff import Hunk, Paragraph
    from archive.queries import Comparison

OLD, NEW = "red strike", "green"
_STYLES = {"equal": "", "delete": OLD, "insert": NEW}


def comparison_row(comparison: Comparison) -> dict[str, Any]:
    """One JSON object, its keys as docs/commands.md lists them."""
    return {
        "document": comparison.document,
        "title": comparison.title,
        "url": comparison.url,
        "from": comparison.old,
        "to": comparison.new,
        "change_class": comparison.decision.change_class,
        "changed": list(comparison.decision.fields),
        "fields": [asdict(change) for change in comparison.fields],
        "attachments": [asdict(change) for change in comparison.files],
        "figures": [asdict(figure) for figure in comparison.figures],
        "text": [{"kind": str(piece.kind), "text": piece.text} for piece in comparison.pieces],
    }


def print_comparison(comparison: Comparison, *, full: bool = False) -> None:
    """Print a difference for people, coloured on a terminal, with marks elsewhere.

    Unless ``full``, long stretches of equal text are cut down to what stands next to a change.
    """
    from archive.diff import Hunk, abridged, hunks

    for line in (*_document_lines(comparison), _heading(comparison)):
        console.print(line, soft_wrap=True)
    for line in (*_field_lines(comparison), *_file_lines(comparison), *_figure_lines(comparison)):
        console.print(line, soft_wrap=True)
    laid_out = hunks(comparison.pieces)
    for hunk in laid_out:
        shown = hunk.paragraphs if full else tuple(map(abridged, hunk.paragraphs))
        _print_hunk(Hunk(hunk.skipped, shown))
    if not laid_out and not comparison.decision.makes_version:
        console.print(f"No difference that counts: {comparison.decision.reason}", markup=False)


def _document_lines(comparison: Comparison) -> list[Text]:
    """Which document it is, before how it changed."""
    title = (comparison.title or "(no title)", "bold")
    return [Text.assemble(title, (f"  {comparison.document or ''}", "dim")), Text(comparison.url)]


def _heading(comparison: Comparison) -> Text:
    sides = [
        f"version {side['number']} ({short_moment(side['created_at'])})"
        for side in _sides(comparison)
    ]
    kind = str(comparison.decision.change_class)
    return Text(f"{sides[0]} → {sides[1]}  {kind}", style="bold")


def _sides(comparison: Comparison) -> tuple[dict[str, Any], dict[str, Any]]:
    return comparison.old, comparison.new


def _field_lines(comparison: Comparison) -> list[Text]:
    return [
        Text(f"{change.label} {change.field}: ").append_text(_turned(change.old, change.new))
        for change in comparison.fields
    ]


def _file_lines(comparison: Comparison) -> list[Text]:
    styles = {"added": NEW, "removed": OLD, "changed": "yellow"}
    return [
        Text(f"attachment {change.kind}: ").append(change.name, styles[change.kind])
        for change in comparison.files
    ]


def _figure_lines(comparison: Comparison) -> list[Text]:
    return [
        Text(f"{figure.kind} after “{figure.before}”: ").append_text(
            _turned(figure.old, figure.new)
        )
        for figure in comparison.figures
    ]


def _turned(old: str | None, new: str | None) -> Text:
    text = Text()
    text.append(old, OLD) if old else text.append("(none)", "dim")
    text.append(" → ")
    return text.append(new, NEW) if new else text.append("(none)", "dim")


def _print_hunk(hunk: Hunk) -> None:
    if not console.is_terminal or console.no_color:
        from archive.diff import plain

        console.print(plain([hunk]), markup=False, soft_wrap=True)
        return
    if hunk.skipped:
        console.print(Text(f"… {hunk.skipped}", style="dim"))
    for paragraph in hunk.paragraphs:
        console.print(_coloured(paragraph), soft_wrap=True)


def _coloured(paragraph: Paragraph) -> Text:
    from archive.diff.paragraphs import GUTTER

    line = Text(f"{GUTTER[paragraph.kind]} ")
    for piece in paragraph.pieces:
        line.append(piece.text, _STYLES[piece.kind])
    return line
