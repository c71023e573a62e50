import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.sources.float_files import write_pfm
from blobnet.testing import run_layer


@pytest.fixture
def listed(tmp_path, rng):
    images = rng.normal(size=(4, 1, 2, 3)).astype(np.float32)
    for i, image in enumerate(images):
        (tmp_path / f"{i}.pfm").write_bytes(write_pfm(image))
    (tmp_path / "list.txt").write_text("".join(f"{i}.pfm {10 + i}\n" for i in range(4)))
    return tmp_path, images


def disparities(folder, options):
    param = f'source: "{folder.as_posix()}/list.txt" root_folder: "{folder.as_posix()}/" {options}'
    return run_layer(f'name: "d" type: "DisparityData" image_data_param {{ {param} }}', num_top=2)


def test_disparities_have_the_other_sign(listed):
    folder, images = listed
    run = disparities(folder, "batch_size: 3 new_height: 2 new_width: 3")
    np.testing.assert_array_equal(run.top[0].data, -images[:3])
    np.testing.assert_array_equal(run.top[1].data, [10, 11, 12])
    run.forward()
    np.testing.assert_array_equal(run.top[1].data, [13, 10, 11])


def test_an_order_goes_on_after_a_pause(listed):
    options = "batch_size: 3 new_height: 2 new_width: 3 shuffle: true rand_skip: 2"
    run = disparities(listed[0], options)
    state = run.layer.get_state()
    run.forward()
    expected = run.top[1].data.copy()
    run.layer.set_state(state)
    run.forward()
    np.testing.assert_array_equal(run.top[1].data, expected)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("batch_size: 0 new_height: 2 new_width: 3", "Positive batch size"),
        ("batch_size: 1 new_height: 2", "size of the disparities"),
        ("batch_size: 1 new_height: 3 new_width: 3", "Incorrect image width"),
    ],
)
def test_what_is_refused(listed, options, words):
    with pytest.raises((LayerError, DataError), match=words):
        disparities(listed[0], options)
