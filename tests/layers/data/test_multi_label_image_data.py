import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from tests.sources.image_files import write_list, write_png

pytest.importorskip("PIL.Image")


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(4, 3, 60, 60), dtype=np.uint8)


def listed(folder, images, labels):
    files = [write_png(folder / f"{i}.png", image) for i, image in enumerate(images)]
    lines = [
        " ".join([file.as_posix(), *map(str, row)]) for file, row in zip(files, labels, strict=True)
    ]
    return write_list(folder / "list.txt", lines)


def make_net(source, options="", transform=""):
    text = f"""layer {{ name: "d" type: "MultiLabelImageData" top: "data" top: "label"
        image_data_param {{ source: "{source.as_posix()}" batch_size: 3 {options} }}
        transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), seed=3)


LABELS = [[0.5, 1], [2, -3], [4, 5], [6, 7]]


def test_each_image_has_a_row_of_labels(images, tmp_path):
    net = make_net(listed(tmp_path, images, LABELS), transform="crop_size: 60 mean_value: 2")
    for chosen in ([0, 1, 2], [3, 0, 1]):
        net.forward()
        np.testing.assert_array_equal(net.blobs["data"].data, images[chosen] - 2.0)
        np.testing.assert_array_equal(net.blobs["label"].data, np.array(LABELS)[chosen])


def test_labels_are_cut_at_both_ends_of_a_batch(images, tmp_path):
    net = make_net(listed(tmp_path, images, LABELS), "label_cut_start: 1 label_cut_end: 0")
    assert net.blobs["label"].shape == (1, 2)
    for own in (1, 0):
        net.forward()
        assert net.blobs["data"].shape == (3, 3, 60, 60)
        np.testing.assert_array_equal(net.blobs["label"].data, [LABELS[own]])


FACE = [20, 20, 40, 20, 30, 30, 22, 40, 38, 40]
FACES = "face_transform: true face_point_num: 5 new_height: 40 new_width: 50"


def test_faces_are_cut_out_by_their_points(images, tmp_path):
    away = [*FACE[:4], 130, 30, *FACE[6:]]  # the nose would be beside the image: it is left out
    net = make_net(listed(tmp_path, images, [FACE, away, FACE, FACE]), FACES)
    net.forward()
    assert net.blobs["data"].shape == (3, 3, 40, 50)
    points = (np.reshape(FACE, (5, 2)) - [30, 20]) / 2
    np.testing.assert_allclose(net.blobs["label"].data, [points.reshape(-1)] * 3)
    np.testing.assert_array_equal(
        net.blobs["data"].data[:, :, 20, 25], images[[0, 2, 3], :, 20, 30]
    )


def test_a_list_without_a_face_that_fits_ends(images, tmp_path):
    away = [*FACE[:4], 130, 30, *FACE[6:]]
    with pytest.raises(DataError, match="no face of the list"):
        make_net(listed(tmp_path, images, [away] * 4), FACES).forward()


@pytest.mark.parametrize(
    ("options", "labels", "error", "message"),
    [
        ("label_cut_start: 2", LABELS, LayerError, "no labels are left"),
        (f"{FACES} label_cut_start: 1", [FACE] * 4, LayerError, "does not go with face_transform"),
        (FACES, LABELS, LayerError, "fewer numbers than points"),
        ("", [[1, 2], [3], [4, 5], [6, 7]], DataError, "not an image with its label"),
        ("", [[]] * 4, DataError, "no image with its labels"),
    ],
)
def test_what_does_not_fit_is_refused(options, labels, error, message, images, tmp_path):
    with pytest.raises(error, match=message):
        make_net(listed(tmp_path, images, labels), options)
