"""Pictures in a directory, a tar or a zip, read one by one: nothing is unpacked to disk."""

import abc
import hashlib
import lzma
import os
import re
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

# Nothing a course shows is bigger; what claims to be is broken or means harm.
MAX_BYTES = 128 * 2**20

# Names that promise a picture. HEIC is here so that a phone's photo is reported, not overlooked.
SUFFIXES = frozenset(".jpg .jpeg .png .webp .bmp .gif .tif .tiff .ppm .avif .heic .heif".split())
_ARCHIVE_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)


class ArchiveError(RuntimeError):
    """An archive is missing, damaged or unsafe; the message says what to do."""


def open_archive(path: str | Path) -> "Archive":
    """The directory, tar or zip at `path`, as a context manager with `.names` and `.read(name)`.

    Raises:
        ArchiveError: there is nothing there, it is cut off or no archive at all, or it holds
            names or links that lead out of it.
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise ArchiveError(f"There is no {path}. Check the path, or fetch the file again.")
    if path.is_dir():
        return Directory(path)
    try:
        return Zip(path) if zipfile.is_zipfile(path) and not _is_tar(path) else Tar(path)
    except _DAMAGED as error:
        raise ArchiveError(
            f"{path} cannot be read to its end ({error}): it is cut off, damaged, or no tar or "
            "zip. Delete it and fetch or make it again."
        ) from error


def looks_like_archive(path: Path) -> bool:
    return path.name.lower().endswith(_ARCHIVE_ENDINGS)


def is_picture(name: str) -> bool:
    """Whether the name promises a picture; the hidden twins that macOS adds do not."""
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith("._")


def identity(*paths: Path) -> str:
    """A short text that changes when one of the archives does: path, size and time of change.

    For a directory, those of every file in it. Cheap: no file is opened.
    """
    digest = hashlib.sha256()
    for path in paths:
        files = [path / name for name in Directory(path).names] if path.is_dir() else [path]
        for file in [path.resolve(), *files]:
            stat = file.stat()
            # A directory's own time says nothing that its files do not.
            facts = () if file.is_dir() else (stat.st_size, stat.st_mtime_ns)
            digest.update(repr((os.fspath(file), *facts)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:16]


class Archive(abc.ABC):
    """`names` in stored order (reading in that order is fastest) and `read(name)`."""

    names: list[str]

    @abc.abstractmethod
    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises one of `UNREADABLE` if it cannot be had."""

    def close(self):  # noqa: B027 - a directory has nothing to close
        """Let go of the file."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


# What `Archive.read` may raise for one bad file (zipfile: RuntimeError, or a kind of it, where a
# password is needed or the compression is unknown).
UNREADABLE = (*_DAMAGED, ValueError, RuntimeError, KeyError)


class Directory(Archive):
    """All files below a directory, sorted by name; links are followed, never in circles."""

    def __init__(self, path: Path):
        self.path = path
        self.names = sorted(self._walk())

    def _walk(self):
        seen = set()
        for folder, subfolders, files in os.walk(self.path, followlinks=True):
            seen.add(os.path.realpath(folder))
            subfolders[:] = [
                s for s in subfolders if os.path.realpath(os.path.join(folder, s)) not in seen
            ]
            for file in files:
                full = os.path.join(folder, file)
                if os.path.isfile(full):  # not a pipe, a socket or a dangling link
                    yield Path(full).relative_to(self.path).as_posix()

    def read(self, name):
        path = self.path / name
        _check_size(path.stat().st_size)
        return path.read_bytes()


class Tar(Archive):
    """A tar, compressed or not; refused as a whole if a member could lead out of it."""

    def __init__(self, path: Path):
        self._tar = tarfile.open(path, "r:*")
        try:
            self._members = {m.name: m for m in self._files(path)}
        except BaseException:
            self._tar.close()
            raise
        self.names = list(self._members)

    def _files(self, path):
        for member in self._tar:
            _check_name(member.name, path)
            if member.issym() or member.islnk():
                raise ArchiveError(
                    f"{path} holds a link ({member.name} -> {member.linkname}). Links are not "
                    "followed; make the archive again with the files themselves "
                    "(tar --dereference --hard-dereference)."
                )
            if member.isreg():
                yield member
        self._check_end()

    def _check_end(self):
        """tarfile takes a damaged header, or a cut between two files, for the end."""
        self._tar.fileobj.seek(self._tar.offset)
        block = self._tar.fileobj.read(tarfile.BLOCKSIZE)
        if len(block) < tarfile.BLOCKSIZE or block.strip(b"\0"):
            raise tarfile.ReadError(f"no end mark after {self._tar.offset:,} bytes")

    def read(self, name):
        member = self._members[name]
        _check_size(member.size)
        return self._tar.extractfile(member).read()

    def close(self):
        self._tar.close()


class Zip(Archive):
    """A zip, with the same refusals as `Tar`."""

    def __init__(self, path: Path):
        self._zip = zipfile.ZipFile(path)
        try:
            self._members = {i.filename: i for i in self._files(path)}
        except BaseException:
            self._zip.close()
            raise
        self.names = list(self._members)

    def _files(self, path):
        for info in self._zip.infolist():
            _check_name(info.filename, path)
            if (info.external_attr >> 16) & 0o170000 == 0o120000:  # Unix: a symbolic link
                raise ArchiveError(
                    f"{path} holds a link ({info.filename}). Links are not followed; make the zip "
                    "again with the files themselves."
                )
            if not info.is_dir():
                yield info

    def read(self, name):
        # zipfile stops at the size that the entry declares, so a bomb cannot exceed it either.
        _check_size(self._members[name].file_size)
        return self._zip.read(self._members[name])

    def close(self):
        self._zip.close()


def _is_tar(path: Path) -> bool:
    """`is_zipfile` is content with a zip *inside* an uncompressed tar, so look at the start."""
    with open(path, "rb") as f:
        return f.read(263)[257:262] == b"ustar"


def _check_name(name: str, path: Path):
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise ArchiveError(
            f"{path} holds a name that leads out of the archive ({name!r}). Honest archives do "
            "not; nothing was read. Fetch it from a source you trust, or make it again from "
            "inside its folder."
        )


def _check_size(size: int):
    if size > MAX_BYTES:
        raise ValueError(f"{size:,} bytes, more than {MAX_BYTES:,}")
