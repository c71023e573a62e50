"""C3D 1.0's clips with a truth for each voxel, both of its layers, against loops."""

import json

import numpy as np
import pytest

from blobnet import DataError, LayerError, Net, parse_net
from blobnet.proto import BlobProto
from tests.sources.voxel_clips import write_clip

SHAPE = (5, 2, 6, 7)
CROP = 4


@pytest.fixture
def clips(tmp_path, rng):
    """Four clips of 5 channels, floats, and the list of them."""
    values = [rng.normal(scale=9, size=SHAPE).astype("f4") for _ in range(4)]
    names = [str(write_clip(tmp_path / f"{n}.bin", clip)) for n, clip in enumerate(values)]
    (tmp_path / "list").write_text("\n".join(names))
    return values


def make(folder, options="", kind="VideoWithVoxelTruthData", phase="TEST", **named):
    text = f"""layer {{ name: "v" type: "{kind}" top: "data" top: "truth"
        image_data_param {{ source: "{folder.as_posix()}/list" {options} }} }}"""
    return Net(parse_net(text), phase=phase, dtype=np.float64, **named)


def both(net):
    net.forward()
    return net.blobs["data"].data.copy(), net.blobs["truth"].data.copy()


def test_the_last_channels_are_the_truth(clips, tmp_path):
    options = "batch_size: 3 num_truth_channels: 2 scale: 0.5 mean_value: 3 truth_scale: 7"
    net = make(tmp_path, options)
    data, truth = both(net)
    stacked = np.stack(clips[:3]).astype("f8")
    np.testing.assert_allclose(data, (stacked[:, :3] - 3) * 0.5, rtol=1e-6)
    np.testing.assert_array_equal(truth, stacked[:, 3:])  # scaled in a crop alone
    data, _ = both(net)
    np.testing.assert_allclose(data[:2], (np.stack((clips[3], clips[0]))[:, :3] - 3.0) * 0.5)


def test_a_crop_is_taken_from_the_middle(clips, tmp_path):
    data, truth = both(make(tmp_path, f"crop_size: {CROP} truth_scale: 0.125"))
    middle = clips[0][:, :, 1:5, 1:5]
    np.testing.assert_array_equal(data[0], middle[:4])
    np.testing.assert_array_equal(truth[0], middle[4:] * 0.125)


@pytest.mark.parametrize("is_flow", [False, True])
def test_crops_and_flips_of_training(clips, tmp_path, is_flow):
    options = f"""batch_size: 4 crop_size: {CROP} mirror: true num_truth_channels: 2
        clip_min: -4 clip_max: 6 is_flow: {str(is_flow).lower()}"""
    net = make(tmp_path, options, phase="TRAIN", seed=1)
    seen = set()
    for _ in range(20):
        for clip, data, truth in zip(clips, *both(net), strict=True):
            found = []
            for top, left, flips in np.ndindex(2, 3, 2):  # the last place is never drawn
                window = clip[:, :, top : top + CROP, left : left + CROP].astype("f8")
                window = window[..., ::-1] if flips else window
                if np.array_equal(window[:3], data):
                    found.append((top, left, flips))
                    expected = window[3:].copy()
                    if is_flow and flips:
                        expected[0] *= -1
                    expected = ((expected + 4) / 10).clip(0, 1)
                    np.testing.assert_allclose(truth, expected, rtol=1e-12)
            assert len(found) == 1
            seen.add(found[0])
    assert len(seen) == 12


def test_a_mean_has_the_size_of_a_clip(clips, tmp_path, rng):
    mean = rng.normal(size=(1, 4, *SHAPE[1:])).astype("f4")
    proto = BlobProto(data=mean.ravel().tolist())
    proto.shape.dim.extend(mean.shape)
    (tmp_path / "mean").write_bytes(proto.SerializeToString())
    options = f'mean_file: "{tmp_path.as_posix()}/mean" crop_size: {CROP}'
    data, _ = both(make(tmp_path, options))
    np.testing.assert_allclose(data, (clips[0][:4] - mean)[..., 1:5, 1:5], rtol=1e-5, atol=1e-6)
    with pytest.raises(DataError, match="the mean file has another shape"):
        make(tmp_path, f"{options} num_truth_channels: 2")


def test_classes_of_voxels_are_bytes(tmp_path, rng):
    clip = rng.integers(256, size=SHAPE).astype("u1")
    (tmp_path / "list").write_text(str(write_clip(tmp_path / "a", clip)))
    more = "num_truth_channels: 3 truth_scale: 9 clip_min: 1 clip_max: 2"  # not of this layer
    data, truth = both(make(tmp_path, f"crop_size: {CROP} {more}", "VideoSegmentationData"))
    np.testing.assert_array_equal(data[0], clip[:4, :, 1:5, 1:5])
    np.testing.assert_array_equal(truth[0], clip[4:, :, 1:5, 1:5])
    data, _ = both(make(tmp_path, f"crop_size: {CROP} use_byte_input: true"))
    np.testing.assert_array_equal(data[0], clip[:4, :, 1:5, 1:5])


@pytest.mark.parametrize("shuffle", ["false", "true"])
def test_a_resumed_net_reads_what_the_unbroken_one_reads(clips, tmp_path, shuffle):
    options = f"batch_size: 3 crop_size: {CROP} mirror: true shuffle: {shuffle} rand_skip: 2"
    net = make(tmp_path, options, phase="TRAIN", seed=1)
    both(net)
    state = json.loads(json.dumps(net.get_state()))
    expected = [both(net) for _ in range(3)]
    other = make(tmp_path, options, phase="TRAIN", seed=2)
    other.set_state(state)
    for pair in expected:
        for one, right in zip(both(other), pair, strict=True):
            np.testing.assert_array_equal(one, right)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("mirror: true", "mirror and crop_size to be set at the same time"),
        ("crop_size: 6", "larger than crop_size: 6"),
        ("num_truth_channels: 5", "5 channels, of which 5 are the truth"),
        ("clip_min: 2 clip_max: 1", "clip_min must be less than clip_max"),
        ("batch_size: 0", "Positive batch size required"),
        ("rand_skip: 9", "Not enough points to skip"),
        ("use_byte_input: true", "no clip of values of 1 bytes"),
    ],
)
def test_settings_that_make_no_sense(clips, tmp_path, options, words):
    with pytest.raises((LayerError, DataError), match=words):
        make(tmp_path, options, seed=3)


def test_the_list_must_be_there(tmp_path):
    with pytest.raises((LayerError, DataError), match="the list of clips"):
        make(tmp_path)
    (tmp_path / "list").write_text("nowhere.bin")
    with pytest.raises((LayerError, DataError), match="nowhere"):
        make(tmp_path)
