import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.serialization.mat_file import write_mat
from blobnet.testing import run_layer


@pytest.fixture
def items(tmp_path, rng):
    """Three items of two blobs, as MatWrite makes them."""
    items = rng.normal(size=(3, 2, 3, 4)).astype("f4"), rng.normal(size=(3, 5, 1, 1)).astype("f4")
    for index, blob in enumerate(items):
        for n, name in enumerate(("iter_0", "iter_1", "iter_2")):
            write_mat(tmp_path / f"{name}_blob_{index}.mat", "data", blob[n : n + 1])
    (tmp_path / "list").write_text("iter_2.x\niter_0.x 7\n")
    return items


def mat_read(folder, options="", num_top=2):
    param = f'prefix: "{folder.as_posix()}/" {options}'
    return run_layer(f'name: "r" type: "MatRead" mat_read_param {{ {param} }}', num_top=num_top)


def test_items_come_one_after_the_other(items, tmp_path):
    run = mat_read(tmp_path, "batch_size: 2")
    for top, blob in zip(run.top, items, strict=True):
        np.testing.assert_array_equal(top.data, blob[:2])


def test_a_list_begins_again(items, tmp_path):
    options = f'source: "{tmp_path.as_posix()}/list" strip: 2'
    run = mat_read(tmp_path, options)
    for expected in (2, 0, 2):
        np.testing.assert_array_equal(run.top[0].data[0], items[0][expected])
        run.forward()
    other = mat_read(tmp_path, options)
    other.layer.set_state(run.layer.get_state())
    other.forward()
    np.testing.assert_array_equal(other.top[0].data[0], items[0][2])


@pytest.mark.parametrize(
    ("options", "words"),
    [("batch_size: 0", "batch_size must be positive"), ("strip: -1", "Strip cannot be negative")],
)
def test_bad_settings_are_refused(options, words, items, tmp_path):
    with pytest.raises(LayerError, match=words):
        mat_read(tmp_path, options)


def test_files_that_are_not_there_or_do_not_fit(items, tmp_path):
    with pytest.raises((LayerError, DataError), match=r'"r".*iter_0_blob_2\.mat'):
        mat_read(tmp_path, num_top=3)
    write_mat(tmp_path / "iter_1_blob_0.mat", "data", np.ones((1, 2, 3, 5), "f4"))
    run = mat_read(tmp_path)
    with pytest.raises(LayerError, match="differ in size"):
        run.forward()
    write_mat(tmp_path / "iter_0_blob_0.mat", "data", np.ones((2, 2, 3, 4), "f4"))
    with pytest.raises(LayerError, match="not one item of numbers"):
        mat_read(tmp_path)


@pytest.mark.parametrize("count", [-1, "x", None, 1.5])
def test_a_state_of_another_layer_is_refused(count, items, tmp_path):
    run = mat_read(tmp_path)
    with pytest.raises(LayerError, match="the state to go on from is none of this layer's"):
        run.layer.set_state({**run.layer.get_state(), "items": count})


def test_without_a_prefix_it_is_refused():
    with pytest.raises(LayerError, match="no files are named"):
        run_layer('type: "MatRead"', num_top=1)
