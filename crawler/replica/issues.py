"""How a newspaper lays out its articles: issues, pages within an issue, articles within a page.

Early articles fill issues two days apart, the last one on the paper's ``today``; each later day
prints one issue of what was born on it. Seed articles stand on the page their facts name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SMALL_ISSUE = 8
LARGE_ISSUE = 40
DAYS_APART = 2
SMALL_PAPER = (("001", "要闻"), ("002", "时政"), ("004", "科教"), ("008", "重庆新闻"))
LARGE_PAPER = (
    ("001", "要闻"),
    ("002", "时政"),
    ("003", "综合"),
    ("004", "科教"),
    ("005", "经济"),
    ("006", "区县"),
    ("007", "文体"),
    ("008", "重庆新闻"),
)


@dataclass(frozen=True, slots=True)
class Press:
    """The print plan of a paper with ``early`` articles on day 0 and ``per_day`` on each later."""

    early: int
    per_day: int
    today: date

    @property
    def size(self) -> int:
        """Articles per early issue."""
        return SMALL_ISSUE if self.early < 5 * LARGE_ISSUE else LARGE_ISSUE

    @property
    def pages(self) -> Sequence[tuple[str, str]]:
        """Number and name of every page an issue can have."""
        return SMALL_PAPER if self.size == SMALL_ISSUE else LARGE_PAPER

    @property
    def early_issues(self) -> int:
        """How many issues day 0 holds."""
        return -(-self.early // self.size)

    def issue_of(self, document: int) -> int:
        """The issue, counted from 0, that a generated article stands in."""
        if document < self.early:
            return document // self.size
        return self.early_issues + (document - self.early) // self.per_day

    def members(self, issue: int) -> range:
        """The generated articles of an issue."""
        if issue < self.early_issues:
            return range(issue * self.size, min((issue + 1) * self.size, self.early))
        first = self.early + (issue - self.early_issues) * self.per_day
        return range(first, first + self.per_day)

    def page_of(self, document: int) -> tuple[str, str]:
        """Number and name of the page a generated article stands on."""
        members = self.members(self.issue_of(document))
        room = max(self.size, len(members))
        # A thin issue fills its local news first, then its front page.
        return self.pages[(document - members.start) * len(self.pages) // room - 1]

    def printed(self, issue: int) -> date:
        """The date of an issue."""
        behind = self.early_issues - 1 - issue
        return self.today - timedelta(days=behind * DAYS_APART if behind > 0 else behind)

    def issue_on(self, day: date) -> int | None:
        """The issue of a date; None when the paper did not appear."""
        distance = (self.today - day).days
        if distance <= 0:
            return self.early_issues - 1 - distance
        issue, rest = divmod(distance, DAYS_APART)
        known = not rest and issue < self.early_issues
        return self.early_issues - 1 - issue if known else None
