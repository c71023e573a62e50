"""One definition, several nets: by phase, level and stage, and for inputs of other sizes."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import TEST, TRAIN, LayerError, Net, NetError, parse_net
from blobnet.definitions import definition_of, layers_to_run

ALL_IN_ONE = """
    name: "all in one"
    layer { name: "train_data" type: "DummyData" top: "data" top: "label"
            dummy_data_param { shape { dim: 8 dim: 6 } shape { dim: 8 } }
            include { phase: TRAIN stage: "train" } }
    layer { name: "val_data" type: "DummyData" top: "data" top: "label"
            dummy_data_param { shape { dim: 2 dim: 6 } shape { dim: 2 } }
            include { phase: TEST stage: "val" } }
    layer { name: "deploy_data" type: "Input" top: "data"
            input_param { shape { dim: 1 dim: 6 } } include { phase: TEST stage: "deploy" } }
    layer { name: "hidden" type: "InnerProduct" bottom: "data" top: "hidden"
            inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
    layer { name: "deep" type: "InnerProduct" bottom: "hidden" top: "hidden_deep"
            inner_product_param { num_output: 5 } include { min_level: 1 } }
    layer { name: "ip" type: "InnerProduct" bottom: "hidden" top: "ip"
            inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss"
            include { phase: TRAIN stage: "train" } include { phase: TEST stage: "val" } }
    layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy"
            include { phase: TEST stage: "val" } }
    layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob"
            exclude { stage: "train" } exclude { stage: "val" } }
"""
BODY = ["hidden", "ip"]


def without_splits(net: Net) -> list[str]:
    return [name for name in net.layer_names if not name.endswith("_split")]


@pytest.mark.parametrize(
    ("phase", "stage", "names", "inputs", "outputs"),
    [
        ("TRAIN", "train", ["train_data", *BODY, "loss"], [], ["loss"]),
        (
            "TEST", "val", ["val_data", *BODY, "loss", "accuracy"], [],
            ["accuracy", "loss"],
        ),
        ("TEST", "deploy", ["deploy_data", *BODY, "prob"], ["data"], ["prob"]),
    ],
)  # fmt: skip
def test_training_validation_and_deployment_from_one_text(phase, stage, names, inputs, outputs):
    net = Net(parse_net(ALL_IN_ONE), phase, stages=[stage], seed=1)
    assert without_splits(net) == names
    assert (net.inputs, net.outputs) == (inputs, outputs)
    assert set(net.forward()) == set(outputs)
    net.backward()
    assert list(net.params) == BODY


def test_the_weights_of_one_fit_into_the_others():
    trained = Net(parse_net(ALL_IN_ONE), "TRAIN", stages=["train"], seed=1)
    deployed = Net(
        parse_net(ALL_IN_ONE), "TEST", stages=["deploy"], weights=trained.to_proto(), seed=2
    )
    for name in BODY:
        np.testing.assert_array_equal(deployed.params[name][0].data, trained.params[name][0].data)


def test_a_level_adds_layers():
    net = Net(parse_net(ALL_IN_ONE), "TEST", stages=["deploy"], level=1)
    assert "deep" in net.layer_names
    assert net.outputs == ["hidden_deep", "prob"]


def test_a_stage_that_leaves_out_a_producer_is_told():
    with pytest.raises(NetError, match="Unknown bottom blob 'data'"):
        Net(parse_net(ALL_IN_ONE), "TEST")


# --- inputs of other sizes ------------------------------------------------------------------------

IMAGES = """
    layer { name: "in" type: "Input" top: "data"
            input_param { shape { dim: 1 dim: 3 dim: 20 dim: 20 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
            convolution_param { num_output: 5 kernel_size: 3 stride: 2
            weight_filler { type: "gaussian" std: 0.5 } bias_filler { type: "uniform" } } }
    layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
    layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
            pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
    layer { name: "norm" type: "LRN" bottom: "pool" top: "norm" lrn_param { alpha: 2 } }
    layer { name: "mean" type: "Pooling" bottom: "norm" top: "mean"
            pooling_param { pool: AVE global_pooling: true } }
    layer { name: "soft" type: "Softmax" bottom: "norm" top: "soft" }
    force_backward: true
"""


def images(shape: tuple[int, ...]) -> Net:
    text = " ".join(f"dim: {size}" for size in shape)
    return Net(parse_net(IMAGES.replace("dim: 1 dim: 3 dim: 20 dim: 20", text)), seed=1)


def run(net: Net, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Outputs and gradients for random images of the net's present size."""
    net.forward(data=rng.normal(size=net.blobs["data"].shape))
    net.clear_param_diffs()
    diffs = {name: rng.normal(size=net.blobs[name].shape) for name in net.outputs}
    result = {"data diff": net.backward(**diffs)["data"].copy()}
    result.update({name: net.blobs[name].data.copy() for name in net.outputs})
    result["conv diff"] = net.params["conv"][0].diff.copy()
    return result


@pytest.mark.parametrize("reshape_first", [True, False])
def test_a_net_given_another_size_computes_what_one_made_for_it_computes(reshape_first):
    net = images((1, 3, 20, 20))
    for shape in ((1, 3, 20, 20), (2, 3, 33, 15), (1, 3, 7, 9), (4, 3, 40, 41), (1, 3, 20, 20)):
        net.blobs["data"].reshape(shape)
        if reshape_first:
            net.reshape()
            assert net.blobs["mean"].shape == (shape[0], 5, 1, 1)
        fresh = images(shape)
        assert fresh.outputs == net.outputs == ["mean", "soft"]
        if not reshape_first:  # so that the gradients' shapes are known
            net.forward()
        expected, computed = (run(each, np.random.default_rng(2)) for each in (fresh, net))
        for name, values in expected.items():
            assert computed[name].shape == values.shape
            np.testing.assert_allclose(computed[name], values, rtol=1e-5, atol=1e-6, err_msg=name)


def test_weights_do_not_follow_the_size():
    net = images((1, 3, 20, 20))
    before = [blob.data for blob in net.params["conv"]]
    net.blobs["data"].reshape(3, 3, 50, 50)
    net.reshape()
    assert all(blob.data is data for blob, data in zip(net.params["conv"], before, strict=True))


# --- what the nets are made of --------------------------------------------------------------------

TWO_LAYERS = """
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 } } }
    layer { name: "own" type: "Power" bottom: "x" top: "y" phase: TRAIN blobs { data: 1 data: 2 } }
    layer { name: "other" type: "Power" bottom: "x" top: "z" }
"""


def test_every_layer_that_runs_has_its_own_phase_or_that_of_the_state():
    running = layers_to_run(
        definition_of(parse_net(TWO_LAYERS), "TEST", None, ()), allow_python=True
    )
    phases = {layer.name: layer.phase for layer in running.layer if layer.HasField("phase")}
    assert phases == {"in": TEST, "x_in_0_split": TEST, "own": TRAIN, "other": TEST}


def test_weights_move_to_the_layers_that_run_and_stay_with_the_caller():
    given = parse_net(TWO_LAYERS)
    before = given.SerializeToString()
    definition = definition_of(given, "TEST", None, ())
    running = layers_to_run(definition, allow_python=True)
    moved = {layer.name: list(layer.blobs[0].data) for layer in running.layer if layer.blobs}
    assert moved == {"own": [1, 2]}
    assert not any(layer.blobs for layer in definition.layer)
    assert given.SerializeToString() == before


# --- Python layers --------------------------------------------------------------------------------

FOREIGN = """
    layer {{ name: "in" type: "Input" top: "x" top: "y" input_param {{ shape {{ dim: 2 }} }} }}
    layer {{ name: "loss" type: "Python" bottom: "x" bottom: "y" top: "loss"
             python_param {{ module: "{module}" layer: "EuclideanLossLayer" }} }}
"""


def test_where_no_python_is_allowed_the_built_in_module_runs_and_never_the_users(
    tmp_path, monkeypatch
):
    (tmp_path / "pyloss.py").write_text("raise RuntimeError('run all the same')")
    monkeypatch.syspath_prepend(tmp_path)
    given = parse_net(FOREIGN.format(module="pyloss"))
    net = Net(given, phase="TEST", allow_python=False)
    net.forward(x=[1.0, 2.0], y=[1.0, 5.0])
    assert net.blobs["loss"].data == 9 / 2 / 2
    assert given.layer[1].python_param.module == "pyloss"
    Net(net.to_proto(), phase="TEST", allow_python=False).forward()  # which names it in full
    with pytest.raises(RuntimeError, match="run all the same"):
        Net(given, phase="TEST")


def test_where_no_python_is_allowed_any_other_module_is_refused():
    for module in ("os", "_boxes", "blobnet.python_layers.pyloss.x"):
        with pytest.raises(LayerError, match=f'"loss" is not run(.*\\n)*.*{module}'):
            Net(parse_net(FOREIGN.format(module=module)), phase="TEST", allow_python=False)
