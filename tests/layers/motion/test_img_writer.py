import numpy as np
import pytest

from blobnet import LayerError
from tests.layers.motion.test_flo_writer import write


def written(tmp_path, options, x):
    write("ImgWriter", f'folder: "{tmp_path.as_posix()}" {options}', np.asarray(x, float))
    (file,) = tmp_path.iterdir()
    return file.suffix, file.read_bytes()


def test_gray_values_are_scaled(tmp_path):
    ending, content = written(tmp_path, "scale: 2", [[[[1.4, 200, -3, 100]]]])
    assert ending == ".pgm"
    assert content == b"P5\n4 1 \n255\n" + bytes([2, 255, 0, 200])


def test_colours_are_turned_round(tmp_path):
    ending, content = written(tmp_path, "", [[[[1]], [[2]], [[3]]]])
    assert ending == ".ppm"
    assert content == b"P6 \n1 1 \n255\n" + bytes([3, 2, 1])


@pytest.mark.parametrize(
    ("values", "expected"),
    [([2, 4, 3], [0, 255, 127]), ([5, 5, 5], [0, 0, 0]), ([-2, -1, -3], [127, 255, 0])],
)
def test_values_are_stretched(tmp_path, values, expected):
    x = np.array(values, float) if min(values) > 0 else np.array(values) + 1.0
    _, content = written(tmp_path, "normalize: true", x.reshape(1, 1, 1, 3))
    assert content == b"P5\n3 1 \n255\n" + bytes(expected)


def test_two_channels_are_refused(tmp_path):
    with pytest.raises(LayerError, match="1 or 3 channels"):
        written(tmp_path, "", np.zeros((1, 2, 1, 1)))
