import numpy as np

from tests.layers.motion.test_flo_writer import write


def test_a_head_of_text_and_numbers(tmp_path):
    x = np.arange(12.0).reshape(1, 2, 2, 3)
    write("FloatWriter", f'file: "{tmp_path.as_posix()}/x"', x)
    content = (tmp_path / "x").read_bytes()
    assert content.startswith(b"float\n3\n3\n2\n2\n")
    np.testing.assert_array_equal(np.frombuffer(content[14:], "<f4"), np.arange(12))
