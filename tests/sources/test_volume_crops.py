"""Parts of volumes, by themselves and in batches of HDF5 files."""

import json
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from blobnet.sources.volume_crops import VolumeCrops

h5py = pytest.importorskip("h5py")

SIZE = (2, 3, 4)


def drawn(crops, row, rng):
    crops.draw(rng)
    out = np.empty((len(row), *SIZE))
    crops.cut(row, out)
    return out


def places(row):
    """Every part of a row, by its place."""
    room = [whole - part + 1 for whole, part in zip(row.shape[1:], SIZE, strict=True)]
    return {(i, j, k): row[:, i : i + 2, j : j + 3, k : k + 4] for i, j, k in np.ndindex(*room)}


def test_every_place_is_drawn_and_turned_half_of_the_time(rng):
    row = rng.normal(size=(2, 3, 4, 6))
    crops = VolumeCrops(SIZE, is_random=True, mirror=True)
    seen, turned = set(), 0
    for _ in range(400):
        part = drawn(crops, row, rng)
        own = [p for p, whole in places(row).items() if np.array_equal(whole, part)]
        back = [p for p, whole in places(row).items() if np.array_equal(whole[..., ::-1], part)]
        (place,) = own + back
        seen.add(place)
        turned += len(back)
    assert seen == set(places(row))
    assert 150 < turned < 250


def test_the_middle(rng):
    row = rng.normal(size=(1, 5, 4, 9))
    part = drawn(VolumeCrops(SIZE, is_random=False, mirror=False), row, rng)
    np.testing.assert_array_equal(part, row[:, 1:3, 0:3, 2:6])


@pytest.mark.parametrize("shape", [(3, 4, 6), (1, 1, 4, 6), (1, 2, 3, 3)])
def test_rows_that_are_too_small(shape):
    crops = VolumeCrops(SIZE, is_random=True, mirror=False)
    with pytest.raises(DataError, match="the part to cut out does not fit a row"):
        crops.shape(Path("x.h5"), shape)


@pytest.fixture
def source(rng, tmp_path):
    """Two files of three volumes; labels are the rounded data."""
    for name in "ab":
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["data"] = data = rng.normal(size=(3, 1, 4, 5, 6)).astype(np.float32)
            file["label"] = np.rint(data)
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{(tmp_path / name).as_posix()}.h5\n" for name in "ab"))
    return path


def make_net(source, transform="crop_size_l: 2 crop_size_h: 3 crop_size_w: 4", **options):
    text = f"""layer {{ name: "d" type: "HDF5Data" top: "data" top: "label"
        hdf5_data_param {{ source: "{source.as_posix()}" batch_size: 2 shuffle: true }}
        transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), **options)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_tops_show_the_same_part(phase, source):
    net = make_net(source, phase=phase, seed=1)
    for _ in range(6):
        net.forward()
        assert net.blobs["data"].shape == (2, 1, 2, 3, 4)
        np.testing.assert_array_equal(np.rint(net.blobs["data"].data), net.blobs["label"].data)


@pytest.mark.parametrize("before", [0, 1, 3, 4])
def test_a_resumed_net_draws_what_the_unbroken_one_draws(before, source):
    net, other = make_net(source, seed=1), make_net(source, seed=2)
    for _ in range(before):
        net.forward()
    state = json.loads(json.dumps(net.layers[0].get_state()))
    other.layers[0].set_state(state)
    for _ in range(7):
        net.forward()
        other.forward()
        np.testing.assert_array_equal(net.blobs["data"].data, other.blobs["data"].data)


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        ("crop_size_l: 2 crop_size_w: 4", "three sides"),
        ("crop_size_l: 2 crop_size_h: 2 crop_size_w: 4 scale: 2", "does not transform data"),
        ("", "does not transform data"),
    ],
)
def test_other_settings_are_refused(transform, message, source):
    with pytest.raises(LayerError, match=message):
        make_net(source, transform)


def test_only_hdf5_data_cuts_volumes(tmp_path):
    from tests.sources.image_files import write_list, write_png

    file = write_png(tmp_path / "x.png", np.zeros((3, 8, 8), np.uint8))
    path = write_list(tmp_path / "list.txt", [f"{file} 0"])
    text = f"""layer {{ name: "d" type: "ImageData" top: "data" top: "label"
        image_data_param {{ source: "{path.as_posix()}" batch_size: 1 }}
        transform_param {{ crop_size_w: 4 }} }}"""
    with pytest.raises(LayerError, match="are for the volumes of HDF5Data"):
        blobnet.Net(blobnet.parse_net(text))
