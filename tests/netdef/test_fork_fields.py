from __future__ import annotations

import logging

import pytest

from blobnet import LayerError, Net, NetError, SolverError, get_solver, parse_net, parse_solver
from blobnet.netdef import fork_fields, settle_net, settle_solver
from blobnet.proto import NetParameter, PoolingParameter, SolverParameter

INPUT = """
    layer { name: "data" type: "Input" top: "data"
            input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
"""


def pooling(settings: str, layer: str = "") -> NetParameter:
    return parse_net(
        f'{INPUT} layer {{ name: "pool" type: "Pooling" bottom: "data" top: "pool" {layer} '
        f"pooling_param {{ kernel_size: 2 {settings} }} }}"
    )


def settled(net: NetParameter, known: bool = True) -> None:
    settle_net(net, lambda name: known)


# --- what has no effect ---------------------------------------------------------------------------


def test_fields_without_effect_are_named_once_with_fork_and_number_of_layers(caplog):
    caplog.set_level(logging.INFO, logger="blobnet.netdef.fork_fields")
    net = pooling("engine: MKL2017", 'engine: "MKLDNN" forward_type: FLOAT16')
    net.layer.add(name="again", type="ReLU", engine="MKL2017")
    net.default_forward_type = net.default_backward_type = 2
    settled(net)
    (line,) = caplog.messages
    assert line.startswith("ignored, without effect here: ")
    for part in (
        "engine (Intel) in 2 layers",
        "engine: MKL2017 (Intel) in 1 layer",
        "forward_type (NVCaffe) in 1 layer",
        "default_forward_type (NVCaffe);",
    ):
        assert part in line


def test_nothing_is_said_of_plain_caffe(caplog):
    caplog.set_level(logging.INFO, logger="blobnet.netdef.fork_fields")
    settled(pooling("engine: CUDNN round_mode: FLOOR"))
    settle_solver(SolverParameter(base_lr=1, device_id=3))
    assert caplog.messages == []


def test_a_solvers_are_named_too(caplog):
    caplog.set_level(logging.INFO, logger="blobnet.netdef.fork_fields")
    settle_solver(parse_solver('engine: "MKLDNN" solver_data_type: FLOAT16'))
    assert caplog.messages == [
        "ignored, without effect here: engine (Intel); solver_data_type (NVCaffe)"
    ]


# --- what cannot be obeyed ------------------------------------------------------------------------


# These stand for all: whoever teaches a layer to read one takes another.
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("blobs_a_min: 0.5", "blobs_a_min: 0.5 (caffe-windows)"),
        ("blobs_lr: 0.5", "blobs_lr: 0.5 (caffe-windows)"),
        ("bin_size: 2", "bin_size: 2 (ParseNet)"),
        ("pool: LOWRES", "pool: LOWRES (caffe-windows)"),
    ],
)
def test_a_field_that_nothing_reads_yet_is_refused_with_layer_and_fork(settings, told):
    net = pooling(settings)
    with pytest.raises(LayerError) as caught:
        settled(net)
    expected = f'Pooling layer "pool": {told} is not supported yet'
    assert str(caught.value).startswith(expected)


def test_all_of_them_are_told_at_once():
    net = pooling("blobs_lr: 2 bin_size: 2")
    net.layer.add(name="other", type="Pooling").pooling_param.pool = PoolingParameter.DEF
    with pytest.raises(LayerError) as caught:
        settled(net)
    for told in ("blobs_lr", "bin_size", 'Pooling layer "other": pool: DEF'):
        assert told in str(caught.value)


def test_within_fillers_too(monkeypatch):
    monkeypatch.setattr(fork_fields, "NOT_YET", {("FillerParameter", "diag_val")})
    net = NetParameter()
    layer = net.layer.add(name="ip", type="InnerProduct")
    layer.inner_product_param.weight_filler.diag_val.append(1)
    with pytest.raises(LayerError, match=r"diag_val \(FlowNet2, Hidden-Two-Stream\)"):
        settled(net)


def test_what_is_set_to_its_default_asks_for_nothing():
    settled(pooling("blobs_a_min: 0.0001"))
    settle_solver(parse_solver('eval_type: "classification" larc: false'))


def test_of_a_type_that_nobody_knows_nothing_is_said_here():
    settled(pooling("blobs_lr: 2"), known=False)


def test_a_nets_own_field(monkeypatch):
    monkeypatch.setattr(fork_fields, "NOT_YET", {("NetParameter", "bn_stats_batch_size")})
    with pytest.raises(NetError, match=r"^bn_stats_batch_size: 32 \(Intel\) is not supported yet"):
        settled(parse_net("bn_stats_batch_size: 32"))


def test_a_net_is_not_made():
    with pytest.raises(LayerError, match="blobs_lr"):
        Net(pooling("blobs_lr: 2"), phase="TEST")


def test_a_layer_that_does_not_run_does_not_matter():
    net = pooling("blobs_lr: 2", "include { phase: TRAIN }")
    assert Net(net, phase="TEST").layer_names == ["data"]


def test_a_solver_is_not_made():
    solver = parse_solver("base_lr: 1 test_before_snapshot: true test_and_snapshot_last_epochs: 3")
    solver.net_param.CopyFrom(pooling(""))
    with pytest.raises(SolverError, match="the solver has settings that are not supported yet"):
        get_solver(solver)


def test_the_log_says_where_a_fork_rounds_numbers(caplog):
    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 2, 3, 3] } } }
        layer { name: "conv" type: "Convolution" bottom: "x" top: "y" engine: "MKLDNN"
          convolution_param { num_output: 1 kernel_size: 1 coeff: [0.5, 2] }
          quantization_param { bw_layer_in: 8 } }"""
    with caplog.at_level("INFO"):
        Net(parse_net(text), phase="TEST")
    lines = [record.getMessage() for record in caplog.records]
    assert "ignored, without effect here: engine (Intel) in 1 layer" in lines
    (line,) = [line for line in lines if line.startswith("ignored: numbers stay floats here")]
    assert "quantization_param" in line
    assert "coeff (Intel) in 1 layer" in line
