import io

import numpy as np
import pytest
from PIL import Image

from blobnet import DataError, LayerError, Net
from blobnet.proto import Datum
from blobnet.sources.box_batches import cut_out
from tests.sources.lmdb_files import write_lmdb

BOXES = [
    [[2, 1, 0.5, 0.25, 0.2, 0.3]],
    [[0, 0, 0.9, 0.95, 0.1, 0.1], [1, 0, 0.92, 0.9, 0.4, 0.2], [1, 0, 0.1, 0.2, 0.1, 0.1]],
]
HEIGHT, WIDTH = 20, 30


def record(boxes, seed=0):
    pixels = np.random.default_rng(seed).integers(256, size=(HEIGHT, WIDTH, 3), dtype=np.uint8)
    with io.BytesIO() as file:
        Image.fromarray(pixels[:, :, ::-1]).save(file, "PNG")
        datum = Datum(data=file.getvalue(), encoded=True)
    datum.float_data.extend(np.ravel(boxes).tolist())
    return datum.SerializeToString(), pixels.transpose(2, 0, 1)


def net(folder, boxes=BOXES, *, phase="TEST", tops=1, options=""):
    if not (folder / "db").exists():
        records = [(b"%d" % n, record(its, n)[0]) for n, its in enumerate(boxes)]
        write_lmdb(folder / "db", records)
    names = " ".join(f'top: "label{n}"' for n in range(tops))
    size = "" if "batch_size" in options else "batch_size: 2"
    (folder / "net.prototxt").write_text(
        f"""layer {{ name: "data" type: "BoxData" top: "data" {names}
        data_param {{ source: "{folder.as_posix()}/db" backend: LMDB {size} {options} }} }}"""
    )
    return Net(str(folder / "net.prototxt"), phase)


@pytest.mark.parametrize("side", ["", "side: 13"])
def test_lists_of_boxes(tmp_path, side):
    found = net(tmp_path, options=side).forward()
    expected = np.zeros((2, 30, 5))
    for n, boxes in enumerate(BOXES):
        expected[n, : len(boxes)] = [[box[0], *box[2:]] for box in boxes]
    np.testing.assert_array_equal(found["label0"], expected.reshape(2, 150).astype(np.float32))
    np.testing.assert_array_equal(found["data"], [record([], n)[1] for n in (0, 1)])


def test_grids_of_two_sides(tmp_path):
    found = net(tmp_path, tops=2, options="side: 7 side: 4")
    values = found.forward()
    for top, side in (("label0", 7), ("label1", 4)):
        cells = side * side
        expected = np.zeros((2, 7, cells))
        expected[:, 2] = -1
        for n, boxes in enumerate(BOXES):
            for label, difficult, *box in boxes:
                column, row = (min(int(np.float32(v) * side), side - 1) for v in box[:2])
                cell = row * side + column
                expected[n, :3, cell] = difficult, 1, label
                expected[n, 3:].reshape(cells, 4)[cell] = box
        np.testing.assert_array_equal(values[top], expected.reshape(2, -1).astype(np.float32))


def test_of_too_many_boxes_the_first_are_listed(tmp_path):
    many = [[n, 0, 0.5, 0.5, 0.1, 0.1] for n in range(32)]
    labels = net(tmp_path, [many, many]).forward()["label0"].reshape(2, 30, 5)
    np.testing.assert_array_equal(labels[:, :, 0], [range(30)] * 2)


def test_without_labels_images_are_whole_in_training_too(tmp_path):
    found = net(tmp_path, tops=0, phase="TRAIN").forward()
    np.testing.assert_array_equal(found["data"], [record([], n)[1] for n in (0, 1)])


def test_a_part_of_the_image_takes_its_boxes_along(rng):
    boxes = np.array(BOXES[1], np.float32)
    boxes[:, 0] = range(3)
    image = np.zeros((1, 200, 300), np.uint8)
    for _, _, x, y, _, _ in boxes:
        image[0, int(y * 200), int(x * 300)] = 255
    counts = set()
    for _ in range(60):
        cut, found = cut_out(image, boxes, rng)
        assert cut.shape == image.shape
        counts.add(len(found))
        for label, _, x, y, w, h in found:
            before = boxes[boxes[:, 0] == label]
            near = cut[0, max(int(y * 200) - 3, 0) :][:7, max(int(x * 300) - 3, 0) :][:, :7]
            assert near.max() > 60  # the pixel that marks a centre
            grown = np.array([w, h]) / before[:, 4:6]
            assert (grown > 0.9).all()
            assert (grown < 1.5).all()
    assert counts == {1, 2, 3}


def test_in_training_boxes_move_with_the_part(tmp_path):
    training = net(tmp_path, phase="TRAIN")
    labels = [training.forward()["label0"].reshape(2, 30, 5).copy() for _ in range(5)]
    assert len({float(each[0, 0, 1]) for each in labels}) > 1
    state = training.get_state()
    after = training.forward()["label0"].copy()
    training.set_state(state)
    np.testing.assert_array_equal(training.forward()["label0"], after)


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([], "6 labels"),
        ([1, 2, 3], "6 labels"),
        ([[-1, 0, 0.5, 0.5, 0.1, 0.1]], "at least 0"),
        ([[0, 0, 1.5, 0.5, 0.1, 0.1]], "centre of a box"),
    ],
)
def test_records_without_boxes_are_refused(tmp_path, boxes, message):
    with pytest.raises(DataError, match=message):
        net(tmp_path, [boxes, boxes], phase="TRAIN").forward()


@pytest.mark.parametrize(
    ("options", "tops", "message"),
    [
        ("side: 7", 2, "side num"),
        ("side: 0", 1, "from 1"),
        ("side: 4000000000", 1, "from 1"),
        ("batch_size: 0", 1, "batch_size"),
        ("get_mirror_crop: true", 1, "get_mirror_crop is a setting of Data"),
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path, options, tops, message):
    with pytest.raises(LayerError, match=message):
        net(tmp_path, options=options, tops=tops)
