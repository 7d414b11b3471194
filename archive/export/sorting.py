"""Lines in the order of their bytes, however many there are."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from tempfile import TemporaryFile
from typing import IO

IN_MEMORY = 200_000
"""Lines held at a time; the others wait, sorted in parts, in files without a name."""


def sorted_lines(lines: Iterable[bytes], most: int = IN_MEMORY) -> Iterator[bytes]:
    """The same lines sorted bytewise, as ``LC_ALL=C sort`` does; each ends in a line feed."""
    source = iter(lines)
    with ExitStack() as open_files:
        parts: list[IO[bytes]] = []
        while part := sorted(islice(source, most)):
            if not parts and len(part) < most:
                yield from part
                return
            file = open_files.enter_context(TemporaryFile())
            file.writelines(part)
            file.seek(0)
            parts.append(file)
        yield from heapq.merge(*parts)
