"""The frontier: which known URLs are to be asked for, and what is known to ask well.

A resource is due when its ``next_check_at`` is not after a run's horizon. Lists are due only when
a walk has reached them: the seed's own at the start, the others when a list leads to them.
"""

from archive.frontier.choosing import Places, due
from archive.frontier.resources import ensure_host, ensure_resource, find_resource
from archive.frontier.walking import (
    AT_ONCE,
    make_due,
    make_unlisted_due,
    start_lists,
    take_list,
)

__all__ = [
    "AT_ONCE",
    "Places",
    "due",
    "ensure_host",
    "ensure_resource",
    "find_resource",
    "make_due",
    "make_unlisted_due",
    "start_lists",
    "take_list",
]
