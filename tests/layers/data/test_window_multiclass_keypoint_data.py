import numpy as np
import pytest

from blobnet import DataError
from blobnet.testing import run_layer

pytest.importorskip("PIL")

from tests.sources.image_files import write_png


@pytest.fixture(autouse=True)
def image(rng, tmp_path):
    pixels = rng.integers(256, size=(3, 4, 4), dtype=np.uint8)
    write_png(tmp_path / "a.png", pixels)
    return pixels


def keypoints(tmp_path, ends, *, total=6, more="", batch=40):
    """A window for each end."""
    folder = tmp_path.as_posix()
    lines = "".join(f"{i + 1} 1 0 0 3 3 {end}\n" for i, end in enumerate(ends))
    text = f"# 0\na.png\n3\n4\n4\n{total}\n{len(ends)}\n{lines}"
    (tmp_path / "windows.txt").write_text(text)
    return run_layer(
        f"""name: "w" type: "WindowMulticlassKeypointData" window_data_param {{
            source: "{folder}/windows.txt" root_folder: "{folder}/" batch_size: {batch}
            fg_fraction: 1 }} transform_param {{ crop_size: 4 {more} }}"""
    )


def test_values_of_keypoints_and_the_range_of_the_class(tmp_path):
    run = keypoints(tmp_path, ["2 1 3 1 2 0.5 3 3 2"])
    assert [blob.shape for blob in run.top] == [(40, 3, 4, 4), (40, 6, 1, 1), (40, 6, 1, 1)]
    for item in range(40):
        np.testing.assert_array_equal(run.top[1].data[item].ravel(), [0, 0.5, 0, 2, 0, 0])
        np.testing.assert_array_equal(run.top[2].data[item].ravel(), [0, 1, 1, 1, 0, 0])


def test_a_window_has_what_its_line_says(tmp_path):
    run = keypoints(tmp_path, ["0 0 1", "1 4 5 5 4 1"])
    seen = {tuple(run.top[2].data[i].ravel()): run.top[1].data[i].ravel() for i in range(40)}
    assert set(seen) == {(1, 1, 0, 0, 0, 0), (0, 0, 0, 0, 1, 1)}
    np.testing.assert_array_equal(seen[1, 1, 0, 0, 0, 0], np.zeros(6))
    np.testing.assert_array_equal(seen[0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 1])


def test_in_the_mirror_they_are_others(tmp_path, image):
    run = keypoints(tmp_path, ["2 1 3 1 2 0.5 3 3 2"], more="mirror: true")
    mean = np.array([102.98, 115.95, 122.77], "f4").astype("f8")
    plain = image - mean[:, None, None]
    kinds = set()
    for item in range(40):
        is_flipped = not np.allclose(run.top[0].data[item], plain)
        kinds.add(is_flipped)
        expected = [0, 0, 0.5, 2, 0, 0] if is_flipped else [0, 0.5, 0, 2, 0, 0]
        np.testing.assert_array_equal(run.top[1].data[item].ravel(), expected)
    assert kinds == {False, True}


@pytest.mark.parametrize(
    "end",
    [
        "",
        "1 0 2",
        "1 0 2 1 2",
        "2 0 2 1 2 0.5",
        "1.5 0 2 1 2 0.5",
        "1 0 6 1 2 0.5",  # a range that goes on behind the last keypoint
        "1 -1 2 1 2 0.5",
        "1 3 2 1 2 0.5",
        "1 0 2 6 2 0.5",
        "1 0 2 1 -1 0.5",
        "1 0 2 1.5 2 0.5",
        "1 0 2 1 2 nan",
        "1 0 2 1 2 x",
        "999999999 0 2 1 2 0.5",
    ],
)
def test_ends_that_are_none(end, tmp_path):
    with pytest.raises(DataError, match=r"line 8: not a window file(.|\n)*n first last"):
        keypoints(tmp_path, [end])


def test_all_images_have_as_many_keypoints(tmp_path):
    with pytest.raises(DataError, match=r"line 6: not a window file\n +expected: some keypoints"):
        keypoints(tmp_path, ["0 0 1"], total=0)
    path = tmp_path / "windows.txt"
    keypoints(tmp_path, ["0 0 1"])
    path.write_text(path.read_text() + "# 1\na.png\n3\n4\n4\n7\n0\n")
    with pytest.raises(DataError, match="expected: 6 keypoints in all, for each image"):
        run_layer(
            f"""type: "WindowMulticlassKeypointData" transform_param {{ crop_size: 4 }}
            window_data_param {{ source: "{path.as_posix()}" batch_size: 1 }}"""
        )


@pytest.mark.parametrize("total", [10**9, 10**15])
def test_a_number_of_keypoints_that_no_memory_holds(total, tmp_path):
    with pytest.raises(DataError, match=r"windows\.txt(.|\n)*keypoints"):
        keypoints(tmp_path, ["0 0 1"], total=total)
