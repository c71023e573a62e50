"""The command `caffe`: the same program as `blobnet`, with the words of Caffe's."""

from __future__ import annotations

import pytest

from blobnet.cli import caffe, main
from blobnet.cli.glog import CAFFES_FLAGS, COMMANDS

FLAGS = {name: "x" for name in CAFFES_FLAGS} | {
    "gpu": "0",
    "phase": "TEST",
    "level": "0",
    "stage": "",
    "iterations": "1",
    "sigint_effect": "stop",
    "sighup_effect": "none",
    "solver": "solver.prototxt",
    "model": "net.prototxt",
    "weights": "weights.caffemodel",
    "snapshot": "",
}


@pytest.fixture
def caffe_said(capsys):
    """A function that runs `caffe` and gives its exit code, stdout and stderr."""

    def run(*words):
        capsys.readouterr()
        return main(list(words), "caffe"), *capsys.readouterr()

    return run


def test_the_command_is_called_caffe(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["caffe", "trian"])
    assert caffe() == 2
    assert "Usage: caffe" in capsys.readouterr().err


@pytest.mark.parametrize("words", [(), ("help",), ("--help",)])
def test_its_usage_ends_with_0(words, caffe_said):
    code, out, err = caffe_said(*words)
    assert code == 0
    assert out.startswith("Usage: caffe ")
    assert err == ""


def test_its_version_is_that_of_the_caffe_that_it_is_like(caffe_said):
    assert caffe_said("--version")[1].split()[:3] == ["caffe", "version", "1.0.0"]
    assert caffe_said("-version")[0] == 0


def test_its_messages_say_caffe(caffe_said, tmp_path):
    code, _, err = caffe_said("train", "--solver", str(tmp_path / "none.prototxt"))
    assert code == 1
    assert "\ncaffe: " in f"\n{err}"
    assert "blobnet: " not in err
    assert "caffe --help" in caffe_said("xyz")[2]


# --- every flag on every action -------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["--{}={}", "-{}={}", "--{} {}", "-{} {}"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_action_takes_every_flag_and_ignores_what_it_has_no_use_for(
    command, spelling, weights, run
):
    flags = dict(FLAGS)
    if command == "train":
        del flags["weights"]
    words = []
    for name, value in flags.items():
        before, _, after = spelling.format(name, "\0").partition(" ")
        words += [word.replace("\0", value) for word in (before, after) if word]
    half = len(words) // 2 // 2 * 2
    ran = run(*words[:half], command, *words[half:])
    assert ran.code == 0, ran.err
    assert "of no use" not in ran.err


def test_what_is_ignored_is_said_at_debug_level(weights, run, caplog):
    caplog.set_level("DEBUG", logger="blobnet.cli")
    assert run("device_query", "-solver", "x").code == 0
    assert "--solver: of no use to this command" in caplog.messages


@pytest.mark.parametrize("command", COMMANDS)
def test_a_flag_that_nobody_knows_is_named(command, run):
    ran = run(command, "--slover=x")
    assert ran.code == 2
    assert "--slover" in ran.err


def test_a_number_is_a_number_even_where_it_is_ignored(run):
    ran = run("device_query", "--iterations=many")
    assert ran.code == 2
    assert "'many'" in ran.err
