"""Writing HTTP exchanges as WARC 1.1 records, one gzip member each, by warcio.

What Scrapy cannot hand over is not in them: the case and order of header names as sent, and
chunked framing (a ``Transfer-Encoding`` header is renamed, since the body is whole again).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO

from ada_url import URL
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from archive.records import Exchange
from archive.warc.payload import payload_digest

ORIGINAL_PREFIX = "X-Archive-Orig-"
SOFTWARE = "gongwen"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier record of the same URL that already holds the bytes.

    ``capture_key`` is None for one of the same batch, whose row is still to be made.
    """

    capture_key: int | None
    record_id: str
    url: str
    fetched_at: int


@dataclass(frozen=True, slots=True)
class Written:
    """Where one response or revisit record stands in its file."""

    offset: int
    length: int
    record_id: str
    record_type: str
    payload_digest: str
    payload_length: int
    original: Original | None = None


class _Writer(WARCWriter):  # type: ignore[misc]
    """warcio's writer with SHA-256 instead of SHA-1 block digests."""

    @staticmethod
    def _create_digester() -> Any:
        return Digester("sha256")


class _HttpHead(StatusAndHeaders):  # type: ignore[misc]
    """An HTTP head written byte for byte; warcio would percent-encode what is not ASCII."""

    def compute_headers_buffer(self, _header_filter: Any = None) -> None:
        text = self.to_str() + "\r\n"
        try:
            self.headers_buff = text.encode("latin-1")
        except UnicodeEncodeError:
            self.headers_buff = text.encode("utf-8", "replace")


def write_warcinfo(out: BinaryIO, file_name: str, at: int) -> None:
    """Write the record that opens every file."""
    writer = _writer(out)
    info = {"software": SOFTWARE, "format": "WARC File Format 1.1", "conformsTo": CONFORMS_TO}
    record = writer.create_warcinfo_record(file_name, info)
    record.rec_headers.replace_header("WARC-Date", warc_date(at))
    writer.write_record(record)


def write_exchange(out: BinaryIO, exchange: Exchange, original: Original | None) -> Written:
    """Append one exchange: a response, or a revisit of ``original``, then its request."""
    writer = _writer(out)
    digest = payload_digest(exchange.body)
    record_id = _record_id()
    response = _response(writer, exchange, digest, record_id, original)
    offset = out.tell()
    writer.write_record(response)
    length = out.tell() - offset
    writer.write_record(_request(writer, exchange, record_id))
    return Written(
        offset=offset,
        length=length,
        record_id=record_id,
        record_type="revisit" if original else "response",
        payload_digest=digest,
        payload_length=len(exchange.body),
        original=original,
    )


def warc_date(at: int) -> str:
    """A time in UTC microseconds as WARC 1.1 writes it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _writer(out: BinaryIO) -> Any:
    return _Writer(out, gzip=True, warc_version="1.1")


def _record_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def _response(
    writer: Any, exchange: Exchange, digest: str, record_id: str, original: Original | None
) -> Any:
    status = f"{exchange.status} {_one_line(exchange.reason)}".rstrip()
    head = _HttpHead(status, _served(exchange.response_headers), protocol="HTTP/1.1")
    named = _named(exchange, record_id)
    if exchange.truncated:
        named["WARC-Truncated"] = exchange.truncated
    if original is not None:
        named["WARC-Refers-To"] = f"<{original.record_id}>"
        return writer.create_revisit_record(
            exchange.url,
            digest,
            original.url,
            warc_date(original.fetched_at),
            http_headers=head,
            warc_headers_dict=named,
        )
    return writer.create_warc_record(
        exchange.url,
        "response",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=head,
        warc_headers_dict={**named, "WARC-Payload-Digest": digest},
    )


def _request(writer: Any, exchange: Exchange, response_id: str) -> Any:
    parsed = URL(exchange.url)
    line = f"{exchange.method} {parsed.pathname}{parsed.search} HTTP/1.1"
    headers = _clean(exchange.request_headers)
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", parsed.host))
    named = {**_named(exchange, _record_id()), "WARC-Concurrent-To": f"<{response_id}>"}
    return writer.create_warc_record(
        exchange.url,
        "request",
        http_headers=_HttpHead(line, headers, is_http_request=True),
        warc_headers_dict=named,
    )


def _named(exchange: Exchange, record_id: str) -> dict[str, str]:
    named = {"WARC-Record-ID": f"<{record_id}>", "WARC-Date": warc_date(exchange.fetched_at)}
    if exchange.ip:
        named["WARC-IP-Address"] = exchange.ip
    return named


def _served(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (ORIGINAL_PREFIX + name if name.lower() == "transfer-encoding" else name, value)
        for name, value in _clean(headers)
    ]


def _clean(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(_one_line(name), _one_line(value)) for name, value in headers]


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text
