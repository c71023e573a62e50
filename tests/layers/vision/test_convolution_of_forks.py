import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer

FILLERS = 'weight_filler { type: "gaussian" } bias_filler { type: "gaussian" }'


def layer(options, *bottoms, type_name="Convolution", **more):
    text = f'name: "conv" type: "{type_name}" convolution_param {{ {options} {FILLERS} }}'
    return run_layer(text, *bottoms, seed=3, **more)


def convolution(options, *bottoms, **more):
    return layer(f"num_output: 4 kernel_size: 3 {options}", *bottoms, **more)


@pytest.fixture
def x(rng):
    return rng.normal(size=(2, 3, 9, 8))


@pytest.mark.parametrize("type_name", ["Convolution", "Deconvolution", "Im2col"])
@pytest.mark.parametrize(
    ("named", "usual"),
    [
        ("hole: 2", "dilation: 2"),
        ("hole_h: 3 hole_w: 2", "dilation: 3 dilation: 2"),
        ("hole_h: 3", "dilation: 3 dilation: 1"),
        ("filter_stride: 3", "dilation: 3"),
        ("filter_stride_h: 1 filter_stride_w: 3", "dilation: 1 dilation: 3"),
        ("dilation_h: 2 dilation_w: 1", "dilation: 2 dilation: 1"),
    ],
)
def test_names_of_forks_for_the_dilation(type_name, named, usual, x):
    first, second = (convolution(text, x, type_name=type_name) for text in (named, usual))
    np.testing.assert_array_equal(first.top[0].data, second.top[0].data)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("hole: 2 dilation: 2", "stated in several ways"),
        ("hole: 2 hole_h: 2", "stated in several ways"),
        ("dilation_h: 2", "both of them"),
        ("filter_stride_w: 2", "both of them"),
        ("shape_offset: 1", "only a Deconvolution"),
        ("relu: true negative_slope: -1", "cannot have a negative slope"),
        ("fuse_type: FUSED_CONV_MAX_POOLING_RELU", "has no FUSED_CONV_MAX_POOLING_RELU"),
        (
            "fuse_type: FUSED_CONV_ELTWISE_RELU eltwise_param { coeff: 2 coeff: 1 }",
            "a sum without coefficients",
        ),
        ("fusion_type: SUM_FUSION", "takes two bottoms"),
    ],
)
def test_settings_that_make_no_sense(options, words, x):
    with pytest.raises(LayerError, match=words):
        convolution(options, x)


def test_a_pair_is_for_images_only():
    with pytest.raises(LayerError, match="for 2D convolution"):
        convolution("hole_h: 2 hole_w: 2", np.zeros((1, 3, 9, 9, 9)))


@pytest.mark.parametrize("options", ["relu: true", "fusion_type: SUM_FUSION", "hole: 1 relu: true"])
@pytest.mark.parametrize("type_name", ["Deconvolution", "Im2col", "ConvolutionDepthwise"])
def test_only_a_convolution_takes_in_what_is_behind(options, type_name, x):
    with pytest.raises(LayerError, match="cannot do what only others can"):
        convolution(options, x, type_name=type_name)


@pytest.mark.parametrize("type_name", ["Convolution", "DepthwiseConvolution"])
@pytest.mark.parametrize(
    ("options", "slope", "adds"),
    [
        ("relu: true", 0, False),
        ("relu: true negative_slope: 0.5", 0.5, False),
        ("negative_slope: 0.5", 1, False),
        ("fuse_type: FUSED_CONV_RELU relu_param { negative_slope: 0.25 }", 0.25, False),
        ("relu_param { negative_slope: 0.25 }", 1, False),
        ("fusion_type: SUM_FUSION", 1, True),
        ("fusion_type: SUM_FUSION relu: true", 0, True),
        ("fuse_type: FUSED_CONV_ELTWISE_RELU", 0, True),
    ],
)
def test_what_is_fused_is_computed(type_name, options, slope, adds, x, rng):
    plain = convolution("", x).top[0].data
    more = [rng.normal(size=plain.shape)] if adds else []
    run = convolution(options, x, *more, type_name=type_name)
    summed = plain + more[0] if adds else plain
    expected = np.where(summed > 0, summed, slope * summed)
    assert (summed < 0).any()
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)


def test_what_is_added_must_fit(x):
    with pytest.raises(LayerError, match="the shape of the top"):
        convolution("fusion_type: SUM_FUSION", x, np.zeros((2, 4, 1, 1)))


def test_more_of_the_sizes_that_a_stride_makes_one(x, rng):
    options = "num_output: 2 kernel_size: 3 stride: 3 stride: 2 pad: 1"
    usual = layer(options, x, type_name="Deconvolution").top[0]
    run = layer(f"{options} shape_offset: 2 shape_offset: 1", x, type_name="Deconvolution")
    assert run.top[0].shape == (2, 2, usual.shape[2] + 2, usual.shape[3] + 1)
    y = run.top[0].data
    np.testing.assert_allclose(y[:, :, :-2, :-1], usual.data)
    # a kernel of 3 with a pad of 1 reaches one row further, behind it there is the bias alone
    bias = run.layer.blobs_[1].data[:, None]
    np.testing.assert_array_equal(y[:, :, -1], np.broadcast_to(bias, y[:, :, -1].shape))
    assert (y[:, :, -2] != bias).any()


@pytest.mark.parametrize("offset", ["shape_offset: 1", "shape_offset: [2, 0]"])
def test_an_offset_is_less_than_the_stride(offset, x):
    with pytest.raises(LayerError, match="each less than the stride"):
        layer(f"num_output: 2 kernel_size: 3 stride: 2 {offset}", x, type_name="Deconvolution")


def test_in_the_inference_mode_nothing_is_taken_in_twice(rng):
    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 3, 6, 6] } } }
        layer { name: "conv" type: "Convolution" bottom: "x" top: "y"
          convolution_param { num_output: 4 kernel_size: 3 relu: true negative_slope: 0.5
            weight_filler { type: "xavier" } } }
        layer { name: "scale" type: "Scale" bottom: "y" top: "y"
          scale_param { filler { value: -2 } } }
        layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }"""
    x = rng.normal(size=(1, 3, 6, 6)).astype("f4")
    usual, fused = (Net(parse_net(text), phase="TEST", seed=1, inference=i) for i in (False, True))
    expected = usual.forward(x=x)["y"]
    assert 0 < np.count_nonzero(expected) < expected.size
    np.testing.assert_allclose(fused.forward(x=x)["y"], expected, atol=1e-6)
