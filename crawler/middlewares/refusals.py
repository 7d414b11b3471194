"""Why a request was not sent. Each ends in the errback, which tells what becomes of the page."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class NotAllowed(IgnoreRequest):
    """The gate refuses the address: recorded as an error of the page."""


class RobotsForbidden(IgnoreRequest):
    """robots.txt forbids the page: recorded as blocked."""


FORBIDDEN = "forbidden by robots.txt"
REFUSED = "refused: "


class SetAside(IgnoreRequest):
    """Nothing is wrong with the page; it stays due for a later run."""


class HostBackedOff(SetAside):
    """The host asked for rest, sent challenges or failed too often in this run."""


class HostBusy(SetAside):
    """Another run holds the host."""


class Stopping(SetAside):
    """The run is being stopped."""
