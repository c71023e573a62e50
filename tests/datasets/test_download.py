"""download_mnist against mirrors on this machine: good, bad, broken, silent. No internet."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import blobnet
from blobnet.datasets import download
from blobnet.datasets.download import FILES, MIRRORS, RemoteFile, download_mnist
from blobnet.errors import DataError, MissingExtraError

pytest.importorskip("pooch", reason='downloads need pooch: pip install "blobnet[download]"')

CONTENT = {"one.gz": b"first file" * 9_000, "two.gz": b"second"}
SMALL = [
    RemoteFile(name, len(data), hashlib.md5(data, usedforsecurity=False).hexdigest())
    for name, data in CONTENT.items()
]


class Mirror(BaseHTTPRequestHandler):
    """/good/ has both files; the other folders fail, each in its own way."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        kind, name = self.path.strip("/").split("/")
        body = CONTENT[name]
        if kind == "half" and name == "two.gz":
            self.send_error(404)
            return
        stated = len(body)
        if kind == "wrong":
            body = body[::-1]
        elif kind == "broken":
            body = body[: len(body) // 2]
        elif kind == "endless":
            body, stated = body + bytes(100_000), 10**12
        if kind == "far":
            self.send_response(302)
            self.send_header("Location", self.path)  # for ever
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(stated))
        self.end_headers()
        if kind == "held":
            self.wfile.write(body[: len(body) // 2])
            self.server.holds.set()  # type: ignore[attr-defined]
            self.rfile.read(1)  # until the other side is gone
        if kind == "trickle":
            given_up = self.server.given_up  # type: ignore[attr-defined]
            while not given_up.wait(0.01):
                self.wfile.write(b"1")
            return
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        server.asked = []  # type: ignore[attr-defined]
        server.holds = threading.Event()  # type: ignore[attr-defined]
        server.given_up = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.given_up.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def mirror(server: ThreadingHTTPServer, kind: str) -> str:
    return f"http://127.0.0.1:{server.server_port}/{kind}/"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_all_files_come_from_the_first_mirror_that_has_them(server, tmp_path):
    mirrors = [mirror(server, "good"), mirror(server, "half")]
    folder = tmp_path / "new" / "cache"
    assert download_mnist(folder, mirrors=mirrors, files=SMALL) == mirrors[0]
    assert contents(folder) == CONTENT
    assert server.asked == ["/good/one.gz", "/good/two.gz"]


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    (tmp_path / "one.gz").write_bytes(CONTENT["one.gz"])
    (tmp_path / "two.gz").write_bytes(b"damaged")
    download_mnist(tmp_path, mirrors=[mirror(server, "good")], files=SMALL)
    assert contents(tmp_path) == CONTENT
    assert server.asked == ["/good/two.gz"]


def test_the_second_mirror_completes_what_the_first_began(server, tmp_path):
    mirrors = [mirror(server, "half"), mirror(server, "good")]
    assert download_mnist(tmp_path, mirrors=mirrors, files=SMALL) == mirrors[1]
    assert contents(tmp_path) == CONTENT
    assert server.asked == ["/half/one.gz", "/half/two.gz", "/good/two.gz"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("wrong", "does not match the known hash"),
        ("broken", "[Ii]ncomplete|does not match the known hash"),
        ("endless", "longer than the 90,000 bytes"),
    ],
)
def test_a_bad_mirror_is_asked_once_and_leaves_nothing(server, tmp_path, kind, reason):
    with pytest.raises(DataError, match=rf"127\.0\.0\.1:\d+/{kind}/: .*({reason})"):
        download_mnist(tmp_path, mirrors=[mirror(server, kind)], files=SMALL)
    assert server.asked == [f"/{kind}/one.gz"]
    assert contents(tmp_path) == {}


PROGRAM = """
import sys
from pathlib import Path
from blobnet.datasets.download import RemoteFile, download_mnist
files = [RemoteFile("one.gz", int(sys.argv[3]), "0" * 32)]
download_mnist(Path(sys.argv[1]), mirrors=[sys.argv[2]], files=files)
"""


def test_what_a_killed_download_left_goes_with_the_next_one(server, tmp_path):
    words = [str(tmp_path), f"http://127.0.0.1:{server.server_port}/held/", "90000"]
    root = Path(blobnet.__file__).parents[1]
    with subprocess.Popen([sys.executable, "-c", PROGRAM, *words], cwd=root) as process:
        assert server.holds.wait(60)
        process.kill()
    assert any(tmp_path.iterdir())
    download_mnist(tmp_path, mirrors=[f"http://127.0.0.1:{server.server_port}/good/"], files=SMALL)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == CONTENT


def test_a_mirror_that_never_answers_is_given_up(server, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connects, and says nothing
        mirrors = [f"http://127.0.0.1:{silent.getsockname()[1]}/", mirror(server, "good")]
        assert download_mnist(tmp_path, mirrors=mirrors, files=SMALL, timeout=0.3) == mirrors[1]
    assert contents(tmp_path) == CONTENT


def test_a_mirror_that_trickles_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "PACE_SECONDS", 1.0)
    monkeypatch.setattr(download, "PACE_BYTES", 1000)
    mirrors = [mirror(server, "trickle"), mirror(server, "half")]
    with pytest.raises(DataError, match=r"/trickle/: too slow: fewer than 1,000 bytes .* 1 s\n"):
        download_mnist(tmp_path, mirrors=mirrors, files=SMALL)
    assert list(contents(tmp_path)) == ["one.gz"]


def test_a_mirror_that_sends_us_round_in_circles_is_given_up(server, tmp_path):
    with pytest.raises(DataError, match=r"/far/: .*redirects"):
        download_mnist(tmp_path, mirrors=[mirror(server, "far")], files=SMALL)


def test_every_mirror_s_failure_is_told(server, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    mirrors = [f"http://127.0.0.1:{port}/", mirror(server, "half")]
    with pytest.raises(DataError, match=r"(?i):\d+/: .*refused.*\n.*/half/: 404 .*\n.*--data"):
        download_mnist(tmp_path, mirrors=mirrors, files=SMALL)


def test_a_cache_that_cannot_be_written_is_a_data_error(server, tmp_path):
    (tmp_path / "cache").write_bytes(b"a file, where a folder should be")
    with pytest.raises(DataError, match="no mirror could be downloaded from"):
        download_mnist(tmp_path / "cache", mirrors=[mirror(server, "good")], files=SMALL)


def test_without_pooch_the_way_to_get_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "pooch", None)
    with pytest.raises(MissingExtraError, match=r'pip install "blobnet\[download\]"'):
        download_mnist(tmp_path)


def test_the_list_of_mnist_is_well_formed():
    assert [file.size for file in FILES] == [9912422, 28881, 1648877, 4542]
    assert all(len(bytes.fromhex(file.md5)) == 16 for file in FILES)
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in MIRRORS)
