"""What an archive hands to other programs, in their own formats."""

from archive.export.cdxj import CdxjIndex, cdxj_index
from archive.export.files import written_whole

__all__ = ["CdxjIndex", "cdxj_index", "written_whole"]
