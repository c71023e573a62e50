"""Other programs: what they are given, what their times are, and what is said where they fail."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.definition import (
    MSRA,
    batch_norm_scale,
    begin,
    convolution,
    inner_product,
    softmax_or_loss,
)
from benchmarks.inputs import give_statistics, random_images
from benchmarks.peers import ONNX_RUNTIME, OPENCV, OPENVINO, TORCH, Pace, Peer
from blobnet import BlobnetError

SCRIPT = """
import sys
from pathlib import Path
import numpy as np
folder = Path(sys.argv[1])
assert (folder / "net.prototxt").exists() and (folder / "net.caffemodel").exists()
(inputs,) = np.load(folder / "inputs.npz").values()
assert inputs.shape == (2, 3, 8, 8)
np.savez(folder / "outputs.npz", prob=np.full((2, 5), %s))
print("ready", flush=True)
for line in sys.stdin:
    print(*range(1, int(line) + 1), flush=True)
"""


ALIKE = {"type": "constant", "value": 0.0}
"""For weights with which all scores are alike, whatever the image."""


def tiny(weight=ALIKE):
    net = begin("tiny", (2, 3, 8, 8))
    x = convolution(net, "conv", "data", 4, 3)
    x = batch_norm_scale(net, ("bn", "scale"), x, train=False)
    x = inner_product(net, "ip", x, 5, weight=weight)
    return softmax_or_loss(net, x, train=False)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A program that says of every image that its probabilities are these."""
    monkeypatch.setattr(peers.time, "sleep", lambda seconds: rests.append(seconds))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    rests = []

    def write(probability):
        (tmp_path / "some_peer.py").write_text(SCRIPT % probability)
        return Peer("a program", "some_peer", "A_PROGRAM_PYTHON", "a-package")

    write.rests = rests
    return write


def test_turns_are_of_both_and_what_is_warm_does_not_count(written):
    pace = Pace(rest=7.0, calls=2, warm=3)
    images = {"data": np.ones((2, 3, 8, 8), np.float32)}
    measured = peers.beside(written(0.2), tiny(), lambda net: images, 4, pace)
    assert measured.theirs == [4, 5] * 4
    assert len(measured.ours) == 8
    assert min(measured.ours) > 0
    assert written.rests == [7.0] * 2 * (1 + 4)  # a first round that does not count


def test_of_requests_the_first_counts(written):
    measured = peers.requests(written(0.2), tiny, 1)
    assert measured.theirs == [*range(1, 16)]
    assert {*written.rests} == {0.25}


def test_a_program_that_computes_something_else_is_not_compared(written):
    with pytest.raises(BlobnetError, match="'prob' is not the same as that of a program"):
        peers.requests(written(0.21), tiny, 1)


def test_a_program_that_is_not_there_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "some_peer.py").write_text("import no_such_package")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("A_PROGRAM_PYTHON", sys.executable)
    peer = Peer("a program", "some_peer", "A_PROGRAM_PYTHON", "a-package")
    with pytest.raises(BlobnetError, match=r"no a program(.|\n)*no_such(.|\n)*'a-package'"):
        peers.requests(peer, tiny, 1)


@pytest.mark.parametrize("wrong", [np.nan, 1.002])
def test_what_is_not_the_same_is_found(wrong):
    theirs = np.ones(3, np.float32)
    peers._check_same(TORCH, {"prob": theirs * np.float32(1.0005)}, {"prob": theirs}, ())
    ours = {"prob": np.array([1, 1, wrong], np.float32)}
    with pytest.raises(BlobnetError, match="'prob' is not the same as that of PyTorch"):
        peers._check_same(TORCH, ours, {"prob": theirs}, ())


@pytest.mark.parametrize(
    ("peer", "package"),
    [(OPENCV, "cv2"), (ONNX_RUNTIME, "onnxruntime"), (OPENVINO, "openvino"), (TORCH, "torch")],
)
def test_a_net_runs_in_the_real_program(peer, package, monkeypatch):
    pytest.importorskip(package)
    if peer.has_onnx:
        pytest.importorskip("onnx")
    monkeypatch.delenv(peer.variable, raising=False)
    measured = peers.beside(peer, tiny(MSRA), images_of, 1, Pace(rest=0.0, calls=2))
    assert len(measured.ours) == len(measured.theirs) == 2
    assert min(measured.theirs) > 0


def images_of(net):
    give_statistics(net)
    return {"data": random_images(net)}
