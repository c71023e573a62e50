import json

import numpy as np
import pytest

from blobnet import DataError
from blobnet.proto import TransformationParameter, WindowDataParameter
from blobnet.sources.window_batches import WindowBatches, WindowImages
from blobnet.sources.window_file import read_window_file
from blobnet.sources.window_transformer import WindowTransformer

pytest.importorskip("PIL")

from tests.sources.image_files import write_png

TEXT = """\
# 0
{folder}/a.png
3
8
8
3
5 0.9 0 0 3 3
0 0 1 1 4 4
0 0.1 2 2 5 5
# 1
{folder}/b.png
3
8
8
2
6 0.8 3 3 6 6
7 0.5 4 4 7 7
"""


@pytest.fixture
def windows(rng, tmp_path):
    for name in ("a.png", "b.png"):
        write_png(tmp_path / name, rng.integers(256, size=(3, 8, 8), dtype=np.uint8))
    (tmp_path / "windows.txt").write_text(TEXT.format(folder=tmp_path.as_posix()))
    return read_window_file(tmp_path / "windows.txt", 0.5, 0.5)


def make(windows, batch_size, num_foreground, seed=0, images=None, mirror=False):
    transform = TransformationParameter(crop_size=4, mirror=mirror)
    return WindowBatches(
        windows,
        images or WindowImages(windows),
        WindowTransformer(WindowDataParameter(), transform),
        np.random.default_rng(seed),
        batch_size=batch_size,
        num_foreground=num_foreground,
    )


def test_background_comes_first_then_foreground(windows):
    reader = make(windows, 6, 2)
    assert reader.shapes() == [(6, 3, 4, 4), (6,)]
    for _ in range(10):
        data, label = reader.read()
        assert data.shape == (6, 3, 4, 4)
        assert data.dtype == label.dtype == np.float32
        assert label[:4].tolist() == [0] * 4
        assert set(label[4:]) <= {5, 6, 7}


def test_every_window_has_its_pixels_and_is_drawn_equally_often(windows):
    images = WindowImages(windows)
    pixels = {5: images.decode(0)[:, 0:4, 0:4], 6: images.decode(1)[:, 3:7, 3:7],
              7: images.decode(1)[:, 4:8, 4:8]}  # fmt: skip
    data, label = make(windows, 600, 600).read()
    for values, number in zip(data, label, strict=True):
        np.testing.assert_array_equal(values, pixels[int(number)])
    assert all(150 < (label == number).sum() < 250 for number in pixels)


def test_half_of_the_windows_are_flipped(windows):
    pixels = WindowImages(windows).decode(0)[:, 0:4, 0:4]
    data, label = make(windows, 600, 600, mirror=True).read()
    data = data[label == 5]
    plain = (data == pixels).all(axis=(1, 2, 3))
    flipped = (data == pixels[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (plain ^ flipped).all()
    assert 0.3 < plain.mean() < 0.7


@pytest.mark.parametrize("num_foreground", [0, 4])
def test_a_kind_that_is_not_wanted_need_not_be_there(num_foreground, windows, tmp_path):
    kinds = {"foreground": (0.9, 0), "background": (2, 3)}
    wanted = ("background", "foreground")[bool(num_foreground)]
    one_sided = read_window_file(tmp_path / "windows.txt", *kinds[wanted])
    make(one_sided, 4, num_foreground).read()
    other = ("foreground", "background")[bool(num_foreground)]
    with pytest.raises(DataError, match=rf"(?s)windows.txt: no {other} windows.*fg_threshold"):
        make(one_sided, 4, 4 - num_foreground)


def test_a_state_leads_back(windows):
    reader = make(windows, 5, 2, mirror=True)
    reader.read()
    state = json.loads(json.dumps(reader.get_state()))
    expected = [reader.read() for _ in range(4)]
    other = make(windows, 5, 2, seed=9, mirror=True)
    other.set_state(state)
    for batch in expected:
        for array, again in zip(batch, other.read(), strict=True):
            np.testing.assert_array_equal(again, array)


def test_the_generator_given_is_left_alone(windows):
    rng = np.random.default_rng(7)
    transformer = WindowTransformer(WindowDataParameter(), TransformationParameter(crop_size=4))
    reader = WindowBatches(
        windows, WindowImages(windows), transformer, rng, batch_size=3, num_foreground=1
    )
    reader.read()
    assert rng.bit_generator.state == np.random.default_rng(7).bit_generator.state


def test_images_in_memory_are_read_once(windows, tmp_path):
    cached = WindowImages(windows, in_memory=True)
    expected = make(windows, 8, 4).read()
    for name in ("a.png", "b.png"):
        (tmp_path / name).unlink()
    for array, again in zip(expected, make(windows, 8, 4, images=cached).read(), strict=True):
        np.testing.assert_array_equal(again, array)


def test_the_root_is_put_in_front_as_it_stands(windows, rng, tmp_path, monkeypatch):
    text = (tmp_path / "windows.txt").read_text().replace(f"{tmp_path.as_posix()}/", "")
    (tmp_path / "windows.txt").write_text(text)
    relative = read_window_file(tmp_path / "windows.txt", 0.5, 0.5)
    expected = WindowImages(windows).decode(1)
    np.testing.assert_array_equal(WindowImages(relative, f"{tmp_path}/").decode(1), expected)
    monkeypatch.chdir(tmp_path)
    images = WindowImages(relative)
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(images.decode(1), expected)


def test_a_missing_image_is_named(windows, tmp_path):
    (tmp_path / "b.png").unlink()
    with pytest.raises(DataError, match=r"windows.txt: Could not open or find file .*b.png"):
        make(windows, 30, 30).read()
    with pytest.raises(DataError, match=r"Could not open or find file .*b.png"):
        WindowImages(windows, in_memory=True)


def test_a_broken_image_is_named(windows, tmp_path):
    (tmp_path / "b.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"windows.txt, image # 1, .*b.png: the image cannot be"):
        make(windows, 30, 30).read()


def test_a_window_outside_of_its_image_is_named(windows, tmp_path):
    write_png(tmp_path / "a.png", np.zeros((3, 8, 3), np.uint8))
    with pytest.raises(DataError, match=r"windows.txt, line 7: the window does not lie in its im"):
        make(windows, 30, 30).read()
