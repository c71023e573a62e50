"""scripts/fuzz finds crashes, hangs, foreign exceptions and warnings, and makes cases smaller."""

import random
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import blobnet
from blobnet.proto import NetParameter

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it needs signals and limits")

FORMAT = """
import os, signal, warnings
from blobnet import BlobnetError

def draw(rng):
    return [rng.randrange(100), {word!r}, rng.randrange(100)]

def run(case):
    if "refused" in case: raise BlobnetError("not this")
    if "raises" in case: raise ValueError("foreign")
    if "warns" in case: warnings.warn("odd")
    if "memory" in case: bytearray(2**45)
    if "crashes" in case: os.kill(os.getpid(), signal.SIGSEGV)
    if "exits" in case: os._exit(3)
    while "hangs" in case: pass

def smaller(case):
    for at in range(len(case)):
        yield case[:at] + case[at + 1:]

def show(case):
    return "CASE " + repr(case)
"""
FAULTS = {
    "raises": "ValueError at",
    "warns": "UserWarning at",
    "memory": "MemoryError at",
    "crashes": "ends the process: SIGSEGV",
    "exits": "ends the process: exit code 3",
    "hangs": "hangs",
}


def fuzz(folder, word, *options):
    """Run a copy of the script with a format of its own."""
    scripts = folder / "scripts"
    (scripts / "fuzzing").mkdir(parents=True)
    for name in ("fuzz", "fuzzing/__init__.py", "fuzzing/worker.py"):
        (scripts / name).write_bytes((ROOT / "scripts" / name).read_bytes())
    (scripts / "fuzzing" / "odd.py").write_text(
        textwrap.dedent(FORMAT.replace("{word!r}", repr(word)))
    )
    (folder / "blobnet").symlink_to(ROOT / "blobnet")
    command = [sys.executable, str(scripts / "fuzz"), "odd", "--count", "3", "--limit", "1"]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=200)


@pytest.mark.parametrize("word", FAULTS)
def test_a_fault_is_found_told_and_made_small(word, tmp_path):
    done = fuzz(tmp_path, word)
    assert done.returncode == 1, done.stderr
    assert f"=== {FAULTS[word]}" in done.stdout
    assert f"CASE ['{word}']" in done.stdout
    assert "--seed 1 --first 0 --count 1" in done.stdout
    assert "1 kinds of faults" in done.stderr


@pytest.mark.parametrize("word", ["refused", "sound"])
def test_errors_of_ours_and_numbers_are_no_faults(word, tmp_path):
    done = fuzz(tmp_path, word)
    assert done.returncode == 0, done.stderr
    assert not done.stdout


@pytest.fixture
def layers(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return __import__("fuzzing", fromlist=["load"]).load("layers")


def test_cases_of_layers_are_nets_that_come_again_from_the_same_seed(layers):
    texts = [layers.draw(random.Random(f"1 {number}")) for number in range(60)]
    assert texts == [layers.draw(random.Random(f"1 {number}")) for number in range(60)]
    types = {blobnet.parse_net(text).layer[-1].type for text in texts}
    assert len(types) > 20


def test_smaller_cases_of_layers_leave_one_thing_out(layers):
    text = layers.draw(random.Random("1 3"))
    size = blobnet.parse_net(text).ByteSize()
    for smaller in layers.smaller(text):
        assert isinstance(blobnet.parse_net(smaller), NetParameter)
        assert blobnet.parse_net(smaller).ByteSize() < size


def test_a_sound_layer_runs(layers):
    layers.run(
        'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 } } }'
        'layer { name: "it" type: "ReLU" bottom: "x" top: "y" }'
    )
