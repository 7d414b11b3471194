"""Moving an archive's database to another one: SQLite to PostgreSQL, and back."""

from archive.copying.moving import Copied, copy_database
from archive.copying.tables import TableCopy

__all__ = ["Copied", "TableCopy", "copy_database"]
