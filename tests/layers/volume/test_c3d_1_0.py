"""Definitions of 2014, as C3D 1.0 has them."""

import numpy as np

from blobnet import Net, parse_net

TEXT = """
input: "data" input_shape { dim: 2 dim: 3 dim: 4 dim: 8 dim: 8 }
layers { name: "conv1a" type: CONVOLUTION3D bottom: "data" top: "conv1a" blobs_lr: 1 blobs_lr: 2
         convolution_param { num_output: 4 kernel_size: 3 kernel_depth: 3 pad: 1 temporal_pad: 1
                             weight_filler { type: "xavier" } bias_filler { value: 1 } } }
layers { name: "relu1a" type: RELU bottom: "conv1a" top: "conv1a" }
layers { name: "pool1" type: POOLING3D bottom: "conv1a" top: "pool1"
         pooling_param { pool: MAX kernel_size: 3 kernel_depth: 2 stride: 2 temporal_stride: 2 } }
layers { name: "up" type: DECONVOLUTION3D bottom: "pool1" top: "up"
         convolution_param { num_output: 2 kernel_size: 2 kernel_depth: 2 stride: 2 } }
layers { name: "p" type: VOXEL_SOFTMAX bottom: "up" top: "p" }
layers { name: "fewer" type: DOWN_SAMPLING bottom: "p" top: "fewer"
         down_sampling_param { spatial_factor: 2 temporal_factor: 3 } }
"""


def test_a_definition_of_2014_runs():
    net = Net(parse_net(TEXT), "TEST", seed=1)
    net.forward(data=np.random.default_rng(1).random((2, 3, 4, 8, 8)))
    shapes = {name: net.blobs[name].shape for name in ("conv1a", "pool1", "up", "fewer")}
    assert shapes == {
        "conv1a": (2, 4, 4, 8, 8),
        "pool1": (2, 4, 2, 4, 4),
        "up": (2, 2, 3, 8, 8),
        "fewer": (2, 2, 1, 4, 4),
    }
    assert [blob.shape for blob in net.params["conv1a"]] == [(4, 3, 3, 3, 3), (1, 1, 1, 1, 4)]
    np.testing.assert_allclose(net.blobs["p"].data.sum(axis=1), 1, rtol=1e-6)
