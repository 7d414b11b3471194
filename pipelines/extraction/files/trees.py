"""XML of strangers as a tree: no entities, no network, no document type, no huge trees."""

from __future__ import annotations

from lxml import etree

from pipelines.extraction.files.declarations import declares
from pipelines.extraction.files.limits import MOST_PARSED, Unread, megabytes


def refuse_shortage(error: Exception) -> None:
    """Raise MemoryError for what lxml calls a fault of the file when it had no room left."""
    if not isinstance(error, etree.XMLSyntaxError):
        return
    code = getattr(error, "code", None)
    if code in (0, etree.ErrorTypes.ERR_NO_MEMORY):
        raise MemoryError("the tree of the file does not fit into memory") from error


def parse_xml(body: bytes) -> etree._Element:
    """The root of a document. Unread: not well-formed, too large, or with a document type."""
    if len(body) > MOST_PARSED:
        raise Unread(f"{megabytes(len(body))}, more than {megabytes(MOST_PARSED)} of XML")
    if declares(body):
        raise Unread("refused: it declares a document type or entities")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        refuse_shortage(error)
        raise Unread(f"broken: {error}") from error
