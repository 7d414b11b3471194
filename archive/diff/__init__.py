"""What changed between two contents: words of the text, figures, field values, files."""

from archive.diff.figures import Figure, changed_figures
from archive.diff.paragraphs import Hunk, Paragraph, abridged, hunks, plain
from archive.diff.pieces import Piece, PieceKind, diff
from archive.diff.values import FieldChange, FileChange, fields_diff, files_diff

__all__ = [
    "FieldChange",
    "Figure",
    "FileChange",
    "Hunk",
    "Paragraph",
    "Piece",
    "PieceKind",
    "abridged",
    "changed_figures",
    "diff",
    "fields_diff",
    "files_diff",
    "hunks",
    "plain",
]
