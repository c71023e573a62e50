import numpy as np
import pytest

from blobnet import LayerError
from blobnet.sources.float_files import read_pfm
from tests.layers.motion.test_flo_writer import write


def test_rows_stand_from_below_with_the_other_sign(tmp_path):
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    write("PFMWriter", f'folder: "{tmp_path.as_posix()}"', x)
    content = (tmp_path / "0000000.pfm").read_bytes()
    assert content.startswith(b"Pf\n3 2\n1.0\n")
    np.testing.assert_array_equal(np.frombuffer(content[11:], ">f4"), [-3, -4, -5, 0, -1, -2])


def test_colours_stand_side_by_side(tmp_path, rng):
    x = rng.normal(size=(1, 3, 4, 5))
    write("PFMWriter", f'folder: "{tmp_path.as_posix()}"', x)
    np.testing.assert_allclose(read_pfm(tmp_path / "0000000.pfm"), -x[0], rtol=1e-6)
    with pytest.raises(LayerError, match="1 or 3 channels"):
        write("PFMWriter", f'folder: "{tmp_path.as_posix()}"', x[:, :2])
