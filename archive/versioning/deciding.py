"""The pure decision: what a newly read content is, given the versions already known."""

from __future__ import annotations

from collections.abc import Sequence

from archive.records import FIELDS, ChangeClass, Content, Decision, Observation
from archive.versioning.folding import normalise
from archive.versioning.identity import essence, field_value, same_attachments
from archive.versioning.volatile import steady_lines

_SUBSTANTIVE = ("title", "text")


def decide(previous: Sequence[Content], new: Content) -> Decision:
    """Compare a content with the versions of its resource, given in order from version 1."""
    if not previous:
        return Decision(Observation.NEW, ChangeClass.NEW, reason="first content")
    changed = changed_fields(previous[-1], new)
    if not changed:
        return _noise(previous[-1], new)
    earlier = _earlier_equal(previous, new)
    if earlier is None:
        return _change(changed)
    reason = f"content of version {earlier} came back"
    return Decision(Observation.CHANGED, ChangeClass.REVERTED, changed, earlier, reason)


def compare(old: Content, new: Content) -> Decision:
    """The decision on two pages alone; without further history nothing can be ``reverted``."""
    return decide((old,), new)


def changed_fields(old: Content, new: Content) -> tuple[str, ...]:
    """Everything whose value differs: ``text``, fields in reading order, ``attachments``."""
    names = []
    if old.text != new.text and essence(old.text) != essence(new.text):
        names.append("text")
    names += [name for name in FIELDS if _field_differs(name, old, new)]
    if not same_attachments(old.attachments, new.attachments):
        names.append("attachments")
    return tuple(names)


def _field_differs(name: str, old: Content, new: Content) -> bool:
    before, after = old.fields.get(name), new.fields.get(name)
    return before != after and field_value(name, before) != field_value(name, after)


def _earlier_equal(previous: Sequence[Content], new: Content) -> int | None:
    for number, version in enumerate(previous[:-1], start=1):
        if not changed_fields(version, new):
            return number
    return None


def _change(changed: tuple[str, ...]) -> Decision:
    listed = ", ".join(changed)
    if any(name in _SUBSTANTIVE for name in changed):
        change_class = ChangeClass.SUBSTANTIVE
    elif changed == ("attachments",):
        change_class = ChangeClass.ATTACHMENT
    else:
        change_class = ChangeClass.METADATA
    return Decision(Observation.CHANGED, change_class, changed, reason=f"changed: {listed}")


def _noise(old: Content, new: Content) -> Decision:
    reformatted = _reformatted(old, new)
    if not reformatted:
        reason = "no extracted value changed"
        return Decision(Observation.NOISE, ChangeClass.NONE, reason=reason)
    reason = f"only white space, width or invisible characters changed: {', '.join(reformatted)}"
    return Decision(Observation.NOISE, ChangeClass.FORMATTING, reason=reason)


def _reformatted(old: Content, new: Content) -> tuple[str, ...]:
    """Values that are spelled otherwise but read the same."""
    names = [name for name in FIELDS if _is_respelled(old.fields.get(name), new.fields.get(name))]
    if old.text != new.text and steady_lines(old.text) != steady_lines(new.text):
        names.append("text")
    return tuple(names)


def _is_respelled(old: str | None, new: str | None) -> bool:
    before, after = old or "", new or ""
    return before != after and normalise(before) == normalise(after)
