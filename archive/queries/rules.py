"""Which reading of a version is shown: that of the newest rules, unless older ones are asked for.

A version keeps the derivation it was decided by; rules that came later add others to its capture.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from archive.bytewise import bytewise
from archive.models import Derivation, Version
from archive.problems import Problem


def shown_key() -> ColumnElement[int]:
    """In SQL, the key of the derivation to show for the selected ``versions`` row."""
    newer = aliased(Derivation)
    newest = (
        select(newer.key)
        # Texts of files are not chained: no page is shown by one.
        .where(newer.capture_key == Version.capture_key, newer.format.is_(None))
        # Rule versions are numbers, which texts of one length sort like.
        .order_by(func.length(newer.rule_version).desc(), bytewise(newer.rule_version).desc())
        .limit(1)
        .correlate(Version)
        .scalar_subquery()
    )
    return func.coalesce(newest, Version.derivation_key)


def derivation_of(session: Session, version: Version, rules: str | None = None) -> Derivation:
    """The derivation of a version by the newest rules, or by those that are named.

    Raises Problem when these never read it.
    """
    by_rules = derivations_of(session, version)
    if rules is None:
        own = session.get_one(Derivation, version.derivation_key)
        return by_rules[max(by_rules, key=_rank)] if by_rules else own
    if rules in by_rules:
        return by_rules[rules]
    read = ", ".join(sorted(by_rules, key=_rank)) or "none"
    raise Problem(
        f"Version {version.public_id} was never read by rules {rules}",
        f"it was read by {read}",
        f"See the newest with: gongwen show {version.public_id}",
    )


def derivations_of(session: Session, version: Version) -> dict[str, Derivation]:
    """All derivations of a version by their rule versions, the oldest first."""
    found = session.scalars(
        select(Derivation).where(
            Derivation.capture_key == version.capture_key, Derivation.format.is_(None)
        )
    )
    by_rules = {derivation.rule_version: derivation for derivation in found}
    return {rules: by_rules[rules] for rules in sorted(by_rules, key=_rank)}


def common_rules(session: Session, versions: Collection[Version]) -> str | None:
    """The newest rules by which all of some versions were read; None without any.

    What differs between two versions is told by rules that read both: others differ by themselves.
    """
    read = [set(derivations_of(session, version)) for version in versions]
    common = set.intersection(*read) if read else set()
    return max(common, key=_rank) if common else None


def _rank(rules: str) -> tuple[int, str]:
    return len(rules), rules
