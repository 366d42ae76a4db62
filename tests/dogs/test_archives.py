import os
import tarfile
import zipfile

import pytest

from dogan_lib.dogs import archives
from dogan_lib.dogs.archives import ArchiveError, identity, is_picture, open_archive

FILES = {"a/one.jpg": b"1", "a/two.jpg": b"22", "three.png": b"333"}


def as_directory(path):
    for name, data in FILES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def as_zip(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.mkdir("a")
        for name, data in FILES.items():
            file.writestr(name, data)
    return path


@pytest.fixture(params=["directory", "tar", "tar.gz", "zip"])
def archive_path(build, request, tmp_path):
    path = tmp_path / f"dogs.{request.param}"
    if request.param == "directory":
        return as_directory(path)
    if request.param == "zip":
        return as_zip(path)
    return build.write_tar(path, FILES, "w:gz" if request.param == "tar.gz" else "w")


def test_all_kinds_read_alike(archive_path):
    with open_archive(archive_path) as archive:
        assert {name: archive.read(name) for name in archive.names} == FILES


def test_a_file_over_the_limit_is_not_read(archive_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 2)
    with open_archive(archive_path) as archive:
        assert archive.read("a/two.jpg") == b"22"
        with pytest.raises(ValueError, match="3 bytes"):
            archive.read("three.png")


def test_links_in_a_tar_lead_nowhere(build, tmp_path):
    link = tarfile.TarInfo("dog.jpg")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(tmp_path / "links.tar", "w") as tar:
        tar.addfile(link)
    with open_archive(tmp_path / "links.tar") as archive:
        assert archive.names == []


def test_a_zip_inside_a_tar_leaves_it_a_tar(build, tmp_path):
    inner = as_zip(tmp_path / "inner.zip").read_bytes()
    with open_archive(build.write_tar(tmp_path / "dogs.tar", {"inner.zip": inner})) as archive:
        assert archive.names == ["inner.zip"]


@pytest.mark.parametrize("keep", [0, 100, 700, 2000, 3584])
def test_an_archive_that_was_cut_off_is_an_error_not_a_short_list(build, tmp_path, keep):
    whole = build.write_tar(tmp_path / "whole.tar", {f"{i}.jpg": bytes(600) for i in range(4)})
    cut = tmp_path / "cut.tar"  # each file takes 512 + 1024 bytes
    cut.write_bytes(whole.read_bytes()[:keep])
    with pytest.raises(ArchiveError, match="cannot be read to its end"):
        open_archive(cut).__enter__()


def test_a_damaged_header_is_an_error_not_the_end(build, tmp_path):
    whole = build.write_tar(tmp_path / "whole.tar", {f"{i}.jpg": bytes(600) for i in range(4)})
    data = bytearray(whole.read_bytes())
    data[2 * 1536 + 20] ^= 0xFF
    whole.write_bytes(data)
    with pytest.raises(ArchiveError, match="no end mark"):
        open_archive(whole).__enter__()


def test_a_cut_gzip_is_an_error(build, tmp_path):
    whole = build.write_tar(tmp_path / "dogs.tar.gz", {"a.jpg": os.urandom(5000)}, "w:gz")
    whole.write_bytes(whole.read_bytes()[:2500])
    with pytest.raises(ArchiveError, match="cut off"):
        open_archive(whole).__enter__()


def test_nothing_there(tmp_path):
    with pytest.raises(ArchiveError, match="There is no"):
        open_archive(tmp_path / "none.tar").__enter__()


def test_pictures_by_name():
    assert is_picture("a/b.JPEG") and is_picture("phone.HEIC")
    assert not is_picture("a/._b.jpg") and not is_picture("read.me") and not is_picture("jpg")


def test_links_to_folders_do_not_turn_in_circles(tmp_path):
    path = as_directory(tmp_path / "dogs")
    try:
        (path / "a" / "again").symlink_to(path)
    except OSError:
        pytest.skip("no symbolic links here")
    with open_archive(path) as archive:
        assert set(FILES) == set(archive.names)


def test_identity_changes_with_the_content_and_only_then(archive_path):
    before = identity(archive_path)
    assert identity(archive_path) == before
    file = archive_path / "three.png" if archive_path.is_dir() else archive_path
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert identity(archive_path) != before


def test_a_zip_with_a_damaged_file_still_gives_the_others(tmp_path):
    path = tmp_path / "dogs.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("good.jpg", b"good bytes")
        file.writestr("bad.jpg", b"bad bytes!")
    path.write_bytes(path.read_bytes().replace(b"bad bytes!", b"bad bites!"))
    with open_archive(path) as archive:
        assert archive.read("good.jpg") == b"good bytes"
        with pytest.raises(archives.UNREADABLE):
            archive.read("bad.jpg")
