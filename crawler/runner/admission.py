"""Whether a run may begin at all, told from addresses and settings before any child starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.addresses import without_credentials
from archive.models import Resource
from archive.problems import Problem
from crawler.environment import AllowedAddress, Environment
from crawler.gate import Gate, NotPublic, Refused
from crawler.seeds import Seed

USAGE = 2


def refusal(
    session: Session, environment: Environment, seed: Seed, request: Mapping[str, Any] | None
) -> Problem | None:
    """Why a run of a seed, or of pages named in ``request["resources"]``, must not begin.

    One list that must not be asked refuses a seed: its file is wrong. Named pages are refused
    only when none of them may be asked.
    """
    named = (request or {}).get("resources")
    if named is None:
        return first_refusal(f"Seed {seed.id}", seed.discover.urls, environment)
    urls = session.scalars(select(Resource.url).where(Resource.key.in_(named))).all()
    problems = [
        url_refusal(f"The page {without_credentials(url)}", url, environment) for url in urls
    ]
    return problems[0] if problems and None not in problems else None


def first_refusal(what: str, urls: Sequence[str], environment: Environment) -> Problem | None:
    """The first reason against asking any of these URLs; ``what`` names them in the message."""
    problems = (url_refusal(what, url, environment) for url in urls)
    return next((problem for problem in problems if problem is not None), None)


def url_refusal(what: str, url: str, environment: Environment) -> Problem | None:
    """Why these settings do not let a URL be asked, with what to set; None when they do."""
    gate = Gate(environment.allow_addresses)
    try:
        target = gate.vet(url)
    except NotPublic as refused:
        asked = AllowedAddress(ip_network(refused.address), refused.port)
        allowed = ",".join(map(str, (*environment.allow_addresses, asked)))
        step = f"If it is yours, allow it: export GONGWEN_ALLOW_ADDRESSES='{allowed}'"
        return _problem(what, str(refused), step)
    except Refused as refused:
        step = f"Correct the address {without_credentials(url)}"
        return _problem(what, str(refused), step)
    if environment.contact is None and not gate.is_ours(url):
        why = f"{target.host} is on the public web and GONGWEN_CONTACT is not set"
        step = "Tell sites who asks: export GONGWEN_CONTACT=mailto:you@example.org"
        return _problem(what, why, step)
    return None


def _problem(what: str, why: str, next_step: str) -> Problem:
    return Problem(f"{what} was not crawled", why, next_step, exit_code=USAGE)
