"""Layers that do the work of those behind them in training, against each by itself: bit for bit."""

import copy

import numpy as np
import pytest

import blobnet
from blobnet.ops import standardized
from blobnet.ops.jit import compiled

pytestmark = pytest.mark.skipif(compiled("standardized_kernel") is None, reason="no kernels here")

RELU = 'layer { name: "relu" type: "ReLU" bottom: "c" top: "c" }'
SCALE = """layer { name: "scale" type: "Scale" bottom: "c" top: "c"
    scale_param { bias_term: true filler { type: "gaussian" std: 1 } } }"""
TEXT = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 2 dim: 8 dim: 7 } } }
layer { name: "t" type: "Input" top: "t" input_param { shape { dim: 3 dim: 5 dim: 6 dim: 5 } } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "c" convolution_param {
    num_output: 5 kernel_size: 3 weight_filler { type: "gaussian" std: 1 } } }
layer { name: "norm" type: "BatchNorm" bottom: "c" top: "c" }
SCALE
RELU
layer { name: "loss" type: "EuclideanLoss" bottom: "c" bottom: "t" top: "loss" }
"""
TEXTS = {
    "with a rectifier": TEXT.replace("SCALE", SCALE).replace("RELU", RELU),
    "without": TEXT.replace("SCALE", SCALE).replace("RELU", ""),
}


@pytest.fixture(params=TEXTS)
def text(request):
    return TEXTS[request.param]


@pytest.fixture
def joined(monkeypatch):
    """How often layers were joined forward and backward."""
    calls = {"forward": 0, "backward": 0}
    for name in calls:
        whole = getattr(standardized, name)

        def run(*args, name=name, whole=whole, **options):
            calls[name] += 1
            return whole(*args, **options)

        monkeypatch.setattr(standardized, name, run)
    return calls


def net_of(text, phase="TRAIN"):
    net = blobnet.Net(blobnet.parse_net(text), phase, seed=3)
    rng = np.random.default_rng(4)
    for name in net.inputs:
        net.blobs[name].data[...] = rng.normal(size=net.blobs[name].shape)
    return net


def watch(net, *, forward=True, backward=True):
    """Have somebody look, so that every layer runs by itself."""
    net.callbacks.before_forward[:] = [lambda index: None] if forward else []
    net.callbacks.before_backward[:] = [lambda index: None] if backward else []


def arrays_of(net):
    yield from (blob.data for blob in net.blobs.values())
    for blobs in net.params.values():
        yield from (array for blob in blobs for array in (blob.data, blob.diff))
    yield from (blob.diff for name, blob in net.blobs.items() if name not in net.inputs)


def assert_same(net, other):
    for found, expected in zip(arrays_of(net), arrays_of(other), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert net.params["scale"][0].diff.any()


def passes(net, times=2):
    for _ in range(times):
        net.forward_backward()
    return net


def test_no_bit_differs_from_one_after_the_other(text, joined):
    net, other = net_of(text), net_of(text)
    watch(other)
    assert_same(passes(net), passes(other))
    assert joined == {"forward": 2, "backward": 2}


@pytest.mark.parametrize("forward", [True, False])
def test_who_looks_in_one_direction_only_changes_nothing(forward, text, joined):
    net, other = net_of(text), net_of(text)
    watch(other)
    watch(net, forward=forward, backward=not forward)
    passes(net)  # what Scale would have kept is made again
    assert joined == {"forward": 0 if forward else 2, "backward": 0}
    assert_same(net, passes(other))


def test_a_net_that_was_watched_joins_again(joined):
    net, other = (net_of(TEXTS["with a rectifier"]) for _ in range(2))
    for each in (net, other):
        passes(each)
        watch(each)
        passes(each)
    watch(net, forward=False, backward=False)
    assert_same(passes(net), passes(other))
    assert joined == {"forward": 6, "backward": 6}


def test_a_part_of_the_layers_runs_by_itself(joined):
    net, other = (net_of(TEXTS["with a rectifier"]) for _ in range(2))
    watch(other)
    for each in (net, other):
        each.forward(end="scale")
        each.forward(start="relu")
        each.backward(end="relu")
        each.backward(start="scale")
    assert joined == {"forward": 0, "backward": 0}
    assert_same(net, other)


def test_scale_keeps_nothing(joined):
    net = passes(net_of(TEXTS["without"]))
    scale, norm = net.layers[net.layer_names.index("scale")], net.layers[3]
    assert scale._saved_input._copy.size == 0
    assert norm._saved_input._copy.size == net.blobs["c"].data.size


def test_a_copy_joins_as_well(joined):
    net = net_of(TEXTS["with a rectifier"])
    other = copy.deepcopy(net)
    assert_same(passes(net), passes(other))
    assert joined == {"forward": 4, "backward": 4}


WITH = TEXTS["with a rectifier"]
NOT_JOINED = {
    "a top beside the bottom": WITH.replace('bottom: "c" top: "c"', 'bottom: "c" top: "n"', 1)
    .replace('bottom: "c" top: "c"', 'bottom: "n" top: "n"')
    .replace('"EuclideanLoss" bottom: "c"', '"EuclideanLoss" bottom: "n"'),
    "another slope": WITH.replace(
        '"relu" type: "ReLU"', '"relu" type: "ReLU" relu_param { negative_slope: 0.1 }'
    ),
    "a limit": WITH.replace("bias_term: true", "bias_term: true max_value: 0.5"),
    "no bias": WITH.replace("bias_term: true", ""),
    "a factor that does not learn": WITH.replace(
        "scale_param", "param { lr_mult: 0 } param { lr_mult: 1 } scale_param"
    ),
    "one factor for all": WITH.replace("bias_term: true", "bias_term: true axis: 0 num_axes: 0"),
    "stored statistics": WITH.replace(
        '"norm" type: "BatchNorm"',
        '"norm" type: "BatchNorm" batch_norm_param { use_global_stats: true }',
    ),
    "parts of a batch": WITH.replace(
        '"norm" type: "BatchNorm"',
        '"norm" type: "BatchNorm" batch_norm_param { stats_batch_size: 1 }',
    ),
}


@pytest.mark.parametrize("name", NOT_JOINED)
def test_only_what_is_the_same_is_joined(name, joined):
    net, other = net_of(NOT_JOINED[name]), net_of(NOT_JOINED[name])
    watch(other)
    passes(net), passes(other)
    for found, expected in zip(arrays_of(net), arrays_of(other), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert joined["forward"] == (2 if name == "another slope" else 0)  # there, without the ReLU


def test_a_layer_with_a_method_of_its_own_runs_by_itself(joined):
    net, seen = net_of(TEXTS["with a rectifier"]), []
    scale = net.layers[net.layer_names.index("scale")]
    forward_cpu = scale.forward_cpu
    scale.forward_cpu = lambda bottom, top: (seen.append(1), forward_cpu(bottom, top))
    passes(net)
    assert (len(seen), joined) == (2, {"forward": 0, "backward": 0})


def test_another_shape_is_joined_too(joined):
    net, other = (net_of(TEXTS["without"]) for _ in range(2))
    watch(other)
    for each in (net, other):
        passes(each)
        for name, shape in (("x", (2, 2, 9, 9)), ("t", (2, 5, 7, 7))):
            each.blobs[name].reshape(*shape)
            each.blobs[name].data[...] = np.arange(np.prod(shape)).reshape(shape) % 7
        passes(each)
    assert_same(net, other)
    assert joined == {"forward": 4, "backward": 4}
