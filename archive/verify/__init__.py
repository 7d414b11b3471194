"""The whole-archive check: every WARC byte, every row that matters, every link of the chain."""

from archive.verify.findings import Finding, Report
from archive.verify.whole import verify

__all__ = ["Finding", "Report", "verify"]
