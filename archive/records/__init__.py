"""The frozen records handed between stages, with the one place for field and outcome names.

Times are integer UTC microseconds, digests are ``sha256:<hex>``, dates are ``YYYY-MM-DD``.
"""

from archive.records.checks import (
    Check,
    Due,
    Exchange,
    Verdict,
)
from archive.records.contents import (
    AttachmentState,
    Content,
    Decision,
)
from archive.records.extracted import (
    Assertion,
    AttachmentLink,
    Conflict,
    Encoding,
    Extraction,
    Listing,
    ListItem,
    Relation,
)
from archive.records.fields import (
    DATE_FIELDS,
    FIELDS,
)
from archive.records.names import (
    RULE_VERSION,
    ChangeClass,
    EventKind,
    Lifecycle,
    Observation,
    Outcome,
    PageKind,
    Precision,
    ResourceKind,
    RunState,
    Source,
)

__all__ = [
    "DATE_FIELDS",
    "FIELDS",
    "RULE_VERSION",
    "Assertion",
    "AttachmentLink",
    "AttachmentState",
    "ChangeClass",
    "Check",
    "Conflict",
    "Content",
    "Decision",
    "Due",
    "Encoding",
    "EventKind",
    "Exchange",
    "Extraction",
    "Lifecycle",
    "ListItem",
    "Listing",
    "Observation",
    "Outcome",
    "PageKind",
    "Precision",
    "Relation",
    "ResourceKind",
    "RunState",
    "Source",
    "Verdict",
]
