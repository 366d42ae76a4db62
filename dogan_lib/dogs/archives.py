"""Pictures in a directory, a tar or a zip, read one by one: nothing is unpacked to disk."""

import contextlib
import dataclasses
import hashlib
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

# Nothing a course shows is bigger; what claims to be is broken or means harm.
MAX_BYTES = 128 * 2**20

# Names that promise a picture. HEIC is here so that a phone's photo is reported, not overlooked.
SUFFIXES = frozenset(".jpg .jpeg .png .webp .bmp .gif .tif .tiff .ppm .avif .heic .heif".split())
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)

# What `Archive.read` may raise for one bad file; RuntimeError where a password is needed.
UNREADABLE = (*_DAMAGED, ValueError, RuntimeError, KeyError)


class ArchiveError(RuntimeError):
    """An archive is missing or damaged, or cannot be kept; the message says what to do."""


@dataclasses.dataclass
class Archive:
    """Files by name, in stored order (reading in that order is fastest)."""

    sizes: dict[str, int]  # name -> bytes
    contents: Callable[[str], bytes]

    @property
    def names(self) -> list[str]:
        return list(self.sizes)

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises one of `UNREADABLE` if it cannot be had."""
        if self.sizes[name] > MAX_BYTES:
            raise ValueError(f"{self.sizes[name]:,} bytes, more than {MAX_BYTES:,}")
        return self.contents(name)


def existing(path: str | Path) -> Path:
    """The directory or file of this name. Raises ArchiveError if there is none."""
    try:
        found = Path(path).expanduser()
        if found.is_dir() or found.is_file():  # not a device or a pipe, which may never end
            return found
    except (OSError, RuntimeError, ValueError):
        pass  # no name of a file: too long, of an unknown user, with a zero byte
    raise ArchiveError(
        f"There is no {os.fspath(path)[:200]}. A source is a directory, tar or zip of pictures, "
        "its path relative to the folder that the notebook runs in."
    )


@contextlib.contextmanager
def open_archive(path: str | Path) -> Iterator[Archive]:
    """The directory, tar or zip at `path`; an ArchiveError where it is none, or cut off."""
    path = existing(path)
    with contextlib.ExitStack() as stack:
        try:
            archive = _opened(path, stack)
        except _DAMAGED as error:
            raise ArchiveError(
                f"{path} cannot be read to its end ({error}): it is cut off, damaged, or no tar or "
                "zip. Delete it and fetch or make it again."
            ) from error
        yield archive


def _opened(path: Path, stack: contextlib.ExitStack) -> Archive:
    if path.is_dir():
        sizes = {file.relative_to(path).as_posix(): file.stat().st_size for file in _files(path)}
        return Archive(sizes, lambda name: (path / name).read_bytes())
    # Tar first: with a zip inside it, zipfile would take the whole for a zip.
    if not tarfile.is_tarfile(path):
        zipped = stack.enter_context(zipfile.ZipFile(path))
        # zipfile stops at the size that the entry declares, so a bomb cannot exceed it.
        sizes = {info.filename: info.file_size for info in zipped.infolist() if not info.is_dir()}
        return Archive(sizes, zipped.read)
    tar = stack.enter_context(tarfile.open(path))
    members = {member.name: member for member in tar if member.isreg()}
    # tarfile takes a damaged header, or a cut between two files, for the end.
    tar.fileobj.seek(tar.offset)
    block = tar.fileobj.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE or block.strip(b"\0"):
        raise tarfile.ReadError(f"no end mark after {tar.offset:,} bytes")
    sizes = {name: member.size for name, member in members.items()}
    return Archive(sizes, lambda name: tar.extractfile(members[name]).read())


def _files(path: Path) -> list[Path]:
    """All files below a directory, sorted; its linked subfolders are not entered."""
    return sorted(file for file in path.rglob("*") if file.is_file())


def is_picture(name: str) -> bool:
    """Whether the name promises a picture; the hidden twins that macOS adds do not."""
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith("._")


def identity(*paths: Path) -> str:
    """A short text that changes when one of the archives, or a file in a directory, does."""
    digest = hashlib.sha256()
    for path in paths:
        for file in [path.resolve(), *(_files(path) if path.is_dir() else ())]:
            stat = file.stat()
            # A directory's own time says nothing that its files do not.
            facts = () if file.is_dir() else (stat.st_size, stat.st_mtime_ns)
            digest.update(repr((os.fspath(file), *facts)).encode())
    return digest.hexdigest()[:16]
