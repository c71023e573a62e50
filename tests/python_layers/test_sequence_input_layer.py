import numpy as np
import pytest
from PIL import Image

from blobnet import LayerError
from tests.python_layers.running import run_python

MEAN = np.array([103.939, 116.779, 128.68])[:, None, None]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Three videos of one grey a frame, by video and frame; their right halves are bright."""
    monkeypatch.chdir(tmp_path)
    lines = []
    for video in range(3):
        folder = tmp_path / "frames" / f"v{video}"
        folder.mkdir(parents=True)
        for frame in range(6):
            image = np.full((240, 320, 3), 20 * video + 2 * frame, np.uint8)
            image[:, 160:] = 200
            Image.fromarray(image).save(folder / f"v{video}.{frame + 1:04d}.jpg", quality=100)
        lines.append(f"kind/v{video} {video + 7}\n")
    (tmp_path / "list.txt").write_text("".join(lines))
    return tmp_path


def clips(layer="videoReadTest_RGB", param="'videos': 2\n'length': 4", phase="TRAIN", listed=True):
    text = f"'list': 'list.txt'\n{param}" if listed else param
    return run_python("sequence_input_layer", layer, tops=3, param_str=text, phase=phase)


def test_clips_come_video_by_video_and_are_given_frame_by_frame(home):
    run = clips()
    for turn in range(6):
        if turn:
            run.forward()
        data, labels, markers = (blob.data for blob in run.top)
        videos = [(2 * turn + place) % 3 for place in range(2)]
        np.testing.assert_array_equal(labels, [video + 7 for video in videos] * 4)
        np.testing.assert_array_equal(markers, [0, 0, 1, 1, 1, 1, 1, 1])
        frames = (data + MEAN).reshape(4, 2, 3, 227, 227)
        for place, video in enumerate(videos):
            is_turned = frames[0, place, 0, 100, 5] > 150
            dark = frames[:, place, :, 100, 220 if is_turned else 5].mean(axis=1)
            steps = (dark - 20 * video) / 2
            first = round(float(steps[0]))
            assert first in (1, 2)  # never with the first frame
            np.testing.assert_allclose(steps, first + np.arange(4), atol=1)


def test_turned_clips_are_cut_out_and_others_are_squeezed(home):
    run = clips()
    edges = set()
    for _ in range(12):
        run.forward()
        for frame in (run.top[0].data + MEAN)[:2, 0, 100]:
            bright = int((frame > 120).sum())
            edges.add(("turned" if frame[5] > 120 else "whole", bright))
    whole = {bright for kind, bright in edges if kind == "whole"}
    assert all(abs(bright - 113.5) < 1 for bright in whole)  # half of 227
    turned = [bright for kind, bright in edges if kind == "turned"]
    assert len(turned) > 3
    assert min(turned) >= 160 - 93  # the place is drawn, 0 to 92
    assert max(turned) <= 160


def test_flow_that_is_turned_round_goes_the_other_way(home):
    (home / "frames").rename(home / "flow_images")
    run = clips("videoReadTest_flow")
    seen = set()
    for _ in range(8):
        run.forward()
        blue, _, red = run.top[0].data[0, :, 100] + 128
        is_turned = blue[5] > 120
        seen.add(bool(is_turned))
        np.testing.assert_allclose(red, 255 - blue if is_turned else blue, atol=0.01)
    assert seen == {False, True}


def test_the_place_is_kept(home):
    run = clips()
    state = run.layer.get_state()["instance"]
    assert state == {"at": 2}
    run.forward()
    run.layer.instance.set_state(state)
    run.forward()
    assert set(run.top[1].data) == {9, 7}
    with pytest.raises(LayerError, match="a state of another layer"):
        run.layer.instance.set_state({"at": 3})


def test_the_sizes_of_lrcn(home):
    shapes = [clips(f"videoRead{kind}_RGB", "'length': 1", "TEST", False).top[0].shape
              for kind in ("Test", "Train")]  # fmt: skip
    assert shapes == [(3, 3, 227, 227), (24, 3, 227, 227)]


def test_what_is_missing_is_told(home):
    with pytest.raises(LayerError, match=r"there is no .*trainVideos\.txt"):
        clips("videoReadTrain_RGB", "'length': 1", listed=False)
    with pytest.raises(LayerError, match="too short"):
        clips(param="'length': 6\n'videos': 1")
    with pytest.raises(LayerError, match="unknown setting"):
        clips(param="'size': 6")
    (home / "list.txt").write_text("a/v0 x\n")
    with pytest.raises(LayerError, match="line 1"):
        clips()
    (home / "list.txt").write_text("a/nowhere 3\n")
    with pytest.raises(LayerError, match="no frames"):
        clips()
    (home / "list.txt").write_text("\n")
    with pytest.raises(LayerError, match="is empty"):
        clips()
