import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

pytest.importorskip("PIL.Image")

from tests.python_layers.segmentation_files import write_image, write_text

CLASSES = ("aeroplane", "cat", "tvmonitor")


def annotation(*names):
    box = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>"
    objects = "".join(f"<object><name>{name}</name>{box}</object>" for name in names)
    return f"<annotation>{objects}</annotation>"


@pytest.fixture
def home(tmp_path):
    """Three images, left half of one grey, right half of another."""
    for index, name in enumerate(CLASSES):
        image = np.full((8, 12, 3), 10 + 50 * index, np.uint8)
        image[:, 6:] += 20
        write_image(tmp_path / f"JPEGImages/{index}.jpg", image)
        write_text(tmp_path / f"Annotations/{index}.xml", annotation(name, "cat", "cat"))
    write_text(tmp_path / "ImageSets/Main/train.txt", "0\n1\n2\n")
    return tmp_path


def layer(home, more="'split': 'train', 'im_shape': [8, 12]"):
    return run_python(
        "pascal_multilabel_datalayers", "PascalMultilabelDataLayerSync", tops=["data", "label"],
        param_str=f"{{'batch_size': 2, 'pascal_root': '{home}', {more}}}",
    )  # fmt: skip


def numbers_of(run):
    return [round((float(image.min()) + 118) / 50) for image in run.top[0].data]


def test_images_come_with_what_is_in_them(home):
    run = layer(home)
    seen, turned = numbers_of(run), set()
    for _ in range(14):
        for image, labels, number in zip(
            run.top[0].data, run.top[1].data, numbers_of(run), strict=True
        ):
            places = {"aeroplane": 0, "cat": 7, "tvmonitor": 19}
            expected = sorted({places[CLASSES[number]], 7})
            assert list(np.flatnonzero(labels)) == expected
            left, right = image[:, 4, 1], image[:, 4, 10]
            grey = 10 + 50 * number - 128
            turned.add(bool((left > right).all()))
            np.testing.assert_allclose(np.sort([left[0], right[0]]), [grey, grey + 20], atol=3)
        run.forward()
        seen += numbers_of(run)
    assert turned == {False, True}
    assert seen[:3] == [0, 1, 2]  # the order of the list, then drawn ones
    rounds = [seen[at : at + 3] for at in range(0, 30, 3)]
    assert all(sorted(its) == [0, 1, 2] for its in rounds)
    assert len({tuple(its) for its in rounds}) > 2


def test_images_are_squeezed_or_stretched(home):
    assert layer(home, "'split': 'train', 'im_shape': [5, 30]").top[0].shape == (2, 3, 5, 30)


def test_the_place_is_kept(home):
    run = layer(home)
    state = run.layer.get_state()["instance"]
    assert state == {"order": [0, 1, 2], "at": 2}
    run.forward()
    run.layer.instance.set_state(state)
    run.forward()
    assert numbers_of(run)[0] == 2
    with pytest.raises(LayerError, match="a state of another layer"):
        run.layer.instance.set_state({"order": [0, 1], "at": 0})


def test_what_is_not_there_or_something_else(home):
    for more, told in (
        ("'split': 'val', 'im_shape': [5, 5]", "val.txt"),
        ("'split': 'train', 'im_shape': [5]", "im_shape"),
        ("'split': 'train', 'im_shape': [5, 2.5]", "im_shape"),
        ("'im_shape': [5, 5]", "split"),
        ("'split': 'train', 'im_shape': [5, 5], 'mean': 3", "unknown setting"),
    ):
        with pytest.raises(LayerError, match=told):
            layer(home, more)
    with pytest.raises(LayerError, match="no folder of PASCAL VOC"):
        layer(home / "nowhere")
    (home / "Annotations/0.xml").write_text("<a>")
    with pytest.raises(LayerError, match=r"0\.xml"):
        layer(home)
