"""What the chain vouches for: the facts of versions, derivations and bound attachments, by name.

The same functions name them when a version is written and when it is verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Assertion, Capture, Derivation, Relation
from archive.store.known import Part

_VERSION_FACTS = (
    "number",
    "created_at",
    "content_hash",
    "change_class",
    "changed_fields",
    "reverts_to",
)
_ASSERTED = ("field", "value", "raw", "precision", "source", "locator", "chosen")
_RELATED = ("kind", "doc_no", "title", "url")
_LATER = ("markdown", "images", "contacts", "rights", "attachments")


def version_facts(
    version: Mapping[str, Any],
    url_key: str,
    capture: Mapping[str, Any],
    derived: Mapping[str, Any],
    parts: Sequence[Part],
) -> dict[str, Any]:
    """What the chain vouches for about a version. Attachment bytes have links of their own."""
    return {
        "url": url_key,
        **{name: version[name] for name in _VERSION_FACTS},
        **capture_facts(capture),
        **derived,
        "attachments": [[part.position, part.name, part.url] for part in parts],
    }


def binding_facts(version: str, part: Part, capture: Mapping[str, Any]) -> dict[str, Any]:
    """What the chain vouches for about the bytes of one attachment of a version."""
    return {
        "version": version,
        "position": part.position,
        "payload_digest": part.digest,
        "capture.public_id": capture["public_id"],
        "capture.payload_digest": capture["payload_digest"],
    }


def binding_subject(version: str, position: int) -> str:
    """How the chain names one attachment of a version."""
    return f"{version}/{position}"


def capture_facts(capture: Capture | Mapping[str, Any]) -> dict[str, Any]:
    """What the chain vouches for about a capture."""
    names = ("public_id", "url", "fetched_at", "status", "payload_digest")
    row = capture if isinstance(capture, Mapping) else vars(capture)
    return {f"capture.{name}": row[name] for name in names}


def derivation_facts(
    derivation: Mapping[str, Any],
    assertions: Iterable[Mapping[str, Any]],
    relations: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """What the chain vouches for about a derivation: its text, every field, the evidence."""
    plain = ("public_id", "rule_version", "kind", "outcome", "family", "encoding", "conflicts")
    fields = derivation["fields"]
    return {
        "text": derivation["text"],
        **{f"fields.{name}": value for name, value in fields.items() if value is not None},
        **{f"derivation.{name}": derivation[name] for name in plain},
        "assertions": [[row[name] for name in _ASSERTED] for row in assertions],
        "relations": [[row[name] for name in _RELATED] for row in relations],
        # Older derivations have none of these, and their links do not name them.
        **{f"derivation.{name}": derivation[name] for name in _LATER if derivation[name]},
    }


def load_derivation_facts(
    session: Session, derivations: Collection[int]
) -> dict[int, dict[str, Any]]:
    """The same facts for stored derivations, by key."""
    assertions = _grouped(session, Assertion, Assertion.position, derivations)
    relations = _grouped(session, Relation, Relation.key, derivations)
    columns = Derivation.__table__.columns
    found = session.execute(select(*columns).where(Derivation.key.in_(derivations)))
    rows = [row._asdict() for row in found]
    return {
        row["key"]: derivation_facts(row, assertions[row["key"]], relations[row["key"]])
        for row in rows
    }


def _grouped(
    session: Session, model: Any, order: Any, derivations: Collection[int]
) -> dict[int, list[dict[str, Any]]]:
    # Columns, not objects: verify reads all there are, and objects cost it most of its time.
    found = session.execute(
        select(*model.__table__.columns)
        .where(model.derivation_key.in_(derivations))
        .order_by(order)
    )
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        grouped[row.derivation_key].append(row._asdict())
    return grouped
