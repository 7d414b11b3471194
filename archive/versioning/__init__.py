"""What counts as a change: pure comparison of one content with those already known."""

from archive.versioning.deciding import compare, decide
from archive.versioning.folding import normalise
from archive.versioning.identity import content_hash, essence

__all__ = ["compare", "content_hash", "decide", "essence", "normalise"]
