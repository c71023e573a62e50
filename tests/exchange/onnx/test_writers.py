"""Every case that the conformance suite has of a type that is written, in ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.errors import NetError
from blobnet.exchange.onnx.export import export_onnx
from blobnet.exchange.onnx.register import is_left_out, writer_of
from blobnet.layer_register import layer_class
from blobnet.proto import LayerParameter
from tests.conformance.catalogue import TYPES, every_gradient_case
from tests.exchange.onnx.cases import in_runtime, net_of

CANNOT = {
    "sample_weights_test: true": "draws at random",
    "dilation: 0": "use kernel_size: 1",
}
"""What of a case ONNX has no words for, and what is said of it."""


def is_written(type_name, case) -> bool:
    return writer_of(layer_class(type_name)(LayerParameter(type=type_name))) is not None


def reason(case) -> str:
    return next((text for words, text in CANNOT.items() if words in case.options), "")


@every_gradient_case(only=is_written)
def test_onnx_runtime_computes_the_same(type_name, case, tmp_path):
    net, inputs = net_of(type_name, case)
    path = tmp_path / "model.onnx"
    if reason(case):
        with pytest.raises(NetError, match=reason(case)):
            export_onnx(net, path, check=False)
        return
    export_onnx(net, path, check=False)
    expected = net.forward(**inputs)
    made = in_runtime(path, inputs)
    assert made.keys() == expected.keys()
    for name, values in expected.items():
        assert made[name].shape == values.shape
        size = np.abs(values, where=np.isfinite(values), out=np.zeros_like(values)).max(initial=0)
        np.testing.assert_allclose(made[name], values, rtol=0, atol=1e-4 * size)


def test_losses_and_scores_are_left_out():
    left_out = [name for name in TYPES if is_left_out(layer_class(name)(LayerParameter(type=name)))]
    assert {"SoftmaxWithLoss", "MultiBoxLoss", "Accuracy", "Silence"} <= set(left_out)
    assert not {"Softmax", "Convolution", "Split"} & set(left_out)
