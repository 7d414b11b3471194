"""The child process of a run, with a resolver whose answers a test prepared.

``FAULT_NAMES`` maps a name to its answers, one list of addresses per lookup, the last one for
good; other names do not exist. Literal addresses go to the real resolver.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections import Counter
from ipaddress import ip_address
from typing import Any

REAL = socket.getaddrinfo
ASKED: Counter[str] = Counter()


def answer(host: Any, port: Any = 0, family: int = 0, kind: int = 0, *rest: Any) -> list[Any]:
    """``socket.getaddrinfo`` over the prepared names; aliases are followed, as resolvers do."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    if is_address(name):
        return REAL(host, port, family, kind, *rest)
    answers = json.loads(os.environ["FAULT_NAMES"]).get(name.rstrip("."))
    if not answers:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    found = answers[min(ASKED[name], len(answers) - 1)]
    ASKED[name] += 1
    sys.stderr.write(f"lookup {name} {found}\n")
    return [row for address in found for row in REAL(address, port, family, kind, *rest)]


def is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


if __name__ == "__main__":
    # Before Twisted takes its own reference.
    socket.getaddrinfo = answer
    from crawler.child import main

    sys.exit(main())
