"""What a worker runs for an attached file: the guard for what may be a page, then its text."""

from __future__ import annotations

from archive.records import PageKind
from pipelines.extraction.files import read_file
from pipelines.extraction.files.formats import is_markup
from pipelines.extraction.guard import judge
from pipelines.extraction.page import parse
from pipelines.reading import Job, Reading

_NO_FILE = (PageKind.CHALLENGE, PageKind.SOFT_404)
_REDIRECTS = 300


def read_attached(job: Job) -> Reading:
    """The text of a file; a challenge or an error page in its place comes back as such."""
    refused = job.status >= _REDIRECTS
    if refused or is_markup(job.body):
        page = parse(job.body, job.header("content-type"), job.url, job.headers)
        stopped = judge(job.status, job.headers, page.source, job.url)
        if stopped is not None and (refused or stopped[0] in _NO_FILE):
            kind, reason = stopped
            return Reading(kind, reason=reason)
    file = read_file(job.body, job.url)
    return Reading(PageKind.DOCUMENT, reason=file.reason, file=file)
