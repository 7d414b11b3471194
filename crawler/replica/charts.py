"""Small charts as PNG images, byte for byte the same each time."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

from crawler.replica.randomness import stream

CONTENT_TYPE = "image/png"
_WIDTH, _HEIGHT = 240, 120
_BARS, _BAR, _GAP = 6, 24, 14
_PAPER, _INK = b"\xff", b"\x60"


@lru_cache(maxsize=256)
def chart(*identity: object) -> bytes:
    """The bytes of a bar chart in grey; ``identity`` names world, site, document and position."""
    rng = stream("chart", *identity)
    heights = [rng.randint(10, _HEIGHT - 20) for _ in range(_BARS)]
    rows = b"".join(b"\x00" + _row(_HEIGHT - at, heights) for at in range(_HEIGHT))
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _row(above: int, heights: list[int]) -> bytes:
    bars = (_GAP * _PAPER + _BAR * (_INK if height >= above else _PAPER) for height in heights)
    return b"".join(bars).ljust(_WIDTH, _PAPER)


def _chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)
