"""Who gongwen says it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from archive.problems import Problem


def user_agent(contact: str | None) -> str:
    """``gongwen/<version> (+contact)``; the contact is missing only on allowed addresses."""
    name = f"gongwen/{installed_version()}"
    return f"{name} (+{contact})" if contact else name


def installed_version() -> str:
    """The version of the installed package, ``0`` in a bare checkout."""
    try:
        return version("gongwen")
    except PackageNotFoundError:
        return "0"


def contact_missing(seed_id: str) -> Problem:
    """Sites must be able to reach whoever asks them."""
    return Problem(
        f"Seed {seed_id} was not crawled",
        "it is on the public web and GONGWEN_CONTACT is not set",
        "Set GONGWEN_CONTACT to a page or mail address of yours and run it again",
        exit_code=2,
    )
