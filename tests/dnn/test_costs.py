"""Operations as OpenCV 4.14 counts them, layer type by layer type."""

from __future__ import annotations

import pytest

from blobnet import dnn

INPUT = 'layer { name: "data" type: "Input" top: "data" }'


@pytest.mark.parametrize(
    ("kind", "settings", "counted"),  # what getFLOPS gives for an input of (2, 8, 6, 10)
    [
        ("Convolution", "convolution_param { num_output: 4 kernel_size: 3 }", 37120),
        ("Convolution", "convolution_param { num_output: 4 kernel_size: 3 group: 2 }", 37120),
        ("Deconvolution", "convolution_param { num_output: 4 kernel_size: 4 stride: 2 }", 245760),
        ("InnerProduct", "inner_product_param { num_output: 4 }", 11520),
        ("Pooling", "pooling_param { kernel_size: 3 stride: 2 }", 2160),
        ("Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 2 }", 2400),
        ("Pooling", "pooling_param { global_pooling: true }", 16),
        ("Pooling", "pooling_param { pool: AVE global_pooling: true }", 32),
        ("LRN", "", 4980),
        ("LRN", "lrn_param { norm_region: WITHIN_CHANNEL local_size: 3 }", 19200),
        ("Softmax", "", 3840),
        ("Eltwise", 'bottom: "data" bottom: "data"', 2880),
        ("Concat", 'bottom: "data"', 0),
        ("BatchNorm", "", 2880),
        ("Scale", "scale_param { bias_term: true }", 1920),
        ("PReLU", "", 960),
        ("Power", "power_param { power: 2 }", 9600),
        ("Power", "power_param { scale: 3 }", 1920),
        ("MVN", "", 5808),
        ("PriorBox", 'bottom: "data" prior_box_param { min_size: 3 max_size: 5 aspect_ratio: 2 }',
         1920),
        ("ReLU", "", 960),
        ("ReLU6", "", 1920),
        ("Sigmoid", "", 2880),
        ("BNLL", "", 4800),
        ("Permute", "permute_param { order: 0 order: 2 order: 3 order: 1 }", 0),
    ],
)  # fmt: skip
def test_operations_are_counted_as_opencv_counts_them(kind, settings, counted):
    layer = f'layer {{ name: "a" type: "{kind}" bottom: "data" top: "a" {settings} }}'
    net = dnn.readNetFromCaffe((INPUT + layer).encode())
    assert net.getFLOPS((2, 8, 6, 10)) == counted
    assert net.getFLOPS(1, [(2, 8, 6, 10)]) == counted
    assert net.getFLOPS(0, (2, 8, 6, 10)) == 0


def test_arguments_are_checked():
    net = dnn.readNetFromCaffe(INPUT.encode())
    with pytest.raises(TypeError, match="getFLOPS"):
        net.getFLOPS()
    with pytest.raises(dnn.error, match="id=4 not found"):
        net.getMemoryConsumption(4, (1, 2))
