"""Logging of a run: JSON lines for machines, with no item bodies and no secrets in any of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog
from scrapy.logformatter import LogFormatter

LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "scrapy": logging.INFO,
        "scrapy.crawler": logging.WARNING,
        "scrapy.middleware": logging.WARNING,
        "asyncio": logging.WARNING,
        "filelock": logging.WARNING,
        "twisted": logging.WARNING,
    }
)


# What a library may print of an address or a header; ours are clean where they are made.
SECRETS = (
    (re.compile(r"(://)[^\s/?#@'\"<>]+@"), r"\1***@"),
    (re.compile(r"(\bpass(?:word|wd)?=)[^\s&;'\"]+", re.IGNORECASE), r"\1***"),
    (
        re.compile(
            r"(\b(?:proxy-)?authorization|\b(?:set-)?cookie)(['\"]?\s*[:=]).+", re.IGNORECASE
        ),
        r"\1\2 ***",
    ),
)


class QuietFormatter(LogFormatter):
    """Scrapy's messages without items: an item holds a whole page."""

    def scraped(self, item: Any, response: Any, spider: Any) -> None:  # type: ignore[override]
        """Stored pages are counted, not logged."""
        return

    def item_error(self, item: Any, exception: Any, response: Any, spider: Any) -> Any:
        """Name the page instead of printing it."""
        fetched = getattr(item, "fetched", item)
        due = getattr(fetched, "due", None)
        return {
            "level": logging.ERROR,
            "msg": "%(url)s could not be processed: %(error)s",
            "args": {"url": getattr(due, "url", "?"), "error": str(exception)[:500]},
        }


def without_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before a line is written: masks passwords, cookies and credentials."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = masked(value)
    return event


def masked(text: str) -> str:
    """A text without the secrets that addresses and headers in it carry."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def log_to(path: Path) -> logging.Handler:
    """Send all logging of this process to a file of JSON lines; return the handler."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setLevel(logging.INFO)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.ExtraAdder(allow=()),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)
    return handler
