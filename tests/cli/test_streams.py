"""Commands whose stdout, stderr or stdin is closed, full, narrow, or of another encoding."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet
from blobnet.cli.streams import Streams, reader_left

ROOT = str(Path(blobnet.__file__).parents[1])

pytestmark = pytest.mark.skipif(os.name != "posix", reason="descriptors of POSIX")
needs_full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which $BLOBNET is the command."""
    return subprocess.run(
        ["sh", "-c", command],
        env={
            **os.environ,
            "PYTHONPATH": ROOT,
            "BLOBNET": f"{sys.executable} -m blobnet",
            **environment,
        },
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=120,
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_training_with_closed_streams_trains(closed, tiny):
    ran = shell(f"$BLOBNET train --solver solver.prototxt {closed}")
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    assert (tiny / "tiny_iter_4.caffemodel").is_file()
    # what was closed is not written into the files that took its place
    again = blobnet.Net("net.prototxt", "TEST", weights="tiny_iter_4.caffemodel")
    assert "ip" in again.params


@pytest.mark.parametrize(
    "command", ["summary net.prototxt", "device_query", "draw net.prototxt o.svg", "--help"]
)
def test_a_closed_stdout_is_no_error(command, tiny):
    ran = shell(f"$BLOBNET {command} >&-")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_an_error_keeps_its_exit_code_where_nobody_can_read_it(tiny):
    assert shell("$BLOBNET summary nix.prototxt >&- 2>&-").returncode == 1
    assert shell("$BLOBNET nix >&- 2>&-").returncode == 2


@needs_full_device
@pytest.mark.parametrize("command", ["summary net.prototxt", "device_query", "--help"])
def test_a_full_device_is_an_error(command, tiny):
    ran = shell(f"$BLOBNET {command} > /dev/full")
    assert (ran.returncode, ran.stderr) == (1, "blobnet: stdout: No space left on device\n")


@needs_full_device
def test_the_work_is_done_though_the_log_is_full(tiny):
    ran = shell("$BLOBNET train --solver solver.prototxt 2> /dev/full")
    assert ran.returncode == 1
    assert (tiny / "tiny_iter_4.caffemodel").is_file()


def test_a_reader_who_leaves_does_not_stop_the_work(tiny):
    command = "$BLOBNET gradients solver.prototxt g.png --iterations 2"
    ran = shell(f"( {command} 2> errors; echo $? > code ) | true")
    assert ran.stderr == ""
    assert "Traceback" not in (tiny / "errors").read_text()
    assert (tiny / "g.png").read_bytes().startswith(b"\x89PNG")
    assert shell("$BLOBNET train --solver solver.prototxt 2>&1 | true").stderr == ""
    assert (tiny / "tiny_iter_4.caffemodel").is_file()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
        {"COLUMNS": "1"},
        {"TERM": "", "NO_COLOR": "1"},
    ],
    ids=str,
)
def test_any_locale_and_any_width_shows_something(environment, tiny):
    net = (tiny / "net.prototxt").read_text(encoding="utf-8")
    (tiny / "net.prototxt").write_text(net.replace("tiny", "tiny 畳"), encoding="utf-8")
    ran = shell("$BLOBNET summary net.prototxt", **environment)
    assert ran.returncode == 0, ran.stderr
    assert "parameters     15" in ran.stdout
    assert "Traceback" not in ran.stderr


def test_our_own_signs_have_a_plain_form(tiny):
    ran = shell("$BLOBNET summary net.prototxt", PYTHONIOENCODING="ascii")
    assert "6x4, y 6x3" in ran.stdout
    assert ran.stdout.isascii()


def test_streams_are_given_back():
    before = sys.stdout, sys.stderr
    with Streams():
        pass
    assert (sys.stdout, sys.stderr) == before


def test_only_a_closed_pipe_is_a_reader_who_left():
    assert reader_left(BrokenPipeError(32, "Broken pipe"))
    assert not reader_left(OSError(28, "No space left on device"))
    assert not reader_left(None)
