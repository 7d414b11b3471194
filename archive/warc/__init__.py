"""WARC 1.1 files: what was served, kept byte for byte, appended by one writer per slot."""

from archive.warc.appending import Slot
from archive.warc.payload import decode_payload, payload_digest
from archive.warc.reading import StoredRecord, read_record
from archive.warc.slots import claim_slot

__all__ = [
    "Slot",
    "StoredRecord",
    "claim_slot",
    "decode_payload",
    "payload_digest",
    "read_record",
]
