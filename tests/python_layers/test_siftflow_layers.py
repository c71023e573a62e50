import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

pytest.importorskip("PIL.Image")

from tests.python_layers.segmentation_files import (
    matrix,
    write_image,
    write_mat,
    write_text,
)

SCENES = "spatial_envelope_256x256_static_8outdoorcategories"


def layer(folder):
    param = f"{{'siftflow_dir': '{folder}', 'split': 'test', 'seed': 1337}}"
    return run_python("siftflow_layers", "SIFTFlowSegDataLayer", tops=3, param_str=param)


def test_both_kinds_of_labels(tmp_path):
    write_text(tmp_path / "test.txt", "coast_1\n")
    write_image(tmp_path / f"Images/{SCENES}/coast_1.jpg", np.zeros((2, 2, 3), np.uint8))
    semantic, geometric = (
        np.array([[0, 1], [2, 33]], np.uint8),
        np.array([[-1, 0], [1, 3]], np.int16),
    )
    write_mat(tmp_path / f"SemanticLabels/{SCENES}/coast_1.mat", matrix("S", semantic))
    write_mat(tmp_path / f"GeoLabels/{SCENES}/coast_1.mat", matrix("S", geometric))
    run = layer(tmp_path)
    np.testing.assert_allclose(run.top[0].data[0, :, 0, 0], [-114.578, -115.294, -108.353])
    np.testing.assert_array_equal(run.top[1].data[0, 0], [[255, 0], [1, 32]])
    np.testing.assert_array_equal(run.top[2].data[0, 0], [[255, 255], [0, 2]])


def test_data_that_are_not_there(tmp_path):
    with pytest.raises(LayerError, match=r"siftflow_dir(.*\n)*.*current folder"):
        layer(tmp_path / "none")
