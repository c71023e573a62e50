"""What the repositories' own Python layers compute: see tests/reference/README.md."""

from pathlib import Path

import numpy as np
import pytest

from tests.python_layers.running import run_python

RECORDED = Path(__file__).parents[1] / "reference/python_layers"
ANCHORS = "'feat_stride': 16\n'scales': [2, 4, 6]\n"
ALL = ANCHORS + "'rpn_batchsize': 100000\n'rpn_fg_fraction': 1.0\n"
FASTER_RCNN = {
    "prop0": ("proposal_layer", "ProposalLayer", ANCHORS, "TRAIN"),
    "prop1": ("proposal_layer", "ProposalLayer", ANCHORS, "TEST"),
    "anch0": ("anchor_target_layer", "AnchorTargetLayer", ALL, "TRAIN"),
    "anch1": (
        "anchor_target_layer", "AnchorTargetLayer", ALL + "'rpn_normalize_targets': True", "TRAIN",
    ),
    "targ0": (
        "proposal_target_layer", "ProposalTargetLayer",
        "'num_classes': 21\n'batch_size': 100000\n'fg_fraction': 0.5", "TRAIN",
    ),
}  # fmt: skip


def arrays(recorded, prefix):
    return [recorded[name] for name in sorted(recorded.files) if name.startswith(prefix)]


def rows(values):
    return values.reshape(len(values), -1)


@pytest.mark.parametrize("name", FASTER_RCNN)
def test_faster_rcnn(name):
    module, layer, param, phase = FASTER_RCNN[name]
    with np.load(RECORDED / "faster_rcnn.npz") as recorded:
        bottoms, wanted = arrays(recorded, f"{name}_in"), arrays(recorded, f"{name}_out")
    if layer == "AnchorTargetLayer":
        bottoms.append(np.zeros((1, 3, 2, 2)))
    run = run_python(
        f"rpn.{module}", layer, *bottoms,
        tops=len(wanted), param_str=param, phase=phase, dtype=np.float32,
    )  # fmt: skip
    found, wanted = [rows(blob.data) for blob in run.top], [rows(values) for values in wanted]
    if layer == "ProposalTargetLayer":  # regions come in a drawn order
        found, wanted = (
            [part[np.lexsort(parts[0].T)] for part in parts] for parts in (found, wanted)
        )
    assert len(wanted[0]) > 0
    for part, its in zip(found, wanted, strict=True):
        assert part.shape == its.shape
        np.testing.assert_allclose(part, its, rtol=1e-6, atol=2e-6)


@pytest.fixture
def detectnet():
    with np.load(RECORDED / "detectnet.npz") as recorded:
        return dict(recorded)


def test_clusters_of_detectnet(detectnet):
    run = run_python(
        "caffe.layers.detectnet.clustering", "ClusterDetections", detectnet["cov"], detectnet["bx"],
        tops=2, param_str="192, 160, 16, 0.3, 1, 0.1, 22, 2", dtype=np.float32,
    )  # fmt: skip
    for index, blob in enumerate(run.top):
        np.testing.assert_array_equal(blob.data, detectnet[f"det{index}"])
        assert blob.data[..., 2].any()


def test_truth_of_detectnet(detectnet):
    coverage = detectnet["cov"] * (detectnet["cov"] > 0.93)
    run = run_python(
        "caffe.layers.detectnet.clustering", "ClusterGroundtruth", coverage, detectnet["bx"],
        tops=2, param_str="192, 160, 16, 2", dtype=np.float32,
    )  # fmt: skip
    for index, blob in enumerate(run.top):  # NVCaffe's order is that of a set
        for found, wanted in zip(blob.data, detectnet[f"gt{index}"], strict=True):
            assert sorted(map(tuple, found)) == sorted(map(tuple, wanted))


def test_scores_of_detectnet(detectnet):
    truth = np.where(np.arange(50)[:, None] < 25, detectnet["det1"], 0)
    run = run_python(
        "caffe.layers.detectnet.mean_ap", "ScoreDetections", truth, detectnet["det0"],
        dtype=np.float32,
    )  # fmt: skip
    np.testing.assert_array_equal(run.top[0].data, detectnet["sc"])
    assert set(np.unique(run.top[0].data[..., 4])) == {0, 1, 2, 3}
    run = run_python(
        "caffe.layers.detectnet.mean_ap", "mAP", detectnet["sc"], tops=3, dtype=np.float32
    )
    for index, blob in enumerate(run.top):
        np.testing.assert_array_equal(blob.data, detectnet[f"map{index}"])
