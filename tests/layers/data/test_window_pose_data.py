import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.testing import run_layer

pytest.importorskip("PIL")

from tests.sources.image_files import write_png

MEAN = np.array([102.98, 115.95, 122.77], "f4")
ANGLES = [10, 11, 20, 21, 30, 31, 1, 2, 3, 4, 5, 6]


@pytest.fixture
def image(rng, tmp_path):
    pixels = rng.integers(256, size=(3, 4, 4), dtype=np.uint8)
    write_png(tmp_path / "a.png", pixels)
    return pixels


def poses(tmp_path, windows, options="fg_fraction: 1", more="", **settings):
    lines = "".join(f"{window}\n" for window in windows)
    folder = tmp_path.as_posix()
    (tmp_path / "windows.txt").write_text(f"# 0\na.png\n3\n4\n4\n{len(windows)}\n{lines}")
    return run_layer(
        f"""name: "w" type: "WindowPoseData" window_data_param {{
            source: "{folder}/windows.txt" root_folder: "{folder}/" batch_size: 40 {options} }}
            transform_param {{ crop_size: 4 {more} }}""",
        **settings,
    )


def window(label=5, overlap=1, angles=ANGLES):
    return f"{label} {overlap} 0 0 3 3 " + " ".join(map(str, angles))


def test_pixels_less_the_mean_and_classes_of_angles(image, tmp_path):
    run = poses(tmp_path, [window()])
    assert [blob.shape for blob in run.top] == [(40, 3, 4, 4), *[(40, 1, 1, 1)] * 7]
    expected = image - MEAN[:, None, None].astype("f8")
    np.testing.assert_allclose(run.top[0].data, np.broadcast_to(expected, (40, 3, 4, 4)))
    for blob, value in zip(run.top[1:], [5, 10, 20, 30, 1, 3, 5], strict=True):
        np.testing.assert_array_equal(blob.data, value)


def test_a_flipped_window_has_the_angles_of_the_mirror(image, tmp_path):
    run = poses(tmp_path, [window()], more="mirror: true")
    plain = image - MEAN[:, None, None].astype("f8")
    flipped = 0
    for item in range(40):
        is_flipped = not np.allclose(run.top[0].data[item], plain)
        flipped += is_flipped
        expected = plain[:, :, ::-1] if is_flipped else plain
        np.testing.assert_allclose(run.top[0].data[item], expected)
        found = [float(blob.data[item, 0, 0, 0]) for blob in run.top[2:]]
        assert found == ANGLES[is_flipped::2]
    assert 5 < flipped < 35


def test_background_has_its_own_angles_and_label_0(image, tmp_path):
    other = [value + 100 for value in ANGLES]
    run = poses(tmp_path, [window(), window(7, 0.1, other)], "fg_fraction: 0.25")
    np.testing.assert_array_equal(run.top[1].data.ravel(), [0] * 30 + [5] * 10)
    np.testing.assert_array_equal(run.top[2].data.ravel(), [110] * 30 + [10] * 10)


@pytest.mark.parametrize("more", ["mean_value: 3", 'mean_file: "mean.binaryproto"'])
def test_another_mean_is_refused(more, image, tmp_path):
    with pytest.raises(LayerError, match=f'"w": this type has a mean of its own(.|\n)*{more[:9]}'):
        poses(tmp_path, [window()], more=more)


@pytest.mark.parametrize(
    "wrong",
    [
        window(angles=ANGLES[:-1]),
        window(angles=[*ANGLES, 7]),
        window(angles=[0.5, *ANGLES[1:]]),
        window(angles=["x", *ANGLES[1:]]),
        window(angles=["nan", *ANGLES[1:]]),
        window(angles=["99999999999", *ANGLES[1:]]),
        "5 1 0 0 3",
        "5 x 0 0 3 3 " + " ".join(map(str, ANGLES)),
        "",
    ],
)
def test_lines_that_are_no_windows(wrong, image, tmp_path):
    with pytest.raises(DataError, match=r"windows\.txt, line 8: not a window file(.|\n)*e1 e1m"):
        poses(tmp_path, [window(), wrong])


def test_settings_are_checked_as_those_of_window_data(image, tmp_path):
    with pytest.raises(LayerError, match='WindowPoseData layer "w": fg_fraction'):
        poses(tmp_path, [window()], "fg_fraction: 2")
