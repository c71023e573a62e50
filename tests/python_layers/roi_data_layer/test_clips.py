"""RoIDataLayer with two tops: R-C3D's clips."""

import numpy as np
import pytest
from PIL import Image

from blobnet import LayerError
from tests.python_layers.running import run_python

TOPS = ["data", "gt_boxes"]
SMALL = "'num_classes': 3\n'length': [4]\n'frame_size': [6, 8]\n'crop_size': 5\n"
MEANS = np.array([90.0, 98.0, 102.0])


def data_layer(roidb=None, param=SMALL, **more):
    run = run_python(
        "roi_data_layer.layer", "RoIDataLayer", tops=TOPS, param_str=param,
        **{"phase": "TEST", **more},
    )  # fmt: skip
    if roidb is not None:
        run.layer.set_roidb(roidb)
        run.forward()
    return run


def entry(frames, **more):
    return {"frames": frames, "wins": [[0, 1], [1, 3], [2, 2]], "gt_classes": [2, 0, 1], **more}


def test_a_clip_ends_with_its_last_frame(rng):
    frames = rng.integers(0, 256, (3, 6, 8, 3)).astype(np.uint8)
    run = data_layer([entry(frames)])
    data, windows = run.top[0].data, run.top[1].data
    assert data.shape == (1, 3, 4, 5, 5)
    np.testing.assert_array_equal(windows, [[0, 1, 2], [2, 2, 1]])
    places = [
        (y, x)
        for y in range(1)
        for x in range(3)
        if np.allclose(
            data[0, :, :3],
            (frames[:, y : y + 5, x : x + 5] - MEANS).transpose(3, 0, 1, 2),
            rtol=1e-5,
        )
    ]
    assert len(places) == 1
    np.testing.assert_array_equal(data[0, :, 3], data[0, :, 2])


def test_frames_are_scaled_and_turned_round():
    frames = np.zeros((4, 3, 4, 3), np.uint8)
    frames[:, :, 2:] = 200
    plain, turned = (data_layer([entry(frames, flipped=f)]) for f in (False, True))
    values = plain.top[0].data[0, 0, 0, 0] + 90
    assert values[0] == 0
    assert values[-1] == 200
    assert (np.diff(values) >= 0).all()
    assert turned.top[0].data[0, 0, 0, 0, 0] + 90 == 200


def test_frames_of_files(tmp_path):
    for index in range(9):
        Image.new("RGB", (8, 6), (0, 0, 10 * index)).save(tmp_path / f"image_{index + 1:05d}.png")
        (tmp_path / f"image_{index + 1:05d}.png").rename(tmp_path / f"image_{index + 1:05d}.jpg")
    folders = {"fg_name": str(tmp_path), "bg_name": "no folder"}
    run = data_layer([entry([[1, 2, 8, 2], [1, 8, 9, 1]], **folders)])
    np.testing.assert_allclose(run.top[0].data[0, 0, :, 0, 0] + 90, [20, 40, 60, 80], rtol=1e-5)
    run = data_layer([entry([[1, 5, 7]], **folders)])
    np.testing.assert_allclose(run.top[0].data[0, 0, :, 0, 0] + 90, [50, 60, 60, 60], rtol=1e-5)
    with pytest.raises(LayerError, match="no folder"):
        data_layer([entry([[0, 2, 8, 2]], **folders)])


def test_the_length_is_drawn():
    run = data_layer([entry(np.zeros((2, 6, 8, 3), np.uint8))], SMALL.replace("[4]", "[2, 4]"))
    lengths = set()
    for _ in range(20):
        run.forward()
        lengths.add(run.top[0].shape[2])
    assert lengths == {2, 4}


def test_every_clip_comes_but_the_last_of_a_round_and_its_place_is_restored():
    clips = [entry(np.full((1, 6, 8, 3), 10 * index, np.uint8)) for index in range(5)]
    run, again = data_layer(), data_layer()
    run.layer.set_roidb(clips)

    def values(run, count):
        found = []
        for _ in range(count):
            run.forward()
            found.append(round(float(run.top[0].data[0, 0, 0, 0, 0]) + 90))
        return found

    seen = values(run, 4)
    assert len(set(seen)) == 4
    again.layer.set_state(run.layer.get_state())
    again.layer.set_roidb(clips)
    assert again.layer.get_state() == run.layer.get_state()
    with pytest.raises(LayerError, match="another layer"):
        run.layer.instance.set_state({"round": [0, 0], "at": 0})


def test_without_clips():
    run = data_layer()
    assert not np.isnan(run.top[0].data).any()
    np.testing.assert_array_equal(run.top[1].data, [[0, 3, 1]])
    with pytest.raises(LayerError, match="set_roidb"):
        data_layer(phase="TRAIN")


FRAMES = np.zeros((2, 6, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("roidb", "told"),
    [
        ([], "empty"),
        ([{}], "no 'frames'"),
        ([entry(np.zeros((3, 2)))], r"frames of shape \(3, 2\)"),
        ([entry([[0, 1, 5, 0]])], "step"),
        ([{**entry(FRAMES), "gt_classes": [1]}], "3 windows, 1 labels"),
        ([{**entry(FRAMES), "wins": [[0, np.nan]] * 3}], "3 windows"),
        ([entry(np.zeros((5, 6, 8, 3), np.uint8))], "too many frames"),
        ([entry(FRAMES[:0])], "without frames"),
    ],
)
def test_lists_that_are_no_roidb(roidb, told):
    with pytest.raises(LayerError, match=told):
        data_layer(roidb)


@pytest.mark.parametrize(
    ("param", "told"),
    [
        ("'crop_size': 6", "CROP_SIZE"),
        ("'length': [0]", "LENGTH"),
        ("'length': [100000]", "LENGTH"),
        ("'video_batch': 2", "VIDEO_BATCH"),
        ("'lenght': 2", "lenght"),
    ],
)
def test_settings_that_do_not_suit(param, told):
    name = param.partition(":")[0]
    with pytest.raises(LayerError, match=told):
        data_layer(param="".join(
            line + "\n" for line in SMALL.splitlines() if not line.startswith(name)
        ) + param)  # fmt: skip
