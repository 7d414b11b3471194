"""The child process of a run whose resolver fails for some names, as the environment says.

``FAULT_LOOKUPS`` maps a name to the error number of ``getaddrinfo`` and to the seconds until it
comes; everything else goes to the real resolver.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from typing import Any

REAL = socket.getaddrinfo


def answer(host: Any, *arguments: Any, **options: Any) -> Any:
    """``socket.getaddrinfo``, failing and slow where it was told to be."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    told = json.loads(os.environ["FAULT_LOOKUPS"]).get(name)
    if told is None:
        return REAL(host, *arguments, **options)
    number, seconds = told
    time.sleep(seconds)
    raise socket.gaierror(number, "as the test told")


if __name__ == "__main__":
    # Before Twisted takes its own reference.
    socket.getaddrinfo = answer
    from crawler.child import main

    sys.exit(main())
