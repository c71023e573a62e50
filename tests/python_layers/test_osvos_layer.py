import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

pytest.importorskip("PIL.Image")

from tests.python_layers.segmentation_files import write_image, write_text


def layer(folder, more="'randomize': False"):
    param = f"{{'data_root_dir': '{folder}', 'pair_list': '{folder}/pairs.txt', {more}}}"
    return run_python("osvos_layer", "OSVOSDataLayer", tops=2, param_str=param)


@pytest.fixture
def home(tmp_path):
    for index in range(3):
        write_image(tmp_path / f"{index}.png", np.full((2, 3 + index, 3), [30, 20, 10], np.uint8))
        write_image(tmp_path / f"{index}m.png", np.full((2, 3 + index), 51 * index, np.uint8))
    write_text(tmp_path / "pairs.txt", "/0.png /0m.png\n/1.png /1m.png\n/2.png /2m.png\n")
    return tmp_path


def test_images_and_objects_in_the_order_of_the_list(home):
    run = layer(home)
    for index in (0, 1, 2, 0):
        assert run.top[0].shape == (1, 3, 2, 3 + index)
        blue_green_red = np.array([10, 20, 30]) - (104.00699, 116.66877, 122.67892)
        np.testing.assert_allclose(run.top[0].data[0, :, 1, 1], blue_green_red, rtol=1e-5)
        np.testing.assert_allclose(run.top[1].data, np.full((1, 1, 2, 3 + index), index / 5))
        run.layer.reshape(run.bottom, run.top)
        run.forward()


def test_they_come_in_random_order_unless_it_is_said(home):
    run = layer(home, "'seed': 3")
    seen = []
    for _ in range(20):
        seen.append(run.top[0].shape[3] - 3)
        run.layer.reshape(run.bottom, run.top)
        run.forward()
    assert set(seen) == {0, 1, 2}
    assert seen != [index % 3 for index in range(20)]


@pytest.mark.parametrize(
    ("text", "told"),
    [("0.png\n", "two paths"), ("0.png 1m.png\n", "as the image has"), ("\n", "empty")],
)
def test_lists_of_something_else(text, told, home):
    write_text(home / "pairs.txt", text)
    with pytest.raises(LayerError, match=told):
        layer(home)


def test_data_that_are_not_there(home):
    with pytest.raises(LayerError, match="data_root_dir"):
        layer(home / "nowhere")
    with pytest.raises(LayerError, match="split"):
        layer(home, "'split': 'train'")
