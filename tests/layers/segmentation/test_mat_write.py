import numpy as np
import pytest

from blobnet import LayerError
from blobnet.serialization.mat_file import read_mat
from blobnet.testing import run_layer


def mat_write(folder, options, *bottoms):
    param = f'prefix: "{folder.as_posix()}/" {options}'
    return run_layer(f'name: "w" type: "MatWrite" mat_write_param {{ {param} }}', *bottoms)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_for_each_bottom_and_forward(tmp_path, rng):
    x, y = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3))
    run = mat_write(tmp_path, "", x, y)
    run.forward()
    assert names(tmp_path) == [f"iter_{n}_blob_{i}.mat" for n in (0, 1) for i in (0, 1)]
    np.testing.assert_array_equal(read_mat(tmp_path / "iter_1_blob_0.mat", "data"), x)
    np.testing.assert_array_equal(read_mat(tmp_path / "iter_0_blob_1.mat", "data"), y[None, None])


def test_only_every_so_many_forwards_write(tmp_path):
    run = mat_write(tmp_path, "period: 3", np.ones((1, 2)))
    for _ in range(6):
        run.forward()
    assert names(tmp_path) == [f"iter_{n}_blob_0.mat" for n in (0, 3, 6)]


def test_names_come_from_a_list(tmp_path):
    (tmp_path / "list").write_text("a.jpg 1\nb.jpg 2\n")
    (tmp_path / "out").mkdir()
    options = f'source: "{(tmp_path / "list").as_posix()}" strip: 4'
    run = mat_write(tmp_path / "out", options, np.ones((1, 2)))
    run.forward()
    assert names(tmp_path / "out") == ["a_blob_0.mat", "b_blob_0.mat"]
    with pytest.raises(LayerError, match="more iterations than it was supposed to"):
        run.forward()


def test_the_count_goes_on_in_a_resumed_run(tmp_path):
    one = mat_write(tmp_path, "", np.ones((1, 2)))
    one.forward()
    other = mat_write(tmp_path, "", np.ones((1, 2)))
    other.layer.set_state(one.layer.get_state())
    other.forward()
    assert "iter_2_blob_0.mat" in names(tmp_path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("period: 0", "period must be positive"),
        ("strip: -1", "Strip cannot be negative"),
        ('source: "LIST" strip: 9', "Too much stripping in line 2"),
    ],
)
def test_bad_settings_are_refused(options, words, tmp_path):
    (tmp_path / "list").write_text("abcdefghijk\nab\n")
    with pytest.raises(LayerError, match=f'MatWrite layer "w": {words}'):
        mat_write(tmp_path, options.replace("LIST", f"{tmp_path.as_posix()}/list"), np.ones(3))


def test_no_folder_and_five_axes(tmp_path):
    with pytest.raises(LayerError, match='MatWrite layer "w"'):
        mat_write(tmp_path / "none", "", np.ones(3))
    with pytest.raises(LayerError, match="at most 4 axes"):
        mat_write(tmp_path, "", np.ones((1, 1, 1, 1, 1)))


@pytest.mark.parametrize("count", [-1, "x", None, 1.5])
def test_a_state_of_another_layer_is_refused(count, tmp_path):
    run = mat_write(tmp_path, "", np.ones((1, 2)))
    with pytest.raises(LayerError, match="the state to go on from is none of this layer's"):
        run.layer.set_state({**run.layer.get_state(), "forwards": count})


def test_without_a_prefix_it_is_refused():
    with pytest.raises(LayerError, match="no files are named"):
        run_layer('type: "MatWrite"', np.ones(3))
