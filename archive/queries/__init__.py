"""Reading the archive: documents, versions, what held when, what happened, how much there is."""

from archive.queries.asof import AsOf, as_of, parse_moment
from archive.queries.changes import changes
from archive.queries.comparing import Comparison, compare_versions
from archive.queries.contents import capture_of, content_of, markdown_of, raw
from archive.queries.corrections import correction_rows
from archive.queries.details import details, document, pick_version, version_row, versions
from archive.queries.filters import Filters, parse_filters
from archive.queries.listing import documents
from archive.queries.references import Reference, resolve
from archive.queries.seeds import require_seed
from archive.queries.statistics import stats
from archive.queries.timeline import log

__all__ = [
    "AsOf",
    "Comparison",
    "Filters",
    "Reference",
    "as_of",
    "capture_of",
    "changes",
    "compare_versions",
    "content_of",
    "correction_rows",
    "details",
    "document",
    "documents",
    "log",
    "markdown_of",
    "parse_filters",
    "parse_moment",
    "pick_version",
    "raw",
    "require_seed",
    "resolve",
    "stats",
    "version_row",
    "versions",
]
