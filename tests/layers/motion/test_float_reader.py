import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.sources.float_files import read_pfm, write_float3
from blobnet.testing import run_layer


def read(file, more=""):
    return run_layer(
        f'name: "r" type: "FloatReader" reader_param {{ file: "{file.as_posix()}" {more} }}'
    )


def test_what_was_written_is_read(tmp_path, rng):
    x = rng.normal(size=(2, 3, 4)).astype(np.float32)
    (tmp_path / "x.float3").write_bytes(write_float3(x))
    run = read(tmp_path / "x.float3", "num: 3")
    np.testing.assert_array_equal(run.top[0].data, np.stack([x] * 3))


def test_two_axes_are_one_channel(tmp_path):
    (tmp_path / "x").write_bytes(b"float\n2\n3\n2\n" + np.arange(6, dtype="<f4").tobytes())
    np.testing.assert_array_equal(read(tmp_path / "x").top[0].data, [[[[0, 1, 2], [3, 4, 5]]]])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"flat\n3\n1\n1\n1\n0000",
        b"float\n4\n1\n1\n1\n0000",
        b"float\n3\n1\n-1\n1\n0000",
        b"float\n3\n1\n1\n1\n000",
        b"float\n3\n99999999\n99999999\n99999999\n000",
        b"float\n3\n0\n1\n1\n",
        b"float\n3\n1",
    ],
)
def test_broken_files_are_refused(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DataError, match='FloatReader layer "r"'):
        read(tmp_path / "x")


@pytest.mark.parametrize(
    "content", [b"", b"Pf\n", b"P5\n1 1\n1\n0000", b"Pf\n1 1\nx\n0000", b"Pf\n1 2\n1.0\n0000"]
)
def test_broken_pfm_files_are_refused(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DataError):
        read_pfm(tmp_path / "x")


def test_pfm_files_say_which_byte_comes_first(tmp_path):
    for scale, dtype in (("-1", "<f4"), ("1", ">f4")):
        data = np.array([1, 2], dtype).tobytes()
        (tmp_path / "x").write_bytes(f"Pf\n1 2\n{scale}\n".encode() + data)
        np.testing.assert_array_equal(read_pfm(tmp_path / "x"), [[[2], [1]]])


def test_a_file_must_be_named():
    with pytest.raises(LayerError, match="no file is named"):
        run_layer('name: "r" type: "FloatReader"')
