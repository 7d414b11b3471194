"""A listener that nobody may reach: it counts connections, not only requests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n"
    b"Connection: close\r\n\r\nsecret"
)


@dataclass
class Trap:
    """A listening socket; ``hits`` holds what came first through every connection it took."""

    address: str
    port: int
    hits: list[bytes] = field(default_factory=list)

    @property
    def origin(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"http://{host}:{self.port}"

    def take(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.hits.append(b"")
                with connection, suppress(OSError):
                    connection.settimeout(2)
                    self.hits[-1] = connection.recv(4096)
                    connection.sendall(ANSWER)


@contextmanager
def trap(address: str = "127.0.0.1", port: int = 0) -> Iterator[Trap]:
    """Listen while the block runs; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family) as listener:
        found = Trap(address, listener.getsockname()[1])
        threading.Thread(target=found.take, args=(listener,), daemon=True).start()
        try:
            yield found
        finally:
            # Closing alone would not wake the thread that waits in accept().
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
