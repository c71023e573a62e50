"""`blobnet watch`: it serves its page until it is interrupted."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet
from blobnet.watch.player import Player

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
ROOT = Path(blobnet.__file__).parents[1]
SOLVER = "models/by_hand/solver.prototxt"


@pytest.fixture
def in_root(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.mark.skipif(sys.platform == "win32", reason="signals work otherwise there")
def test_it_serves_until_ctrl_c():
    command = [sys.executable, "-m", "blobnet", "watch", SOLVER, "--double", "--port", "0"]
    with subprocess.Popen(
        [*command, "--no-open"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            line = program.stdout.readline()
            found = re.search(r"http://(127\.0\.0\.1:\d+)/", line)
            assert found, line + program.stderr.read()
            connection = http.client.HTTPConnection(found[1], timeout=60)
            connection.request("GET", "/api/view?layer=4")
            told = json.loads(connection.getresponse().read())
            connection.close()
            program.send_signal(signal.SIGINT)
            _, errors = program.communicate(timeout=60)
        except BaseException:
            program.kill()
            raise
    assert told["layer"]["tops"][0]["values"][0] == pytest.approx(
        [1.105905967, 1.224921404], abs=5e-10
    )
    assert program.returncode == 130
    assert errors.strip() == "blobnet: interrupted"


def test_the_page_is_opened_unless_it_is_not_to_be(run, in_root, monkeypatch):
    opened = []

    def interrupted(player: Player) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Player, "run", interrupted)
    monkeypatch.setattr("blobnet.watch.serving._open", opened.append)
    ran = run("watch", SOLVER, "--port", "0", "--no-open")
    assert (ran.code, opened) == (130, [])
    ran = run("watch", SOLVER, "--port", "0")
    assert ran.code == 130
    [address] = opened
    assert address in ran.out


def test_snapshot_and_weights_exclude_each_other(run, in_root):
    ran = run("watch", SOLVER, "--snapshot", "a", "--weights", "b")
    assert ran.code == 2
    assert "not both" in ran.err


def test_a_port_that_is_none(run, in_root):
    assert run("watch", SOLVER, "--port", "70000").code == 2


# --- train --watch --------------------------------------------------------------------------------


def copied_solver(tmp_path, **settings):
    param = blobnet.parse_solver((ROOT / SOLVER).read_text(encoding="utf-8"))
    param.net, param.snapshot_prefix = str(ROOT / param.net), str(tmp_path / "by_hand")
    for name, value in settings.items():
        setattr(param, name, value)
    path = tmp_path / "solver.prototxt"
    path.write_text(str(param), encoding="utf-8")
    return str(path)


def test_a_training_is_watched_while_it_runs(run, tmp_path):
    command = ["train", "--solver", copied_solver(tmp_path, max_iter=30), "--quiet"]
    ran = run(*command, "--watch", "--no-open", "--port", "0")
    assert ran.code == 0
    assert "watch it at http://127.0.0.1:" in ran.out
    watched = (tmp_path / "by_hand_iter_30.caffemodel").read_bytes()
    assert run(*command).code == 0
    assert (tmp_path / "by_hand_iter_30.caffemodel").read_bytes() == watched


@pytest.mark.parametrize("words", [["--port", "0"], ["--host", "0.0.0.0"], ["--no-open"]])
def test_a_server_is_asked_for_with_watch_only(run, tmp_path, words):
    ran = run("train", "--solver", copied_solver(tmp_path), *words)
    assert ran.code == 2
    assert "go with --watch" in ran.err
