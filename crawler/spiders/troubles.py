"""What a failure says: about one page, or about the host it came from."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from archive.addresses import host_name
from archive.records import Check, Due, Observation
from crawler.middlewares.decoding import BodyRefused
from crawler.middlewares.hosts import Hosts
from crawler.middlewares.refusals import FORBIDDEN, REFUSED
from pipelines.items import Stored

TOO_MANY = 429


class HostJudge:
    """Tells the state of a run's hosts what each stored page says of its own."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._silent: dict[int, str] = {}

    def unanswered(self, due: Due, request: Request, error: BaseException | None) -> None:
        """A request got no answer. Behind a redirect it went to another host than the page's."""
        # A body that is refused did come; what its exchange says is judged instead.
        if not isinstance(error, IgnoreRequest | BodyRefused):
            self._silent[due.resource] = host_name(request.url)

    def judge(self, stored: Stored) -> str:
        """Count a page for or against its host; return the host's name."""
        exchanges, verdict = stored.check.exchanges, stored.verdict
        # Behind a redirect it is another host that failed, or came through.
        silent = self._silent.pop(stored.due.resource, None)
        host = silent or host_name(exchanges[-1].url if exchanges else stored.due.url)
        if verdict.observation is Observation.BLOCKED:
            if stored.check.reason != FORBIDDEN:
                self._hosts.back_off(host, f"challenge: {verdict.reason}", blocked=True)
        elif silent or in_trouble(stored.check):
            self._hosts.failed(host, verdict.reason or "error")
        else:
            for exchange in exchanges:
                self._hosts.succeeded(host_name(exchange.url))
        return host


def in_trouble(check: Check) -> bool:
    """Whether a check speaks against the host itself, not only against one page of it."""
    if not check.exchanges:
        return check.observation is Observation.ERROR and not (check.reason or "").startswith(
            REFUSED
        )
    final = check.exchanges[-1]
    return final.status >= 500 or final.status == TOO_MANY or final.truncated == "disconnect"
