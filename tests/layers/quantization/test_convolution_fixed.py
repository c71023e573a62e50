import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.fixed_point import nearest_position, overflow_position, round_to_fixed
from blobnet.testing import run_layer

FIND = {"OVER_FLOW": overflow_position, "DIFF_S": nearest_position}
PARAMS = {
    "Convolution": "convolution_param { num_output: 3 kernel_size: 2 }",
    "Deconvolution": "convolution_param { num_output: 3 kernel_size: 2 }",
    "InnerProduct": "inner_product_param { num_output: 3 }",
}


def make(kind, options="", **named):
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 4))
    run = run_layer(f'type: "{kind}" {PARAMS[kind.removesuffix("Fixed")]} {options}', x, **named)
    rng = np.random.default_rng(2)
    for blob in run.layer.blobs_:
        blob.data[...] = rng.normal(size=blob.shape)
    run.forward()
    return run


def rounded(values, method, bits):
    return round_to_fixed(values, bits, FIND[method](values, bits), np.empty_like(values))


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("method", FIND)
@pytest.mark.parametrize("kind", PARAMS)
def test_forward_is_that_of_rounded_weights(kind, method, phase):
    run = make(
        f"{kind}Fixed", f"fixed_param {{ bit_width: 3 fixed_method: {method} }}", phase=phase
    )
    plain = make(kind, phase=phase)
    learned = [blob.data.copy() for blob in run.layer.blobs_]
    for blob in plain.layer.blobs_:
        blob.data[...] = rounded(blob.data, method, 3)
    plain.forward()
    np.testing.assert_array_equal(run.top[0].data, plain.top[0].data)
    for blob, values in zip(run.layer.blobs_, learned, strict=True):
        np.testing.assert_array_equal(blob.data, values)


@pytest.mark.parametrize("kind", PARAMS)
def test_backward_is_that_of_the_weights_as_they_are(kind):
    run, plain = make(f"{kind}Fixed", "fixed_param { bit_width: 3 }"), make(kind)
    for each in (run, plain):
        each.top[0].diff[...] = np.random.default_rng(3).normal(size=each.top[0].shape)
        each.backward()
    pairs = zip(run.bottom + run.layer.blobs_, plain.bottom + plain.layer.blobs_, strict=True)
    for blob, other in pairs:
        np.testing.assert_array_equal(blob.diff, other.diff)


@pytest.mark.parametrize("kind", PARAMS)
def test_disabled_nothing_is_rounded(kind):
    run, plain = make(f"{kind}Fixed", "fixed_param { enable: false }"), make(kind)
    np.testing.assert_array_equal(run.top[0].data, plain.top[0].data)


@pytest.mark.parametrize("kind", PARAMS)
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("bit_width: 0", "Bit width must be larger than 0"),
        ("fixed_method: DIFF_A", r"Unknown fixed method\n.*OVER_FLOW or DIFF_S\n.*DIFF_A"),
    ],
)
def test_settings_that_make_no_sense(kind, options, words):
    with pytest.raises(LayerError, match=words):
        make(f"{kind}Fixed", f"fixed_param {{ {options} }}")
