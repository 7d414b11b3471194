"""Who gongwen says it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


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
