"""XML of strangers as a tree: no entities, no network, no document type, no huge trees."""

from __future__ import annotations

from typing import Any

from lxml import etree

from pipelines.extraction.files.limits import MOST_PARSED, Unread, megabytes


def parse_xml(body: bytes) -> etree._Element:
    """The root of a document. Unread: not well-formed, too large, or with a document type."""
    if len(body) > MOST_PARSED:
        raise Unread(f"{megabytes(len(body))}, more than {megabytes(MOST_PARSED)} of XML")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        faults: Any = error.error_log
        if any(each.type == etree.ErrorTypes.ERR_NO_MEMORY for each in faults):
            raise MemoryError("the tree of the file does not fit into memory") from error
        raise Unread(f"broken: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unread("refused: it declares a document type")
    return root
