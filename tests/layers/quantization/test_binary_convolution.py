"""BinaryConvolution and BinaryInnerProduct: their bases, with weights of two values."""

import numpy as np
import pytest

from blobnet.testing import run_layer

KINDS = {
    "Convolution": "convolution_param { num_output: 4 kernel_size: 2 group: 2 %s }",
    "InnerProduct": "inner_product_param { num_output: 4 %s }",
}
FIELDS = {"Convolution": "binary_convolution_param", "InnerProduct": "binary_inner_product_param"}


def make(kind, options=None, base="", **named):
    x = np.random.default_rng(1).normal(size=(2, 4, 3, 3))
    name = kind if options is None else f"Binary{kind}"
    own = "" if options is None else f"{FIELDS[kind]} {{ {options} }}"
    run = run_layer(f'type: "{name}" {KINDS[kind] % base} {own}', x, **named)
    rng = np.random.default_rng(2)
    for blob in run.layer.blobs_:
        blob.data[...] = rng.normal(size=blob.shape)
    run.layer.blobs_[0].data[0, 0] = 0
    return run


def two_values(weight, options):
    """By hand, filter by filter."""
    binary = np.empty_like(weight)
    for n, one in enumerate(weight):
        size = sum(abs(w) for w in one.flat) / one.size if "alpha" in options else 1
        binary[n] = np.reshape([size if w >= 0 else -size for w in one.flat], one.shape)
    return binary


@pytest.mark.parametrize("base", ["", "bias_term: false"])
@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("options", ["", "use_alpha: true"])
@pytest.mark.parametrize("kind", KINDS)
def test_both_passes_are_those_of_binary_weights(kind, options, phase, base):
    run, plain = make(kind, options, base, phase=phase), make(kind, None, base, phase=phase)
    learned = [blob.data.copy() for blob in run.layer.blobs_]
    plain.layer.blobs_[0].data[...] = two_values(learned[0], options)
    for each in (run, plain):
        each.forward()
        each.top[0].diff[...] = np.random.default_rng(3).normal(size=each.top[0].shape)
        each.backward()
        each.backward()  # gradients of weights add up
    np.testing.assert_allclose(run.top[0].data, plain.top[0].data, rtol=1e-12)
    pairs = zip(run.bottom + run.layer.blobs_, plain.bottom + plain.layer.blobs_, strict=True)
    for blob, other in pairs:
        np.testing.assert_allclose(blob.diff, other.diff, rtol=1e-12)
    for blob, values in zip(run.layer.blobs_, learned, strict=True):
        np.testing.assert_array_equal(blob.data, values)


@pytest.mark.parametrize("kind", KINDS)
def test_without_binarization_it_is_its_base(kind):
    run, plain = make(kind, "use_binarization: false use_alpha: true"), make(kind)
    for each in (run, plain):
        each.forward()
        each.top[0].diff[...] = 1
        each.backward()
    np.testing.assert_array_equal(run.top[0].data, plain.top[0].data)
    np.testing.assert_array_equal(run.bottom[0].diff, plain.bottom[0].diff)
