"""Releases that lie in a folder: what each says of itself, its files with sizes and digests."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.research.release.about import SUMS


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a release."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it lies there; `about` is its release.json, `changes` its CHANGES.md."""

    folder: Path
    version: str
    about: dict[str, Any]
    files: tuple[Listed, ...]
    changes: str

    @property
    def size(self) -> int:
        """Gives the bytes of all its files."""
        return sum(file.size for file in self.files)


def releases_in(folder: Path | None) -> list[Release]:
    """Gives the releases that lie in a folder, newest first; what is no whole release is none."""
    if folder is None or not folder.is_dir():
        return []
    found = [release for path in sorted(folder.iterdir()) if (release := release_at(path)) is not None]
    return sorted(found, key=lambda release: order(release.version), reverse=True)


def order(version: str) -> tuple[int, ...]:
    """Gives by what versions are sorted."""
    return tuple(int(number) if number.isdigit() else 0 for number in version.split("."))


def release_at(folder: Path) -> Release | None:
    """Gives the release in a folder, None where there is none or a file that it lists is missing."""
    try:
        about = json.loads((folder / "release.json").read_text(encoding="utf-8"))
        lines = [line.partition("  ") for line in (folder / SUMS).read_text(encoding="utf-8").splitlines()]
        files = tuple(Listed(path, (folder / path).stat().st_size, sha256) for sha256, _, path in lines)
        changes = (folder / "CHANGES.md").read_text(encoding="utf-8")
        return Release(folder, str(about["version"]), about, files, changes)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def one_release(folder: Path | None, version: str) -> Release:
    """Gives a release by its version. Raises UsageError naming those there are."""
    there = releases_in(folder)
    for release in there:
        if release.version == version:
            return release
    raise UsageError(f"there is no release {version!r}; there are: {', '.join(r.version for r in there) or 'none'}")


def file_at(release: Release, path: str) -> Path:
    """Gives where a file of a release lies. Raises UsageError for one that it does not list."""
    if path == SUMS or path in {file.path for file in release.files}:
        return release.folder / path
    raise UsageError(f"release {release.version} has no file {path!r}")
