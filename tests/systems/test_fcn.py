"""FCN's nets on a small folder in the layout of each of its data sets: a step of training."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import Net, parse_net

pytest.importorskip("PIL.Image")

from tests.python_layers.fcn_folders import SIZE, write_data

CONV = """layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}"
    convolution_param {{ num_output: {outputs} kernel_size: {kernel} pad: {pad}
        weight_filler {{ type: "xavier" }} }} }}"""
POOL = """layer {{ name: "relu{i}" type: "ReLU" bottom: "conv{i}" top: "conv{i}" }}
    layer {{ name: "pool{i}" type: "Pooling" bottom: "conv{i}" top: "pool{i}"
        pooling_param {{ pool: MAX kernel_size: 2 stride: 2 }} }}"""
UP = """layer {{ name: "{name}" type: "Deconvolution" bottom: "{bottom}" top: "{name}"
    param {{ lr_mult: 0 }} convolution_param {{ num_output: {outputs} group: {outputs}
        bias_term: false kernel_size: {kernel} stride: {stride}
        weight_filler {{ type: "bilinear" }} }} }}"""
CROP = """layer {{ name: "{name}" type: "Crop" bottom: "{bottom}" bottom: "{like}" top: "{name}"
    crop_param {{ axis: 2 offset: {offset} }} }}"""
SUM = 'layer {{ name: "{name}" type: "Eltwise" bottom: "{a}" bottom: "{b}" top: "{name}" }}'
LOSS = """layer {{ name: "loss_{label}" type: "SoftmaxWithLoss" bottom: "{score}"
    bottom: "{label}" top: "loss_{label}"
    loss_param {{ ignore_label: 255 normalize: false }} }}"""


def data(module, layer, tops, param):
    named = " ".join(f'top: "{top}"' for top in tops)
    return f"""layer {{ name: "data" type: "Python" {named}
        python_param {{ module: "{module}" layer: "{layer}" param_str: "{param}" }} }}"""


def scores(classes, which):
    """FCN-8s' upper part: what is seen at a stride of 32, 16 and 8 adds up."""
    at = {name: f"{name}_{which}" for name in ("fr", "up2", "s4", "c4", "f4", "up4", "s3", "c3")}
    return [
        CONV.format(name=at["fr"], bottom="fc6", outputs=classes, kernel=1, pad=0),
        UP.format(name=at["up2"], bottom=at["fr"], outputs=classes, kernel=4, stride=2),
        CONV.format(name=at["s4"], bottom="pool4", outputs=classes, kernel=1, pad=0),
        CROP.format(name=at["c4"], bottom=at["s4"], like=at["up2"], offset=5),
        SUM.format(name=at["f4"], a=at["up2"], b=at["c4"]),
        UP.format(name=at["up4"], bottom=at["f4"], outputs=classes, kernel=4, stride=2),
        CONV.format(name=at["s3"], bottom="pool3", outputs=classes, kernel=1, pad=0),
        CROP.format(name=at["c3"], bottom=at["s3"], like=at["up4"], offset=9),
        SUM.format(name=f"f3_{which}", a=at["up4"], b=at["c3"]),
        UP.format(name=f"up8_{which}", bottom=f"f3_{which}", outputs=classes, kernel=16, stride=8),
        CROP.format(name=f"score_{which}", bottom=f"up8_{which}", like="data", offset=31),
        LOSS.format(score=f"score_{which}", label=which),
    ]


def fcn8s(source, tasks):
    parts, bottom = [source], "data"
    for i in range(1, 6):
        pad = 100 if i == 1 else 1
        parts.append(CONV.format(name=f"conv{i}", bottom=bottom, outputs=4, kernel=3, pad=pad))
        parts.append(POOL.format(i=i))
        bottom = f"pool{i}"
    parts.append(CONV.format(name="fc6", bottom="pool5", outputs=4, kernel=7, pad=0))
    for which, classes in tasks.items():
        parts += scores(classes, which)
    return "\n".join(parts)


MEAN = "'mean': (104.00699, 116.66877, 122.67892)"
SETS = {
    "VOC": (
        "voc_layers", "VOCSegDataLayer",
        "'voc_dir': '{0}/pascal/VOC2011', 'seed': 1337, 'split': 'seg11valid', " + MEAN,
        {"label": 21},
    ),
    "SBDD": (
        "voc_layers", "SBDDSegDataLayer",
        "'sbdd_dir': '{0}/sbdd/dataset', 'seed': 1337, 'split': 'train', " + MEAN,
        {"label": 21},
    ),
    "PASCAL-Context": (
        "pascalcontext_layers", "PASCALContextSegDataLayer",
        "'voc_dir': '{0}/pascal', 'context_dir': '{0}/pascal-context', 'seed': 1, 'split': 'train'",
        {"label": 60},
    ),
    "SIFT Flow": (
        "siftflow_layers", "SIFTFlowSegDataLayer",
        "'siftflow_dir': '{0}/sift-flow', 'seed': 1337, 'split': 'trainval'",
        {"sem": 33, "geo": 3},
    ),
    "NYUD": (
        "nyud_layers", "NYUDSegDataLayer",
        "'nyud_dir': '{0}/nyud', 'split': 'trainval', 'tops': ['color', 'label'], 'seed': 1337",
        {"label": 40},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_a_step_on_each_data_set(name, tmp_path, rng):
    module, layer, param, tasks = SETS[name]
    root = write_data(tmp_path, rng).as_posix()
    source = data(module, layer, ["data", *tasks], "{" + param.format(root) + "}")
    net = Net(parse_net(fcn8s(source, tasks)), phase="TRAIN", seed=1)
    losses = net.forward()
    for which, classes in tasks.items():
        assert net.blobs[f"score_{which}"].shape == (1, classes, *SIZE)
        assert net.blobs[which].shape == (1, 1, *SIZE)
        assert np.isfinite(losses[f"loss_{which}"])
    net.clear_param_diffs()
    net.backward()
    assert np.abs(net.params["conv1"][0].diff).max() > 0
