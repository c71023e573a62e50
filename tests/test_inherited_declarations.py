"""Subclasses of blobnet's layers that do something else: what their bases say holds no longer."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import layer_register
from blobnet.layers.activation.relu import ReLU
from blobnet.layers.activation.sigmoid import Sigmoid
from blobnet.layers.activation.tanh import TanH
from blobnet.layers.common.inner_product import InnerProduct
from blobnet.layers.utility.reshape import Reshape
from blobnet.layers.vision.convolution import Convolution
from blobnet.testing import run_layer


class Shifted(ReLU):
    """y = max(x, 0) + 1"""

    def forward_cpu(self, bottom, top):
        top[0].data[...] = np.maximum(bottom[0].data, 0) + 1


class Doubled(Convolution):
    def forward_cpu(self, bottom, top):
        super().forward_cpu(bottom, top)
        top[0].data[...] *= 2


class Adding(InnerProduct):
    """The gradient of a base that always adds."""

    def backward_cpu(self, top, propagate_down, bottom):
        self.blobs_[0].diff[...] += top[0].diff.T @ bottom[0].data


class BySine(Sigmoid):
    """y = sin(x), whose gradient reads x."""

    def forward_cpu(self, bottom, top):
        top[0].data[...] = np.sin(bottom[0].data)

    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = top[0].diff * np.cos(bottom[0].data)


@pytest.fixture(autouse=True)
def _types(monkeypatch):
    blobnet.layer_type_list()
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    for cls in (Shifted, Doubled, Adding, BySine):
        blobnet.register_layer(cls.__name__)(cls)


def net_of(text, **options):
    shape = "shape { dim: 2 dim: 3 dim: 6 dim: 5 }"
    data = f'layer {{ name: "data" type: "Input" top: "data" input_param {{ {shape} }} }}'
    return blobnet.Net(blobnet.parse_net(f"force_backward: true {data} {text}"), seed=1, **options)


CONVOLUTION = """
layer { name: "conv" type: "%s" bottom: "data" top: "conv"
        convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "gaussian" } } }
layer { name: "last" type: "%s" bottom: "conv" top: "last" }
"""


@pytest.mark.parametrize("types", [("Convolution", "Shifted"), ("Doubled", "ReLU")])
def test_the_inference_mode_runs_what_a_subclass_computes(types, rng):
    x = rng.normal(size=(2, 3, 6, 5))
    text = CONVOLUTION % types
    net = net_of(text, inference=True)
    assert not any(wired.fused for wired in net.wired)
    np.testing.assert_allclose(
        net.forward(data=x)["last"], net_of(text).forward(data=x)["last"], rtol=1e-5
    )


def test_a_subclass_that_adds_to_the_gradient_of_weights_finds_zeros(rng):
    net = net_of(
        'layer { name: "flat" type: "Flatten" bottom: "data" top: "flat" }'
        'layer { name: "ip" type: "Adding" bottom: "flat" top: "ip" inner_product_param {'
        "        num_output: 2 bias_term: false } }"
    )
    x, dy = rng.normal(size=(2, 3, 6, 5)), rng.normal(size=(2, 2))
    for _ in range(2):
        net.forward(data=x)
        net.clear_param_diffs(before_backward=True)
        net.backward(ip=dy)
    expected = dy.T @ x.reshape(2, -1)
    np.testing.assert_allclose(net.params["ip"][0].diff, expected, rtol=1e-5, atol=1e-5)


def test_the_values_that_a_subclass_s_gradient_reads_are_kept(rng):
    x, dy = rng.normal(size=(2, 2, 3, 6, 5)).astype(np.float32)
    net = net_of(
        'layer { name: "by2" type: "Power" bottom: "data" top: "x" power_param { scale: 2 } }'
        'layer { name: "sine" type: "BySine" bottom: "x" top: "x" }'
    )
    net.forward(data=x)
    dx = net.backward(x=dy)["data"]
    np.testing.assert_allclose(dx, dy * np.cos(2 * x) * 2, rtol=1e-4, atol=1e-5)


def test_what_a_subclass_does_not_override_is_inherited():
    class Renamed(TanH):
        def setup(self, bottom, top):
            super().setup(bottom, top)

    class Backward(TanH):
        def backward_cpu(self, top, propagate_down, bottom): ...

    class Forward(TanH):
        def forward_cpu(self, bottom, top): ...

    def said(cls):
        return cls.formula, cls.limits, cls.works_in_place, cls.backward_reads_bottom

    assert said(Renamed) == said(TanH) == (TanH.formula, (-1.0, 1.0), True, False)
    assert said(Backward) == (TanH.formula, (-1.0, 1.0), False, True)
    assert said(Forward) == ("", None, False, False)
    assert Forward.gradient_formula == TanH.gradient_formula != ""
    assert Backward.gradient_formula == ""


def test_a_method_may_come_from_a_class_that_is_no_layer():
    class Method:
        def forward_cpu(self, bottom, top): ...

    class Mixed(Method, Reshape): ...

    assert (Mixed.formula, Mixed.lends_memory) == ("", False)


def test_a_subclass_may_say_it_anew_in_its_body():
    class Said(Shifted):
        dead_value = 1.0
        works_in_place = True

        def forward_cpu(self, bottom, top):
            top[0].data[...] = np.maximum(bottom[0].data, 0) + 1

        def leaky_slope(self):
            return None

    assert (Said.dead_value, Said.works_in_place, Said.formula) == (1.0, True, "")
    assert Said.leaky_slope is not None


def test_what_the_setup_of_a_base_says_goes_unheard_but_not_what_a_subclass_sets():
    class Set(Shifted):
        def setup(self, bottom, top):
            super().setup(bottom, top)
            self.dead_value = 1.0

    def dead_value(cls, type_name):
        layer_register._LAYER_TYPES[type_name] = cls
        return run_layer(f'type: "{type_name}"', np.ones((2, 3))).layer.dead_value

    assert dead_value(ReLU, "ReLU") == 0.0  # said by setup, as the slope is 0
    assert dead_value(Shifted, "Shifted") is None
    assert dead_value(Set, "Set") == 1.0


def test_a_subclass_of_such_a_subclass_inherits_the_safe_answers():
    class Deeper(Shifted):
        pass

    assert (Deeper.formula, Deeper.works_in_place, Deeper.leaky_slope) == ("", False, None)
