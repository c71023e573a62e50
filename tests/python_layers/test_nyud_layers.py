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

COLOUR = np.uint8([200, 100, 50])  # red, green, blue


@pytest.fixture
def nyud(tmp_path):
    write_text(tmp_path / "val.txt", "5001\n")
    for kind in ("images", "hha"):
        write_image(tmp_path / f"data/{kind}/img_5001.png", np.tile(COLOUR, (2, 3, 1)))
    depth = np.array([[1, 2, 3], [0, 1000, 60000]], np.uint16)
    write_image(tmp_path / "data/depth/img_5001.png", depth)
    labels = np.array([[0, 1, 2], [3, 39, 40]], np.uint8)
    write_mat(tmp_path / "segmentation/img_5001.mat", matrix("segmentation", labels))
    return tmp_path


def nyud_layer(folder, tops):
    param = f"{{'nyud_dir': '{folder}', 'split': 'val', 'seed': 1337, 'tops': {tops}}}"
    return run_python("nyud_layers", "NYUDSegDataLayer", tops=len(tops) or 1, param_str=param)


def test_whatever_is_asked_for(nyud):
    run = nyud_layer(nyud, ["color", "hha", "depth", "label"])
    color, hha, depth, label = (blob.data[0] for blob in run.top)
    np.testing.assert_allclose(color[:, 1, 2], COLOUR[::-1] - [116.190, 97.203, 92.318], rtol=1e-5)
    np.testing.assert_allclose(hha[:, 1, 2], COLOUR - [132.431, 94.076, 118.477], rtol=1e-5)
    np.testing.assert_allclose(depth[0, 0], np.log([1, 2, 3]) - 7.844, rtol=1e-5)
    assert depth[0, 1, 0] == -np.inf
    np.testing.assert_array_equal(label[0], [[255, 0, 1], [2, 38, 39]])


def test_some_of_it_in_another_order(nyud):
    run = nyud_layer(nyud, ["label", "color"])
    assert [blob.shape for blob in run.top] == [(1, 1, 2, 3), (1, 3, 2, 3)]


@pytest.mark.parametrize("tops", [[], ["colour"], ["color", 3]])
def test_tops_that_there_are_not(tops, nyud):
    with pytest.raises(LayerError, match=r'"tops"(.*\n)*.*color, depth, hha, label'):
        nyud_layer(nyud, tops)


def test_labels_that_are_not_there(nyud):
    write_mat(nyud / "segmentation/img_5001.mat", matrix("other", np.zeros((2, 3))))
    with pytest.raises(LayerError, match=r"img_5001\.mat: Field 'segmentation' not present"):
        nyud_layer(nyud, ["label"])
