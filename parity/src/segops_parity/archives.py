"""Tarballs of packages, unpacked into a folder and nowhere else."""

from __future__ import annotations

import tarfile
from pathlib import Path, PurePosixPath

__all__ = ["unpack"]


def unpack(file: Path, folder: Path) -> None:
    """Unpack a tarball; raises `tarfile.TarError` for one that is broken or would write outside of the folder."""
    with tarfile.open(file) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
            return
        # Python 3.10 and 3.11 know filters since 3.10.12 and 3.11.4 only; Debian 12 has 3.11.2.
        members = archive.getmembers()
        for member in members:
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
                raise tarfile.TarError(f"{member.name!r} is no plain file within the folder")
        archive.extractall(folder, members)
