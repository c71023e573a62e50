"""VideoData as C3D and TSN mean it."""

import numpy as np
import pytest

from blobnet import DataError, LayerError, MissingExtraError
from blobnet.proto import BlobProto
from blobnet.testing import run_layer

PIL = pytest.importorskip("PIL.Image")
SIZE = (4, 5)


def frame(video, number):
    """One value for all pixels, which a .jpg keeps."""
    return 10 * video + number


@pytest.fixture
def videos(tmp_path):
    """Folders v0 and v1 of 9 frames each, from 1 on, as C3D and TSN call them."""
    for video in range(2):
        folder = tmp_path / f"v{video}"
        folder.mkdir()
        for number in range(1, 10):
            gray = PIL.new("L", SIZE[::-1], frame(video, number))
            gray.convert("RGB").save(folder / f"{number:06d}.jpg")
            gray.convert("RGB").save(folder / f"image_{number:04d}.jpg")
            gray.save(folder / f"flow_x_{number:04d}.jpg")
            PIL.new("L", SIZE[::-1], 100 + frame(video, number)).save(
                folder / f"flow_y_{number:04d}.jpg"
            )
    return tmp_path


def clips(videos, lines, options, *, message="video_data_param", num_top=2, more="", **settings):
    (videos / "list.txt").write_text("\n".join(lines))
    param = f'source: "{videos.as_posix()}/list.txt" root_folder: "{videos.as_posix()}/" {options}'
    return run_layer(
        f'name: "v" type: "VideoData" {message} {{ {param} }} {more}', num_top=num_top, **settings
    )


C3D = "use_image: true batch_size: 2 new_length: 3"


def starts(run):
    """The value of the first frame of each clip."""
    return [round(value) for value in run.top[0].data[:, 0, 0, 0, 0]]


def test_a_clip_is_a_run_of_frames(videos):
    run = clips(videos, ["v0 2 7", "v1 5 8"], C3D)
    assert run.top[0].shape == (2, 3, 3, *SIZE)
    np.testing.assert_allclose(run.top[0].data[0, :, :, 1, 1], [[2, 3, 4]] * 3)
    np.testing.assert_allclose(run.top[0].data[1, :, :, 1, 1], [[15, 16, 17]] * 3)
    np.testing.assert_array_equal(run.top[1].data, [7, 8])


def test_c3d_1_0_has_its_settings_elsewhere(videos):
    options = f"{C3D} sampling_rate: 2 mean_value: 1 scale: 2 crop_size: 3 mirror: true"
    run = clips(videos, ["v0 2 7"], options, message="image_data_param")
    assert run.top[0].shape == (2, 3, 3, 3, 3)
    np.testing.assert_allclose(run.top[0].data[0, 0, :, 0, 0], [2, 6, 10])
    assert run.top[1].shape == (2, 1, 1, 1, 1)
    run = clips(videos, ["v0 2 7"], C3D, message="image_data_param", num_top=1)
    assert len(run.top) == 1


def test_frames_are_resized_and_transformed(videos):
    options = f"{C3D} new_height: 8 new_width: 6"
    more = "transform_param { crop_size: 6 mean_value: [1, 2, 3] scale: 0.5 }"
    run = clips(videos, ["v0 2 7"], options, more=more)
    assert run.top[0].shape == (2, 3, 3, 6, 6)
    np.testing.assert_allclose(run.top[0].data[0, :, 1, 2, 2], [1, 0.5, 0])


def test_a_mean_clip_is_subtracted(videos, rng):
    mean = rng.integers(9, size=(1, 3, 3, *SIZE)).astype(np.float32)
    proto = BlobProto(data=mean.ravel())
    proto.shape.dim.extend(mean.shape)
    (videos / "mean").write_bytes(proto.SerializeToString())
    more = f'transform_param {{ mean_file: "{videos.as_posix()}/mean" }}'
    run = clips(videos, ["v0 2 7"], C3D, more=more)
    whole = np.broadcast_to(np.array([2, 3, 4])[:, None, None], mean.shape[1:])
    np.testing.assert_allclose(run.top[0].data[0], whole - mean[0])
    with pytest.raises(LayerError, match="does not fit the clips"):
        clips(videos, ["v0 2 7"], "use_image: true batch_size: 1 new_length: 2", more=more)


def test_the_first_frame_is_drawn_in_training(videos):
    options = "use_image: true batch_size: 60 new_length: 3 use_temporal_jitter: true"
    run = clips(videos, ["v0 9 7"], options)  # 9 is how many frames there are
    assert set(starts(run)) == set(range(1, 8))
    (videos / "v0" / "000000.jpg").write_bytes((videos / "v0" / "000009.jpg").read_bytes())
    run = clips(videos, ["v0 9 7"], options, phase="TEST")
    assert set(starts(run)) == {9}
    with pytest.raises(DataError, match="not enough frames"):
        clips(videos, ["v0 2 7"], options)


def test_the_rate_may_be_drawn(videos):
    options = (
        "use_image: true batch_size: 60 new_length: 2 use_sampling_rate_jitter: true "
        "max_sampling_rate: 3"
    )
    run = clips(videos, ["v0 1 7"], options)
    assert set(np.round(run.top[0].data[:, 0, 1, 0, 0])) == {2, 3, 4}


def test_a_clip_may_have_several_labels(videos):
    options = f"{C3D} use_multiple_label: true num_of_labels: 4"
    run = clips(videos, ["v0 2 3,0", "v1 1 1"], options)
    np.testing.assert_array_equal(run.top[1].data, [[1, 0, 0, 1], [0, 1, 0, 0]])


def test_an_order_goes_on_after_a_pause(videos):
    lines = [f"v{i % 2} {i // 2 + 1} {i}" for i in range(10)]
    options = "use_image: true batch_size: 3 new_length: 1 shuffle: true rand_skip: 4"
    run = clips(videos, lines, options)
    state = run.layer.get_state()
    expected = []
    for _ in range(5):
        run.forward()
        expected.append(run.top[1].data.copy())
    again = clips(videos, lines, options, seed=9)
    again.layer.set_state(state)
    for labels in expected:
        again.forward()
        np.testing.assert_array_equal(again.top[1].data, labels)


def test_segments_of_images(videos):
    options = "batch_size: 1 new_length: 2 num_segments: 2 modality: RGB"
    run = clips(videos, ["v0 8 3"], options, phase="TEST")
    assert run.top[0].shape == (1, 12, *SIZE)
    # parts of 4 frames; in the middle of each begins one of the three places
    np.testing.assert_allclose(run.top[0].data[0, ::3, 0, 0], [2, 3, 6, 7])
    assert run.top[1].shape == (1, 1, 1, 1)


def test_segments_of_flow(videos):
    run = clips(videos, ["v1 9 3"], "batch_size: 2 new_length: 2 num_segments: 3", phase="TEST")
    assert run.top[0].shape == (2, 12, *SIZE)
    expected = [value for n in (2, 3, 5, 6, 8, 9) for value in (frame(1, n), 100 + frame(1, n))]
    np.testing.assert_allclose(run.top[0].data[0, :, 0, 0], expected)


def test_mean_values_of_one_frame_are_those_of_each(videos):
    more = "transform_param { mean_value: [1, 2, 3] }"
    options = "batch_size: 1 modality: RGB num_segments: 2"
    plain, run = (clips(videos, ["v0 9 1"], options, phase="TEST", more=m) for m in ("", more))
    means = np.reshape([1, 2, 3] * 2, (6, 1, 1))
    np.testing.assert_array_equal(run.top[0].data, plain.top[0].data - means)
    more = "transform_param { mean_value: [1, 2, 3, 4] }"
    with pytest.raises(LayerError, match="as many as channels"):
        clips(videos, ["v0 9 1"], options, phase="TEST", more=more)


def test_flips_turn_flow_round(videos):
    more = "transform_param { is_flow: true mirror: true crop_size: 3 fix_crop: true }"
    options = "batch_size: 1 modality: FLOW new_length: 2"
    run = clips(videos, ["v0 2 1"], options, more=more)
    found = set()
    for _ in range(20):
        run.forward()
        found.add(tuple(run.top[0].data[0, :, 1, 1].round().tolist()))
    assert found == {(1, 101, 2, 102), (254, 101, 253, 102)}


def test_segments_are_drawn_in_training(videos):
    options = "batch_size: 60 num_segments: 2 modality: RGB grayscale: true"
    run = clips(videos, ["v0 8 3"], options)
    assert run.top[0].shape == (60, 2, *SIZE)
    assert set(np.round(run.top[0].data[:, 0, 0, 0])) == {1, 2, 3, 4}
    assert set(np.round(run.top[0].data[:, 1, 0, 0])) == {5, 6, 7, 8}
    short = clips(videos, ["v0 3 3"], options + " new_length: 4")
    np.testing.assert_allclose(short.top[0].data[0, :, 0, 0], [1, 2, 3, 4, 1, 2, 3, 4])


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        ([], C3D, "File is empty"),
        (["v0 2"], C3D, "line 1: not a clip"),
        (["v0 2 x"], C3D, "line 1: not a clip"),
        (["v0 2 3", "v0 2 1 4"], C3D, "line 2: not a clip"),
        (["v0 8 1"], C3D, "line 1: .*000010.jpg"),
        (["v0 1 9"], f"{C3D} use_multiple_label: true num_of_labels: 4", "not a clip"),
        (["v0 1 9"], f"{C3D} use_multiple_label: true", "number of labels must be set"),
        (["v0 1 1"], "new_length: 0 batch_size: 1", "new length need to be positive"),
        (["v0 1 1"], "new_length: 1", "Positive batch size"),
        (["v0 1 1"], f"{C3D} new_height: 3", "new_height and new_width"),
        (["v0 1 1"], f"{C3D} sampling_rate: 0", "sampling_rate must be"),
        (["v0 9 1"], "batch_size: 1 num_segments: 0", "num_segments must be"),
        (["v0 9 1"], 'batch_size: 1 name_pattern: "%d%d"', "name_pattern"),
        (["v0 9 1"], 'batch_size: 1 modality: RGB name_pattern: "%99999d"', "name_pattern"),
        (["v0 9 1"], 'batch_size: 1 modality: RGB name_pattern: "a.jpg"', "name_pattern"),
    ],
)
def test_what_is_refused(videos, lines, options, words):
    with pytest.raises((LayerError, DataError), match=words):
        clips(videos, lines, options)


def test_videos_need_opencv(videos):
    (videos / "v.avi").write_bytes(b"")
    try:
        import cv2  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match="opencv-python-headless"):
            clips(videos, ["v.avi 0 1"], "batch_size: 1 new_length: 2")
    else:
        with pytest.raises(DataError, match="Cannot open"):
            clips(videos, ["v.avi 0 1"], "batch_size: 1 new_length: 2")


def test_frames_of_a_video(videos):
    cv2 = pytest.importorskip("cv2")
    file = str(videos / "v.avi")
    writer = cv2.VideoWriter(file, cv2.VideoWriter_fourcc(*"MJPG"), 5, (16, 16))
    for number in range(9):
        writer.write(np.full((16, 16, 3), 20 * number, np.uint8))
    writer.release()
    run = clips(videos, ["v.avi 2 1"], "batch_size: 1 new_length: 3 sampling_rate: 2")
    np.testing.assert_allclose(run.top[0].data[0, 0, :, 4, 4], [40, 80, 120], atol=4)
    jitter = "batch_size: 40 new_length: 3 use_temporal_jitter: true"
    run = clips(videos, ["v.avi 1"], jitter)
    assert len(set(starts(run))) > 4
    with pytest.raises(DataError, match="not enough frames"):
        clips(videos, ["v.avi 7 1"], "batch_size: 1 new_length: 3")
