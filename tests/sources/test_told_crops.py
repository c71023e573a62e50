"""How Data with `get_mirror_crop` tells that its records were cut out."""

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from tests.sources.lmdb_files import write_images


@pytest.fixture
def images(rng):
    return list(rng.integers(256, size=(5, 3, 6, 8), dtype=np.uint8))


@pytest.fixture
def database(images, tmp_path):
    return write_images(tmp_path / "db", images)


def make_net(database, transform, tops='top: "data" top: "cut"', phase="TRAIN"):
    text = f"""layer {{ name: "d" type: "Data" {tops} transform_param {{ {transform} }}
        data_param {{ source: "{database.as_posix()}" batch_size: 4 backend: LMDB
            get_mirror_crop: true }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=5)


def test_each_record_can_be_cut_out_again(images, database):
    net = make_net(database, "crop_size: 4 mirror: true")
    seen = set()
    for batch in range(10):
        net.forward()
        assert net.blobs["cut"].shape == (4, 4, 1, 1)
        cuts = net.blobs["cut"].data.reshape(4, 4).astype(int)
        for index, (flip, width, top, left) in enumerate(cuts):
            assert width == 4
            part = images[(4 * batch + index) % 5][:, top : top + 4, left : left + 4]
            part = part[:, :, ::-1] if flip else part
            np.testing.assert_array_equal(net.blobs["data"].data[index], part)
            seen.add((flip, top, left))
    assert len({flip for flip, _, _ in seen}) == 2
    assert len(seen) > 10


def test_the_middle_and_the_whole(database):
    net = make_net(database, "crop_size: 4", phase="TEST")
    net.forward()
    assert net.blobs["cut"].data.reshape(4, 4).tolist() == [[0, 4, 1, 2]] * 4
    net = make_net(database, "scale: 2")
    net.forward()
    assert net.blobs["cut"].data.reshape(4, 4).tolist() == [[0, 0, 0, 0]] * 4


def test_with_one_top_there_is_nothing_to_tell(database):
    net = make_net(database, "crop_size: 4", tops='top: "data"')
    assert list(net.forward()) == ["data"]


def test_crops_of_random_sizes_cannot_be_told(database):
    with pytest.raises(LayerError, match="does not go with crops of random sizes"):
        make_net(database, "crop_size: 4 multi_scale: true")
