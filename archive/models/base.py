"""What all tables share: the declarative base, column types and public ids."""

from __future__ import annotations

import secrets
from base64 import b32encode
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
PUBLIC_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_FROM_BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", PUBLIC_ALPHABET.encode("ascii"))

# SQLite gives rowid keys only to columns of type INTEGER.
BigInt = BigInteger().with_variant(Integer(), "sqlite")

Key = Annotated[int, mapped_column(BigInt, primary_key=True)]
Micros = Annotated[int, mapped_column(BigInt)]
Count = Annotated[int, mapped_column(BigInt)]
PublicId = Annotated[str, mapped_column(String(20), unique=True)]


class Base(DeclarativeBase):
    """Declarative base with constraint names that migrations can rely on."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSON, list[Any]: JSON}


def public_id(prefix: str) -> str:
    """A new opaque id such as ``d7k2m…``: one letter for the kind, then 80 random bits."""
    return prefix + b32encode(secrets.token_bytes(10)).translate(_FROM_BASE32).decode("ascii")
