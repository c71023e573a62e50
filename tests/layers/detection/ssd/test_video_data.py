import sys
from types import SimpleNamespace

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from blobnet.errors import MissingExtraError
from tests.sources.image_files import write_png


@pytest.fixture
def frames(tmp_path, rng):
    made = rng.integers(256, size=(10, 3, 5, 6), dtype=np.uint8)
    for number, image in enumerate(made):
        write_png(tmp_path / "f" / f"a{number:02d}.png", image)
    (tmp_path / "f" / "notes.txt").write_text("no frame")
    return made


def make_net(file, options="", batch=2, kind="VIDEO", tops='top: "data" top: "label"'):
    video_file = f'video_file: "{file.as_posix()}"' if file else ""
    text = f"""layer {{ name: "v" type: "VideoData" {tops} data_param {{ batch_size: {batch} }}
        video_data_param {{ video_type: {kind} {video_file} {options} }} }}"""
    return blobnet.Net(blobnet.parse_net(text))


def batches(net, count):
    return np.concatenate([net.forward()["data"].copy() for _ in range(count)])


@pytest.mark.parametrize("name", ["f", "f/a%02d.png", "f/a00.png"])
def test_images_are_frames(name, frames, tmp_path):
    net = make_net(tmp_path / name)
    np.testing.assert_array_equal(batches(net, 5), frames)
    assert net.blobs["label"].data.tolist() == [0, 0]


def test_numbered_images_begin_at_the_first_and_end_at_a_gap(frames, tmp_path):
    (tmp_path / "f/a00.png").unlink()
    (tmp_path / "f/a05.png").unlink()
    net = make_net(tmp_path / "f/a%02d.png")
    np.testing.assert_array_equal(batches(net, 2), frames[1:5])
    with pytest.raises(DataError, match="Finished"):
        net.forward()


def test_frames_between_are_left_out(frames, tmp_path):
    net = make_net(tmp_path / "f", "skip_frames: 2", batch=1)
    np.testing.assert_array_equal(batches(net, 3), frames[[2, 5, 8]])
    with pytest.raises(DataError, match="Finished processing video"):
        net.forward()


def test_it_goes_on_where_it_was(frames, tmp_path):
    net, other = (make_net(tmp_path / "f", "skip_frames: 1") for _ in range(2))
    net.forward()
    other.set_state(net.get_state())
    np.testing.assert_array_equal(batches(other, 1), frames[[5, 7]])


def test_without_opencv_a_video_is_explained(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    (tmp_path / "x.avi").write_bytes(b"RIFF")
    with pytest.raises(MissingExtraError, match="opencv-python-headless"):
        make_net(tmp_path / "x.avi")
    with pytest.raises(MissingExtraError, match="camera"):
        make_net(None, kind="WEBCAM")


class Capture:
    """What VideoCapture is, over some frames."""

    def __init__(self, frames, opened=True):
        self.frames, self.opened = list(frames), opened

    def isOpened(self):  # noqa: N802
        return self.opened

    def read(self):
        return (True, self.frames.pop(0).transpose(1, 2, 0)) if self.frames else (False, None)

    def grab(self):
        return self.read()[0]

    def release(self):
        self.frames = []


def test_opencv_gives_a_videos_frames(frames, tmp_path, monkeypatch):
    monkeypatch.setitem(
        sys.modules, "cv2", SimpleNamespace(VideoCapture=lambda what: Capture(frames))
    )
    (tmp_path / "x.avi").write_bytes(b"RIFF")
    net, other = (make_net(tmp_path / "x.avi", "skip_frames: 1", batch=1) for _ in range(2))
    np.testing.assert_array_equal(batches(net, 2), frames[[1, 3]])
    other.set_state(net.get_state())
    np.testing.assert_array_equal(batches(other, 3), frames[[5, 7, 9]])
    with pytest.raises(DataError, match="Finished"):
        other.forward()


def test_a_camera_that_does_not_open_is_told(monkeypatch):
    camera = SimpleNamespace(VideoCapture=lambda what: Capture([], opened=False))
    monkeypatch.setitem(sys.modules, "cv2", camera)
    with pytest.raises(DataError, match="Failed to open webcam 3"):
        make_net(None, "device_id: 3", kind="WEBCAM")


@pytest.mark.parametrize(
    ("file", "options", "error", "words"),
    [
        ("", "", LayerError, "Must provide video file"),
        ("gone.avi", "", DataError, "no such file"),
        ("gone%d.png", "", DataError, "none of them"),
        ("%d%d.png", "", DataError, "none of them"),
        ("f", "num_segments: 3", LayerError, "another fork"),
    ],
)
def test_what_is_no_video_is_told(file, options, error, words, frames, tmp_path):
    with pytest.raises(error, match=words):
        make_net(tmp_path / file if file else None, options)
    with pytest.raises(LayerError, match="batch_size"):
        make_net(tmp_path / "f", batch=0)
