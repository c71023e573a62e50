import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.testing import run_layer

PIL = pytest.importorskip("PIL.Image")
SIZE = (6, 8)


@pytest.fixture
def videos(tmp_path):
    """Folders v0 and v1 of 9 frames each; frame k of video v is 10 v + k all over."""
    for video in range(2):
        folder = tmp_path / f"v{video}"
        folder.mkdir()
        for number in range(1, 10):
            image = PIL.new("RGB", SIZE[::-1], (10 * video + number,) * 3)
            image.save(folder / f"image_{number:04d}.jpg")
    return tmp_path


def frames(videos, lines, options, *, transform="", **more):
    text = "".join(f"{videos.as_posix()}/{line}\n" for line in lines)
    (videos / "list.txt").write_text(text)
    return run_layer(
        f"""name: "v" type: "MultiFrameData" multi_frame_data_param {{
            source: "{videos.as_posix()}/list.txt" {options} }}
            transform_param {{ {transform} }}""",
        num_top=2,
        **more,
    )


def seen(run, item=0):
    """The value of each frame."""
    return [round(value) for value in run.top[0].data[item, ::3, 0, 0]]


def test_frames_stand_behind_each_other_in_the_channels(videos):
    options = "batch_size: 2 new_length: 3"
    run = frames(videos, ["v0 9 4", "v1 8 7"], options, phase="TEST")
    assert run.top[0].shape == (2, 9, *SIZE)
    assert run.top[1].shape == (2, 1, 1, 1)
    np.testing.assert_array_equal(run.top[1].data.ravel(), [4, 7])
    assert seen(run) == [4, 5, 6]  # (9 - 3 + 1) / 2 = 3 frames on
    assert seen(run, 1) == [14, 15, 16]


def test_every_part_gives_its_frames(videos):
    options = "batch_size: 1 new_length: 2 num_segments: 3"
    assert seen(frames(videos, ["v0 9 0"], options, phase="TEST")) == [2, 3, 5, 6, 8, 9]


def test_in_training_the_first_frame_is_drawn(videos):
    run = frames(videos, ["v0 9 0"], "batch_size: 60 new_length: 8", phase="TRAIN")
    firsts = {seen(run, item)[0] for item in range(60)}
    assert firsts == {1, 2}
    for item in range(60):
        first = seen(run, item)[0]
        assert seen(run, item) == list(range(first, first + 8))


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_of_a_short_part_it_is_the_second(phase, videos):
    assert seen(frames(videos, ["v1 3 0"], "batch_size: 1 new_length: 4", phase=phase)) == [
        *range(12, 16)
    ]


def test_frames_are_resized_and_transformed(videos):
    run = frames(
        videos,
        ["v0 9 0"],
        "batch_size: 1 new_length: 2 new_height: 5 new_width: 7",
        transform="crop_size: 4 mean_value: 1 mean_value: 2 mean_value: 3 scale: 2",
        phase="TEST",
    )
    assert run.top[0].shape == (1, 6, 4, 4)
    frame = np.round(run.top[0].data[0, :, 0, 0])
    np.testing.assert_array_equal(frame, [8, 6, 4, 10, 8, 6])  # twice 5 and 6, less the means


def test_all_frames_of_an_item_are_cut_in_one_way(videos, rng):
    image = PIL.fromarray(rng.integers(0, 255, (*SIZE, 3), np.uint8))
    for number in range(1, 10):
        image.save(videos / f"v0/image_{number:04d}.jpg")
    transform = (
        "crop_size: 4 mirror: true multi_scale: true fix_crop: true scale_ratios: [1, 0.75] "
        "max_distort: 1"
    )
    options = "batch_size: 9 new_length: 3"
    data = frames(videos, ["v0 9 0"], options, transform=transform).top[0].data
    np.testing.assert_array_equal(data[:, :3], data[:, 3:6])
    np.testing.assert_array_equal(data[:, :3], data[:, 6:])
    assert len({item.tobytes() for item in data}) > 2


def test_shuffled_videos(videos):
    options = "batch_size: 2 new_length: 1 shuffle: true"
    orders = set()
    for seed in range(8):
        run = frames(videos, ["v0 9 0", "v1 9 1"], options, seed=seed)
        orders.add(tuple(run.top[1].data.ravel()))
    assert orders == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("line", "options", "error", "words"),
    [
        ("v0 9 0", "batch_size: 0", LayerError, "batch_size must be at least 1"),
        ("v0 9 0", "batch_size: 1 new_length: 0", LayerError, "new_length must be at least 1"),
        ("v0 9 0", "batch_size: 1 num_segments: 0", LayerError, "num_segments must be at least 1"),
        ("v0 9", "batch_size: 1", DataError, "not a clip"),
        ("v2 9 0", "batch_size: 1", DataError, "image_000"),
        ("v0 60 0", "batch_size: 1", DataError, "image_00"),
    ],
)
def test_what_cannot_be_read(line, options, error, words, videos):
    with pytest.raises(error, match=f'MultiFrameData layer "v": (.|\n)*{words}'):
        frames(videos, [line], options, phase="TEST")
