# ruff: noqa: E501
"""Small sites on loopback addresses, one HTTP server per host, with a fault per path."""

from __future__ import annotations

import gzip
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = (
    "<html><head><title>{title}</title></head><body><h1>{title}</h1><div class='content'>"
    + "<p>各区县科技局，有关单位：为做好本年度科技计划项目的组织申报工作，现就有关事项通知如下。</p>"
    * 6
    + "</div></body></html>"
)
CHALLENGE = (
    "<script>document.cookie=('__jsl_clearance_s=1700000000.1|-1|abc;Max-age=3600;Path=/');"
    "location.href=location.pathname+location.search</script>"
)


def list_page(names, more=""):
    """A dated list of pages of the same host."""
    rows = "".join(
        f"<li><a href='{name}'>关于组织申报科技计划项目的通知之{n}</a><span>2023-07-{n + 10}</span></li>"
        for n, name in enumerate(names)
    )
    return f"<html><body><ul>{rows}</ul>{more}</body></html>"


class Site(BaseHTTPRequestHandler):
    """Answers by path: ``routes`` maps it to a function of the handler."""

    protocol_version = "HTTP/1.1"
    routes: dict
    hits: Counter
    times: dict

    def do_GET(self):
        self.hits[self.path] += 1
        self.times.setdefault(self.path, []).append(time.monotonic())
        route = self.routes.get(self.path)
        if route is None:
            self.answer(404, "<html><body>not found</body></html>")
        else:
            route(self)

    def answer(self, status, body, headers=(), *, length=None, zipped=False):
        data = body.encode() if isinstance(body, str) else body
        data = gzip.compress(data, mtime=0) if zipped else data
        self.send_response(status)
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        if not any(name == "Content-Type" for name, _ in headers):
            self.send_header("Content-Type", "text/html; charset=utf-8")
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = length is not None

    def log_message(self, *_):
        """Keep the test's output quiet."""


class Quiet(ThreadingHTTPServer):
    """A server that takes a client's leaving for granted."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(address, port, routes):
    """Start a site; returns its server, whose handler class has ``hits`` and ``times``."""
    handler = type("Routes", (Site,), {"routes": routes, "hits": Counter(), "times": {}})
    server = Quiet((address, port), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def page(title, **options):
    """A route that answers with an article."""
    return lambda site: site.answer(200, PAGE.format(title=title), **options)


def redirect(target, status=302):
    """A route that leads elsewhere."""
    return lambda site: site.answer(status, "", [("Location", target)])
