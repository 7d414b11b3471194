"""The environment variables, read once per command: where the archive is and what is allowed."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

import crawler
from archive.problems import Problem
from archive.space import MIN_FREE, SIZE_FORM, parse_size

if TYPE_CHECKING:
    from archive.database import Database
    from crawler.seeds import Seeds

PREFIX = "GONGWEN_"
SHIPPED_SEEDS = Path(crawler.__file__).parent.parent / "seeds"
ADDRESS_FORM = "a network and a port, such as 127.0.0.0/8:8000 or [::1]/128:*, comma-separated"

_BRACKETED = re.compile(r"\A\[([^\[\]]*)\](/\d+)?\Z")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class AllowedAddress:
    """A network that may be crawled although it is not public; ``port`` None means every port."""

    network: Network
    port: int | None = None

    def __str__(self) -> str:
        """The form it is written in."""
        host = str(self.network.network_address)
        host = f"[{host}]" if self.network.version == 6 else host
        port = "*" if self.port is None else self.port
        return f"{host}/{self.network.prefixlen}:{port}"

    def admits(self, address: str, port: int) -> bool:
        """Whether a literal IP address and port lie inside."""
        return ipaddress.ip_address(address) in self.network and self.port in (None, port)


def parse_addresses(text: str) -> tuple[AllowedAddress, ...]:
    """Read ``127.0.0.0/8:8000,[::1]/128:*``; ValueError names the part that is wrong."""
    return tuple(_parse_address(part.strip()) for part in text.split(",") if part.strip())


def _parse_address(part: str) -> AllowedAddress:
    network, separator, port = part.rpartition(":")
    if not separator or not (port == "*" or (port.isascii() and port.isdigit())):
        raise ValueError(f"{part!r} has no port")
    if port != "*" and not 1 <= int(port) <= 65_535:
        raise ValueError(f"{part!r} has no port between 1 and 65535")
    try:
        parsed = ipaddress.ip_network(_BRACKETED.sub(r"\1\2", network))
    except ValueError as error:
        raise ValueError(f"{part!r}: {error}") from error
    # Without brackets nobody can tell the port from the last group of an address.
    if parsed.version == 6 and not network.startswith("["):
        raise ValueError(f"{part!r} is an IPv6 address without brackets")
    return AllowedAddress(parsed, None if port == "*" else int(port))


class Environment(BaseSettings):
    """The settings of one command; every name is a variable with the prefix ``GONGWEN_``.

    Raises Problem, naming variable, value and allowed form, when one of them cannot be read.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    data: Path = Path("gongwen-data")
    database_url: str | None = None
    seeds: Path = SHIPPED_SEEDS
    contact: str | None = None
    allow_addresses: Annotated[tuple[AllowedAddress, ...], NoDecode] = Field(default=())
    min_free: Annotated[int, NoDecode] = Field(default=MIN_FREE, ge=0)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _problem(error) from None

    @field_validator("data", "seeds", mode="after")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("database_url", "contact", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: Any) -> Any:
        return (value.strip() or None) if isinstance(value, str) else value

    @field_validator("allow_addresses", mode="before")
    @classmethod
    def _addresses(cls, value: Any) -> Any:
        return parse_addresses(value) if isinstance(value, str) else value

    @field_validator("min_free", mode="before")
    @classmethod
    def _size(cls, value: Any) -> Any:
        return parse_size(value) if isinstance(value, str) else value

    def open(self) -> Database:
        """Open the archive to write to it, creating an empty one where there is none."""
        from archive.database import open_database
        from archive.moved import refuse_moved

        database = open_database(self.data, self.database_url)
        try:
            refuse_moved(database)
        except BaseException:
            database.close()
            raise
        return database

    def has_archive(self) -> bool:
        """Whether something may have been fetched; of a database server only its users know."""
        return self.database_url is not None or (self.data / "gongwen.sqlite").exists()

    def open_existing(self) -> Database:
        """Open the archive to look into it; Problem where nothing was fetched yet."""
        from archive.database import open_database

        return open_database(self.data, self.database_url, create=False)

    def load_seeds(self) -> Seeds:
        """Read the seed files."""
        from crawler.seeds import load_seeds

        return load_seeds(self.seeds)

    def variables(self) -> dict[str, str]:
        """The same settings as environment variables, for a child process."""
        given = {
            "DATA": str(self.data),
            "SEEDS": str(self.seeds),
            "DATABASE_URL": self.database_url,
            "CONTACT": self.contact,
            "ALLOW_ADDRESSES": ",".join(map(str, self.allow_addresses)),
            "MIN_FREE": str(self.min_free),
        }
        return {PREFIX + name: value for name, value in given.items() if value}


def _problem(error: ValidationError) -> Problem:
    first = error.errors()[0]
    name = PREFIX + str(first["loc"][0]).upper()
    forms = {"GONGWEN_ALLOW_ADDRESSES": ADDRESS_FORM, "GONGWEN_MIN_FREE": SIZE_FORM}
    allowed = forms.get(name, "a path" if "path" in first["type"] else "text")
    reason = first["msg"].removeprefix("Value error, ")
    why = f"{first['input']!r} cannot be used ({reason})"
    return Problem(f"{name} is wrong", why, f"Set {name} to {allowed}, or unset it.", exit_code=2)
