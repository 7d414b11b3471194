"""The one write path of the archive: checks go in, verdicts come out once durable."""

from archive.store.lifecycle import LifecycleChange, finish_walk
from archive.store.store import Store
from archive.store.writer import Writer

__all__ = ["LifecycleChange", "Store", "Writer", "finish_walk"]
