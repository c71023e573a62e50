"""Whoever works in place, gradients are those of a net in which every layer has its own top."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError
from blobnet.proto import NetParameter
from tests.conformance.case import Case, make
from tests.conformance.catalogue import CASES

ABOVE = {
    "Bias": "bias_param { filler { type: 'gaussian' std: 1 } axis: 0 num_axes: 1 }",
    "BNLL": "",
    "BatchNorm": "",
    "Clip": "clip_param { min: 0.1 max: 0.6 }",
    "Concat": "",
    "Dropout": "",
    "ELU": "elu_param { alpha: 0.7 }",
    "Exp": "exp_param { scale: 0.3 }",
    "LRN": "lrn_param { local_size: 3 alpha: 2 }",
    "Log": "log_param { shift: 40 }",
    "MVN": "",
    "PReLU": "",
    "Power": "power_param { power: 3 shift: 0.2 }",
    "ReLU": "relu_param { negative_slope: -0.4 }",
    "Scale": "scale_param { filler { type: 'gaussian' std: 1 } axis: 0 num_axes: 1 }",
    "Sigmoid": "",
    "Softmax": "",
    "Swish": "",
    "TanH": "",
    "CubeInPlace": "",
}


@blobnet.register_layer("CubeInPlace")
class CubeInPlace(blobnet.Layer):
    """A layer as users write them, who think of no memory at all."""

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = bottom[0].data ** 3

    def backward_cpu(self, top, propagate_down, bottom):
        if propagate_down[0]:
            bottom[0].diff[...] = 3 * bottom[0].data ** 2
            bottom[0].diff[...] *= top[0].diff


@blobnet.register_layer("ProductByRows")
class ProductByRows(blobnet.Layer):
    """Row i of the first bottom times the last row but i of the second: no row must be gone."""

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        for row, other in zip(range(len(top[0].data)), bottom[1].data[::-1], strict=True):
            top[0].data[row] = bottom[0].data[row] * other

    def backward_cpu(self, top, propagate_down, bottom):
        dy = top[0].diff.copy()
        if propagate_down[0]:
            bottom[0].diff[...] = dy * bottom[1].data[::-1]
        if propagate_down[1]:
            bottom[1].diff[...] = (dy * bottom[0].data)[::-1]


@blobnet.register_layer("DoubleWhereItLies")
class DoubleWhereItLies(blobnet.Layer):
    """One that only ever touches its top, and relies on its being the bottom."""

    def reshape(self, bottom, top):
        pass

    def forward_cpu(self, bottom, top):
        top[0].data *= 2

    def backward_cpu(self, top, propagate_down, bottom):
        top[0].diff *= 2
        if bottom[0] is not top[0] and propagate_down[0]:
            bottom[0].diff[...] = top[0].diff


@blobnet.register_layer("NegativeByAlias")
class NegativeByAlias(blobnet.Layer):
    """One that takes its bottom's memory for its top, and writes there."""

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])
        top[0].share_data(bottom[0])

    def forward_cpu(self, bottom, top):
        np.negative(bottom[0].data, out=top[0].data)

    def backward_cpu(self, top, propagate_down, bottom):
        if propagate_down[0]:
            bottom[0].diff[...] = -top[0].diff


def layer(name: str, type_name: str, bottoms: list[str], tops: list[str], more: str = "") -> str:
    blobs = " ".join([*(f'bottom: "{b}"' for b in bottoms), *(f'top: "{t}"' for t in tops)])
    return f'layer {{ name: "{name}" type: "{type_name}" {blobs} {more} }}\n'


def given(name: str, shape: tuple[int, ...]) -> str:
    dims = " ".join(f"dim: {length}" for length in shape)
    return layer(name, "Input", [], [name], f"input_param {{ shape {{ {dims} }} }}")


def objective(bottom: str) -> str:
    """A loss to which every value counts differently."""
    return layer("end", "Power", [bottom], ["end"], "power_param { power: 2 } loss_weight: 1")


@lru_cache(maxsize=1000)
def parsed(text: str) -> NetParameter:
    return blobnet.parse_net(text)


def gradients(texts, values: dict[str, np.ndarray], weights=None, phase="TRAIN"):
    """The loss, and the gradients of all inputs and weights, of a second pass.

    texts  of the net: one, or several of which each is parsed once only
    """
    param = NetParameter(force_backward=True)
    for text in [texts] if isinstance(texts, str) else texts:
        param.MergeFrom(parsed(text))
    net = blobnet.Net(param, phase, seed=5, dtype="float64")
    for name, blobs in net.params.items():
        if name == "below" and weights is not None:
            rng = np.random.default_rng(7)
            for blob in blobs:
                blob.data[...] = weights(rng, blob.shape)
    state = net.get_state()
    for _ in range(2):  # the first must leave nothing behind that changes the second
        net.set_state(state)
        net.clear_param_diffs()
        for name, array in values.items():
            net.blobs[name].data[...] = array
        net.forward()
        net.backward()
    found = {name: net.blobs[name].diff.copy() for name in values}
    for name, blobs in net.params.items():
        found |= {f"{name} {i}": blob.diff.copy() for i, blob in enumerate(blobs)}
    found["loss"] = np.array(net.loss)
    return found


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name, expected in other.items():
        np.testing.assert_allclose(one[name], expected, rtol=1e-12, atol=1e-12, err_msg=name)


def below(type_name: str, case: Case, tops: list[str], in_place: bool = False):
    """The text of a layer on inputs of its own, and their values; its first bottom is "h"."""
    rng = np.random.default_rng(3)
    arrays = [np.asarray(draw(3, rng), np.float64) for draw in case.bottoms]
    values = {f"x{i}": array for i, array in enumerate(arrays)}
    text = "".join(given(name, array.shape) for name, array in values.items())
    names = [*values]
    if names:
        text += layer("copy", "Power", names[:1], ["h"])
        names[0] = "h"
    tops = ["h"] if in_place else tops
    weights = f" loss_weight: {0}" * len(tops) if "Loss" in type_name else ""
    return text + layer("below", type_name, names, tops, case.options + weights), values


def pairs(type_name: str):
    """Every case with some layers above it, and the first with all of them; and its tops."""
    for number, case in enumerate(CASES[type_name]):
        if case.no_gradient:
            continue
        if "loss_weight" in case.options:  # nobody may work in place on what counts
            continue
        tops = [f"y{i}" for i in range(len(make(type_name, case).top))]
        for above in ABOVE if number == 0 else ("Scale", "CubeInPlace", "Dropout"):
            yield case, above, tops


def refused_by_the_layer_above(error: blobnet.LayerError) -> None:
    """It does not take this shape."""
    assert '"above"' in str(error)


@pytest.mark.parametrize("type_name", sorted(CASES))
def test_a_layer_in_place_above_changes_no_gradient(type_name):
    for case, above, tops in pairs(type_name):
        net, values = below(type_name, case, tops)
        for top in tops:
            results = []
            for name in (top, "z"):
                end = layer("above", above, [top], [name], ABOVE[above]) + objective(name)
                try:
                    results.append(gradients((net, end), values, case.weights, case.phase))
                except blobnet.LayerError as error:
                    refused_by_the_layer_above(error)
            if results:
                same(*results)


IN_PLACE = [
    name for name in CASES if name in ABOVE and name != "Concat" and not CASES[name][0].no_gradient
]


@pytest.mark.parametrize("above", sorted(ABOVE))
@pytest.mark.parametrize("type_name", IN_PLACE)
def test_two_layers_in_place_one_upon_the_other(type_name, above):
    for case in CASES[type_name]:
        if len(case.bottoms) > 1:
            continue
        results = []
        for first, second in (("h", "h"), ("y0", "z")):
            net, values = below(type_name, case, ["y0"], in_place=first == "h")
            end = layer("above", above, [first], [second], ABOVE[above]) + objective(second)
            try:
                results.append(gradients((net, end), values, case.weights, case.phase))
            except blobnet.LayerError as error:
                refused_by_the_layer_above(error)
        if results:
            same(*results)


LENDERS = {
    "Reshape": "reshape_param { shape { dim: 0 dim: -1 } }",
    "Flatten": "",
    "Concat": "",
    "Slice": "",
    "NegativeByAlias": "",
}


@pytest.mark.parametrize("above", ["ReLU", "Scale", "CubeInPlace", "DoubleWhereItLies"])
@pytest.mark.parametrize("order", ["before", "behind"])
@pytest.mark.parametrize("lender", LENDERS)
def test_in_place_behind_a_lender_while_another_reads_what_was_lent(lender, order, above):
    """x goes two ways: one through the lender, where it is overwritten, one to another reader."""
    x = np.random.default_rng(1).normal(size=(2, 3, 2, 2))

    def text(top: str) -> str:
        lent = layer("lent", lender, ["h"], ["r"], LENDERS[lender])
        lent += layer("above", above, ["r"], [top], ABOVE.get(above, ""))
        lent += layer("flat", "Flatten", [top], ["f"])
        other = layer("other", "Sigmoid", ["h"], ["s"]) + layer("flat2", "Flatten", ["s"], ["g"])
        ways = lent + other if order == "before" else other + lent
        both = layer("sum", "Eltwise", ["f", "g"], ["e"], "eltwise_param { coeff: 1 coeff: 2 }")
        copy = layer("copy", "Power", ["x"], ["h"], "power_param { scale: 2 }")
        return given("x", x.shape) + copy + ways + both + objective("e")

    apart = text("z")
    if above == "DoubleWhereItLies":  # it can do nothing but work in place
        double = 'type: "Power" power_param { scale: 2 }'
        apart = apart.replace('type: "DoubleWhereItLies"', double)
    same(gradients(text("r"), {"x": x}), gradients(apart, {"x": x}))


def test_a_blob_that_is_only_overwritten_by_name_is_not_copied():
    """Convolution, BatchNorm, Scale, ReLU: the usual chain keeps what it needs by itself."""
    text = given("x", (2, 3, 4, 4)) + layer(
        "conv", "Convolution", ["x"], ["h"], "convolution_param { num_output: 2 kernel_size: 3 }"
    )
    for name in ("BatchNorm", "Scale", "ReLU"):
        text += layer(name, name, ["h"], ["h"])
    net = blobnet.Net(blobnet.parse_net(text + objective("h")), "TRAIN")
    assert not any(wired.private_blobs for wired in net.wired)


def test_the_last_version_is_the_one_that_can_be_read():
    text = given("x", (2, 3)) + layer("a", "Sigmoid", ["x"], ["h"])
    text += layer("b", "Power", ["h"], ["h"], "power_param { scale: 10 }") + objective("h")
    net = blobnet.Net(blobnet.parse_net("force_backward: true " + text), "TRAIN")
    net.forward(x=np.zeros((2, 3)))
    np.testing.assert_array_equal(net.blobs["h"].data, np.full((2, 3), 5))
    net.backward()
    np.testing.assert_allclose(net.blobs["h"].diff, np.full((2, 3), 100))  # of the first version
    np.testing.assert_allclose(net.blobs["x"].diff, np.full((2, 3), 25))


@pytest.mark.parametrize("inference", [False, True])
@pytest.mark.parametrize(
    ("type_name", "more"),
    [
        ("Scale", "scale_param { axis: 0 }"),
        ("Bias", "bias_param { axis: 0 }"),
        ("Eltwise", "eltwise_param { operation: PROD }"),
        ("ProductByRows", ""),
    ],
)
def test_in_place_on_one_bottom_that_is_the_memory_of_the_other(type_name, more, inference):
    x = np.random.default_rng(1).normal(size=(4, 3))

    def text(top: str) -> str:
        text = given("x", x.shape) + layer(
            "copy", "Power", ["x"], ["h"], "power_param { shift: 1 }"
        )
        text += layer("flat", "Flatten", ["h"], ["r"])
        text += layer("both", type_name, ["r", "h"], [top], more)
        return text + layer("again", "Power", [top], ["y"])

    if inference:
        nets = [blobnet.Net(blobnet.parse_net(text(t)), "TEST", inference=True) for t in "rz"]
        found, expected = (net.forward(x=x)["y"] for net in nets)
        np.testing.assert_array_equal(found, expected)
    else:
        found, expected = (gradients(text(t) + objective("y"), {"x": x}) for t in "rz")
        same(found, expected)


def test_a_new_input_shape_reaches_the_copy():
    text = given("x", (2, 3)) + layer("a", "Sigmoid", ["x"], ["h"])
    text += layer("b", "CubeInPlace", ["h"], ["h"]) + objective("h")
    net = blobnet.Net(blobnet.parse_net("force_backward: true " + text), "TRAIN")
    net.blobs["x"].reshape(5, 4)
    net.forward(x=np.zeros((5, 4)))
    net.backward()
    np.testing.assert_allclose(net.blobs["x"].diff, np.full((5, 4), 2 * 0.125 * 3 * 0.25 * 0.25))


@pytest.mark.parametrize("inference", [False, True])
def test_an_output_is_not_overwritten_by_those_who_share_its_memory(inference):
    text = given("x", (2, 3)) + layer("twice", "Split", ["x"], ["a", "b"])
    text += layer("r", "Reshape", ["a"], ["r"], "reshape_param { shape { dim: 6 } }")
    text += layer("act", "ReLU", ["r"], ["r"])
    net = blobnet.Net(blobnet.parse_net(text), "TEST", inference=inference)
    x = np.array([[-1, 2, -3], [4, -5, 6]], np.float32)
    for _ in range(2):  # the input itself stays, too
        out = net.forward(x=x) if _ == 0 else net.forward()
        np.testing.assert_array_equal(out["b"], x)
        np.testing.assert_array_equal(out["r"], np.maximum(x, 0).ravel())
        np.testing.assert_array_equal(net.blobs["x"].data, x)


def test_a_parameter_is_not_overwritten_by_a_layer_in_place_above_it():
    text = 'layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 3 } } }'
    text += layer("act", "ReLU", ["w"], ["w"]) + objective("w")
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN", dtype="float64")
    net.params["w"][0].data[...] = [-1, 2, 3]
    net.forward()
    net.backward()
    np.testing.assert_array_equal(net.params["w"][0].data, [-1, 2, 3])
    np.testing.assert_array_equal(net.params["w"][0].diff, [0, 4, 6])


def test_a_constant_of_dummy_data_stays_constant():
    fill = "dummy_data_param { shape { dim: 2 } data_filler { type: 'constant' value: 3 } }"
    text = layer("d", "DummyData", [], ["d"], fill)
    text += layer("double", "Power", ["d"], ["d"], "power_param { scale: 2 }")
    net = blobnet.Net(blobnet.parse_net(text), "TEST")
    for _ in range(3):
        np.testing.assert_array_equal(net.forward()["d"], [6, 6])


# --- loss weights ---------------------------------------------------------------------------------


@pytest.mark.parametrize("above", ["ReLU", "Sigmoid", "CubeInPlace", "Scale"])
def test_a_loss_weight_on_a_top_made_in_place_stays(above):
    x = np.random.default_rng(2).normal(size=(4, 3))

    def text(top: str) -> str:
        more = ABOVE[above] + " loss_weight: 0.7"
        copy = layer("copy", "Power", ["x"], ["h"], "power_param { scale: 2 }")
        return given("x", x.shape) + copy + layer("above", above, ["h"], [top], more)

    same(gradients(text("h"), {"x": x}), gradients(text("z"), {"x": x}))


@pytest.mark.parametrize("lender", ["Reshape", "Flatten", "Concat", "Slice"])
def test_a_loss_weight_on_lent_memory_stays(lender):
    """Its diff is that of the layer in place below, whose backward would write over it."""
    x = np.random.default_rng(2).normal(size=(4, 3))

    def text(top: str) -> str:
        copy = layer("copy", "Power", ["x"], ["h"], "power_param { scale: 2 }")
        act = layer("act", "Sigmoid", ["h"], [top])
        lent = layer("lent", lender, [top], ["r"], LENDERS[lender] + " loss_weight: 0.7")
        return given("x", x.shape) + copy + act + lent

    same(gradients(text("h"), {"x": x}), gradients(text("z"), {"x": x}))


NET = """
layer { name: "x" type: "Input" top: "x" top: "t" input_param { shape { dim: 4 dim: 3 } } }
layer { name: "l" type: "EuclideanLoss" bottom: "x" bottom: "t" top: "l" %s }
%s"""
READERS = {
    "nobody": ("", 0.0),
    "Silence": ('layer { name: "r" type: "Silence" bottom: "l" }', 0.0),
    "Power": ('layer { name: "r" type: "Power" bottom: "l" top: "m" }', 0.0),
    "a second loss": (
        'layer { name: "r" type: "Power" bottom: "l" top: "m" loss_weight: 2 }',
        2.0,
    ),
    "two": (
        'layer { name: "r" type: "Power" bottom: "l" top: "m" loss_weight: 2 }'
        'layer { name: "s" type: "Power" bottom: "l" top: "n" loss_weight: 3 }',
        5.0,
    ),
    "a reshape": (
        'layer { name: "r" type: "Reshape" bottom: "l" top: "m" '
        "reshape_param { shape { dim: 1 } } loss_weight: 2 }",
        2.0,
    ),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("weight", "counts"), [("", 1), ("loss_weight: 0.5", 0.5)])
def test_a_loss_counts_once_whoever_reads_it(weight, counts, reader):
    text, more = READERS[reader]
    net = blobnet.Net(blobnet.parse_net("force_backward: true" + NET % (weight, text)), "TRAIN")
    x = np.random.default_rng(0).normal(size=(4, 3))
    for _ in range(3):
        net.forward(x=x, t=np.zeros((4, 3)))
        value = (x**2).sum() / 8
        assert net.loss == pytest.approx((counts + more) * value)
        net.backward()
        np.testing.assert_allclose(net.blobs["x"].diff, (counts + more) * x / 4, rtol=1e-6)


@pytest.mark.parametrize(
    ("loss_weight", "reader", "cause"),
    [
        ("", layer("other", "Power", ["a"], ["b"]), "layer 'other' reads it too"),
        ("loss_weight: 1", "", "it counts in the loss"),
    ],
)
def test_why_a_layer_cannot_work_in_place_is_said(loss_weight, reader, cause):
    text = given("x", (2, 3)) + layer("make", "Power", ["x"], ["a"], loss_weight) + reader
    with pytest.raises(NetError, match=rf"'relu' cannot work in place(.*\n)*.*{cause}"):
        blobnet.Net(blobnet.parse_net(text + layer("relu", "ReLU", ["a"], ["a"])), "TRAIN")


def test_a_top_with_the_name_of_a_blob_further_down_is_no_work_in_place():
    text = given("x", (2, 3)) + layer("make", "Power", ["x"], ["a"])
    text += layer("between", "Power", ["a"], ["b"]) + layer("relu", "ReLU", ["b"], ["a"])
    with pytest.raises(NetError, match=r"(?s)multiple sources\.\n.*'relu' makes it again"):
        blobnet.Net(blobnet.parse_net(text), "TRAIN")


def test_a_layer_of_ones_own_that_needs_its_input_may_not_work_in_place_on_the_nets_input():
    text = "force_backward: true " + given("x", (2, 3)) + layer("c", "CubeInPlace", ["x"], ["x"])
    with pytest.raises(NetError, match=r"CubeInPlace layer \"c\"(.*\n)*.*another name"):
        blobnet.Net(blobnet.parse_net(text + objective("x")), "TRAIN")
