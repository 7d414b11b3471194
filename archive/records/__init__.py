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
    Contact,
    Encoding,
    Extraction,
    FileText,
    Listing,
    ListItem,
    Relation,
    Rights,
)
from archive.records.fields import (
    DATE_FIELDS,
    FIELDS,
)
from archive.records.names import (
    RULE_VERSION,
    ChangeClass,
    ContactKind,
    EventKind,
    Lifecycle,
    Observation,
    Outcome,
    PageKind,
    Precision,
    ResourceKind,
    RightsClass,
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
    "Contact",
    "ContactKind",
    "Content",
    "Decision",
    "Due",
    "Encoding",
    "EventKind",
    "Exchange",
    "Extraction",
    "FileText",
    "Lifecycle",
    "ListItem",
    "Listing",
    "Observation",
    "Outcome",
    "PageKind",
    "Precision",
    "Relation",
    "ResourceKind",
    "Rights",
    "RightsClass",
    "RunState",
    "Source",
    "Verdict",
]
