import hashlib
import http.server
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dogan_lib.dogs import stanford
from dogan_lib.dogs.stanford import DownloadError, download

DATA = os.urandom(3_000_000)
SHA = hashlib.sha256(DATA).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """Serves `data`; breaks off after `break_after` bytes as often as `breaks` says."""

    def do_HEAD(self):
        self.send_response(200)
        self.end_headers()

    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range") if server.ranges else None
        server.requests.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        body = server.data[start:]
        self.send_response(server.status or (206 if wanted else 200))
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(server.data) - 1}/*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if server.breaks > 0:
            server.breaks -= 1
            body = body[: server.break_after]
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.data, server.requests, server.status = DATA, [], None
    server.ranges, server.breaks, server.break_after = True, 0, 1_200_000
    server.url = f"http://127.0.0.1:{server.server_port}/images.tar"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def get(server, path, sha=SHA):
    return download(server.url, path, len(DATA), sha, show=False, pause=0.001)


def test_fetch(server, tmp_path):
    assert get(server, tmp_path / "images.tar").read_bytes() == DATA
    assert [p.name for p in tmp_path.iterdir()] == ["images.tar"]


def test_a_break_is_followed_by_a_request_for_the_rest(server, tmp_path):
    server.breaks = 2
    assert get(server, tmp_path / "f").read_bytes() == DATA
    assert server.requests == [None, "bytes=1200000-", "bytes=2400000-"]


def test_a_later_call_goes_on_where_a_killed_one_stopped(server, tmp_path):
    (tmp_path / "f.part").write_bytes(DATA[:1000])
    assert get(server, tmp_path / "f").read_bytes() == DATA
    assert server.requests == ["bytes=1000-"]


def test_a_whole_part_needs_no_request(server, tmp_path):
    (tmp_path / "f.part").write_bytes(DATA)
    assert get(server, tmp_path / "f").read_bytes() == DATA
    assert not server.requests


def test_a_server_without_ranges_starts_again(server, tmp_path):
    server.ranges = False
    (tmp_path / "f.part").write_bytes(b"something else")
    assert get(server, tmp_path / "f").read_bytes() == DATA


def test_a_part_that_was_wrong_is_fetched_anew(server, tmp_path):
    (tmp_path / "f.part").write_bytes(b"wrong" * 100)
    assert get(server, tmp_path / "f").read_bytes() == DATA
    assert server.requests == ["bytes=500-", None]


def test_a_part_that_is_too_long_is_fetched_anew(server, tmp_path):
    (tmp_path / "f.part").write_bytes(DATA + b"more")
    assert get(server, tmp_path / "f").read_bytes() == DATA


def test_a_wrong_hash_leaves_nothing_behind(server, tmp_path):
    with pytest.raises(DownloadError, match=r"SHA-256 is .*, not 0000"):
        get(server, tmp_path / "f", sha="0" * 64)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/images.tar", "nonsense"])
def test_an_address_where_nothing_answers_is_named(url, tmp_path):
    with pytest.raises(DownloadError, match=f"from {url}"):
        download(url, tmp_path / "f", 9, SHA, show=False, pause=0.001)


def test_not_found_is_not_tried_again(server, tmp_path):
    server.status = 404
    with pytest.raises(DownloadError, match="404"):
        get(server, tmp_path / "f")
    assert len(server.requests) == 1


def test_a_busy_server_is_tried_again_then_given_up(server, tmp_path):
    server.status = 503
    with pytest.raises(DownloadError, match="503"):
        get(server, tmp_path / "f")
    assert len(server.requests) == stanford.ATTEMPTS


def test_a_server_that_sends_more_than_it_should_is_stopped(server, tmp_path):
    server.data = DATA + b"more"
    with pytest.raises(DownloadError, match="more than the expected"):
        get(server, tmp_path / "f")
    assert not list(tmp_path.iterdir())


def test_disk_that_fills_up_keeps_what_came(server, tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full on this system")
    (tmp_path / "f.part").symlink_to("/dev/full")
    with pytest.raises(DownloadError, match="The disk is full"):
        get(server, tmp_path / "f")
    assert (tmp_path / "f.part").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="no such lock on Windows")
def test_two_at_once_fetch_it_once(server, tmp_path):
    """Both would append to one part; the second waits, and finds it there."""
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: get(server, tmp_path / "f").read_bytes(), range(2)))
    assert found == [DATA, DATA] and server.requests == [None]


@pytest.fixture
def mirror(server, monkeypatch):
    """Both archives are the same 3 MB, as far as `stanford` knows."""
    facts = {name: (len(DATA), SHA) for name in stanford.FILES}
    monkeypatch.setattr(stanford, "FILES", facts)
    monkeypatch.setenv("DOGAN_STANFORD_MIRROR", f"http://127.0.0.1:{server.server_port}/")
    return server


def test_stanford_comes_from_the_mirror_that_the_environment_names(mirror, empty_cache, capsys):
    assert stanford.find() is None and stanford.can_fetch()
    found = stanford.fetch(show=False)
    assert found.images == empty_cache / "stanford" / "images.tar"
    assert stanford.find() == found
    assert capsys.readouterr().out.count("\n") == 2
    mirror.requests.clear()
    assert stanford.fetch(show=False) == found and not mirror.requests


def test_stanford_says_what_to_do_when_it_cannot_be_had(mirror, empty_cache):
    mirror.data = b"x" * len(DATA)
    with pytest.raises(DownloadError, match="DOGAN_STANFORD_DIR"):
        stanford.fetch(show=False)
    assert not list((empty_cache / "stanford").iterdir())


def test_real_archives_are_asked_for_by_default():
    assert stanford.mirror("images.tar") == stanford.MIRROR + "images.tar"
    assert stanford.FILES["images.tar"][0] == 793_579_520
