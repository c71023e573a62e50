import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.proto import BlobProto
from blobnet.testing import run_layer


def mean(options, *bottoms):
    return run_layer(
        f'name: "m" type: "Mean" mean_param {{ {options} }}', *bottoms, num_top=len(bottoms)
    )


def test_a_number_for_each_channel():
    x = np.zeros((1, 4, 1, 2))
    run = mean("value: [1, 2] operation: SUBTRACT output_scale: 0.5", x)
    np.testing.assert_array_equal(run.top[0].data[0, :, 0, 1], [-0.5, -1, -0.5, -1])


def test_it_is_added_unless_stated_otherwise():
    x = np.ones((1, 1, 1, 1))
    run = mean("value: 3 input_scale: 10 mean_scale: 2", x)
    assert run.top[0].data.item() == 16


def test_an_image_from_a_file(tmp_path, rng):
    image = rng.normal(size=(2, 3, 4)).astype(np.float32)
    proto = BlobProto(num=1, channels=2, height=3, width=4, data=image.ravel())
    (tmp_path / "mean.binaryproto").write_bytes(proto.SerializeToString())
    file = f'file: "{(tmp_path / "mean.binaryproto").as_posix()}" operation: SUBTRACT'
    x = rng.normal(size=(2, 4, 3, 4)).astype(np.float32)
    run = mean(file, x)
    np.testing.assert_allclose(run.top[0].data, x - np.tile(image, (2, 1, 1)), rtol=1e-6)
    with pytest.raises(LayerError, match="mean size does not match"):
        mean(file, x[:, :, :2])


def test_what_is_refused(tmp_path):
    x = np.zeros((1, 3, 2, 2))
    with pytest.raises(LayerError, match="no mean"):
        mean("", x)
    with pytest.raises(LayerError, match="not divisible"):
        mean("value: [1, 2]", x)
    with pytest.raises((LayerError, DataError), match="file of mean_param"):
        mean(f'file: "{tmp_path.as_posix()}/none"', x)
