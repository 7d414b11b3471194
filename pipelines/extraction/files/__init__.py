"""Texts of attached files: the format by its bytes, one reader for each, limits for all.

A reader is a function from bytes to lines. It raises :class:`~.limits.Unread` where it must stop;
the lines that came before it are kept.
"""

from pipelines.extraction.files.formats import Format, recognise
from pipelines.extraction.files.reading import is_readable_file, read_file

__all__ = ["Format", "is_readable_file", "read_file", "recognise"]
