"""The machine under an archive: folder, disks and file systems."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from archive.access import is_writable
from archive.signs import Sign, State
from archive.space import show_size

# Locks and memory maps are not to be trusted across machines.
NETWORK_FILESYSTEMS = frozenset(
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "gpfs", "beegfs"]
    + ["glusterfs", "ocfs2", "gfs2", "virtiofs", "vboxsf", "davfs"]
    + [f"fuse.{name}" for name in ("sshfs", "glusterfs", "rclone", "s3fs", "gcsfuse", "ceph")]
)
MOUNTS = Path("/proc/mounts")
PLENTY = 1 << 30


def folder_sign(folder: Path, file: Path | None) -> Sign:
    """Whether the folder, and the database in ``file``, may be read and written."""
    existing = _existing(folder)
    step = "Change its owner or mode, or set GONGWEN_DATA to another folder"
    if not existing.is_dir():
        detail = f"{existing} is a file, and a folder is needed"
        return Sign("folder", State.FAIL, detail, "Set GONGWEN_DATA to another folder")
    if not os.access(existing, os.R_OK):
        return Sign("folder", State.FAIL, f"{existing} may not be read by this user", step)
    if not is_writable(existing, None):
        detail = f"{existing} may only be read by this user: nothing can be fetched"
        return Sign("folder", State.FAIL, detail, step)
    if file is not None and file.exists() and not is_writable(existing, file):
        detail = (
            f"{file}, or a lock beside it, may only be read by this user: nothing can be fetched"
        )
        return Sign("folder", State.FAIL, detail, step)
    return Sign("folder", State.OK, str(folder))


def disk_signs(folder: Path, file: Path | None, min_free: int) -> list[Sign]:
    """The disk of the folder, and that of the database's file where it is another one."""
    places = {place.stat().st_dev: place for place in map(_existing, _beside(folder, file))}
    return [
        sign for place in places.values() for sign in (_space(place, min_free), _file_system(place))
    ]


def _beside(folder: Path, file: Path | None) -> list[Path]:
    # The first of two on one disk is told, and that is the folder.
    return [folder] if file is None else [file.absolute().parent, folder]


def _space(place: Path, min_free: int) -> Sign:
    free = shutil.disk_usage(place).free
    detail = f"{show_size(free)} free, crawls stop below {show_size(min_free)}"
    step = "Free some space; crawls stop with exit code 3"
    if free < min_free:
        return Sign("disk", State.FAIL, detail, step)
    if free < max(PLENTY, 2 * min_free):
        return Sign("disk", State.WARN, detail, "Free some space before a large crawl")
    return Sign("disk", State.OK, detail)


def _file_system(place: Path) -> Sign:
    kind = _mounted(place.resolve())
    if kind in NETWORK_FILESYSTEMS:
        step = "Keep the archive on a local disk"
        return Sign("file system", State.WARN, f"{kind}: locks may not hold across machines", step)
    return Sign("file system", State.OK, kind)


def _mounted(path: Path) -> str:
    if not MOUNTS.exists():
        return "unknown"
    kinds = {}
    for line in MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines():
        parts = line.split(" ")
        if len(parts) > 2:
            kinds[Path(parts[1].replace("\\040", " "))] = parts[2]
    return next((kinds[place] for place in (path, *path.parents) if place in kinds), "unknown")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
