import numpy as np
import pytest

from blobnet import DataError
from blobnet.testing import run_layer
from tests.sources.image_files import write_png


def read(file, more=""):
    return run_layer(
        f'name: "r" type: "ImgReader" reader_param {{ file: "{file.as_posix()}" num: 2 }} {more}'
    )


def test_an_image_is_read_and_transformed(tmp_path, rng):
    pytest.importorskip("PIL")
    x = rng.integers(256, size=(3, 4, 5), dtype=np.uint8)
    file = write_png(tmp_path / "x.png", x)
    np.testing.assert_array_equal(read(file).top[0].data, np.stack([x] * 2))
    run = read(file, "transform_param { scale: 0.5 mean_value: 10 }")
    np.testing.assert_allclose(run.top[0].data[1], (x - 10.0) * 0.5)


def test_no_image_is_refused(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(DataError, match='ImgReader layer "r"'):
        read(tmp_path / "x")
    with pytest.raises(DataError, match='ImgReader layer "r"'):
        read(tmp_path / "none")
