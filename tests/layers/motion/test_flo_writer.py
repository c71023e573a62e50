import struct

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def write(type_name, options, x, **more):
    return run_layer(
        f'name: "w" type: "{type_name}" writer_param {{ {options} }}', x, num_top=0, **more
    )


def test_arrows_stand_side_by_side(tmp_path):
    flow = np.arange(12.0).reshape(1, 2, 2, 3)
    folder = tmp_path / "a" / "b"
    run = write("FLOWriter", f'folder: "{folder.as_posix()}" prefix: "p" suffix: "s"', flow)
    content = (folder / "p0000000s.flo").read_bytes()
    assert content[:12] == b"PIEH" + struct.pack("<ii", 3, 2)
    expected = (0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11)
    assert struct.unpack("<12f", content[12:]) == expected
    assert struct.unpack("<f", content[:4]) == pytest.approx((202021.25,))
    run.forward()
    assert (folder / "p0000001s.flo").is_file()


def test_a_batch_has_a_file_for_each_flow(tmp_path):
    write("FLOWriter", f'folder: "{tmp_path.as_posix()}"', np.zeros((2, 2, 1, 1)))
    assert {file.name for file in tmp_path.iterdir()} == {
        "0000000(000).flo",
        "0000000(001).flo",
    }


def test_numbers_go_on_after_a_pause(tmp_path):
    options, x = f'folder: "{tmp_path.as_posix()}"', np.zeros((1, 2, 1, 1))
    state = write("FLOWriter", options, x).layer.get_state()
    again = write("FLOWriter", options, x)
    again.layer.set_state(state)
    again.forward()
    assert (tmp_path / "0000001.flo").is_file()


def test_what_is_refused(tmp_path):
    with pytest.raises(LayerError, match="must have 2 channels"):
        write("FLOWriter", f'folder: "{tmp_path.as_posix()}"', np.zeros((1, 3, 1, 1)))
    (tmp_path / "file").write_text("")
    with pytest.raises(LayerError, match="cannot write"):
        write("FLOWriter", f'folder: "{tmp_path.as_posix()}/file/x"', np.zeros((1, 2, 1, 1)))
    with pytest.raises(LayerError, match="cannot write"):
        write("FLOWriter", f'file: "{tmp_path.as_posix()}/no/x.flo"', np.zeros((1, 2, 1, 1)))
