"""pythonLayer of MTCNN's training."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers.pythonLayer import Data_Layer_train
from tests.python_layers.running import run_python

SMALL = "'net_side': 5\n'batch_size': 40"


def data_layer(param=SMALL, phase="TEST"):
    return run_python("pythonLayer", "Data_Layer_train", tops=4, param_str=param, phase=phase)


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(5, 5, 3), dtype=np.uint8)


def test_labels_come_with_images_that_may_be_turned(image):
    run = data_layer()
    run.layer.set_samples(cls=[(image, 1)])
    run.forward()
    plain = (image.astype(float) - 127.5) / 127.5
    data = {values.tobytes(): values for values in run.top[0].data}.values()
    expected = [
        plain[:, ::x, ::c].transpose(2, 1, 0)  # colours, columns, rows
        for x, c in ((1, 1), (-1, 1), (1, -1), (-1, -1))
    ]
    assert len(data) == 4
    for values in data:
        assert sum(np.allclose(values, one) for one in expected) == 1
    assert [float(blob.data.min()) for blob in run.top[1:]] == [1, -1, -1]
    assert run.top[2].data.max() == run.top[3].data.max() == -1


def test_a_batch_is_for_one_kind(image):
    run = data_layer()
    boxes = [(image, (0.1, 0.2, -0.1, 0)), (image, (0.3, 0, 0, 0))]
    points = [(image, np.arange(10) / 10)]
    run.layer.set_samples(cls=[(image, 0)], roi=boxes, pts=points)
    seen = set()
    for _ in range(30):
        run.forward()
        _, label, roi, pts = (blob.data for blob in run.top)
        kinds = [bool((values != -1).any()) for values in (label, roi, pts)]
        assert sum(kinds) == 1
        seen.add(kinds.index(True))
        if kinds[1]:
            assert sorted(roi[:, 0]) == [0.1] * 20 + [0.3] * 20  # both come equally often
        if kinds[2]:
            np.testing.assert_array_equal(pts, [np.arange(10) / 10] * 40)
    assert seen == {0, 1, 2}


def test_an_image_of_another_size_is_made_as_large_and_the_state_is_kept():
    images = [(np.full((8, 4, 3), 20 * index, np.uint8), index) for index in range(9)]
    run = data_layer("'net_side': 12\n'batch_size': 4")
    run.layer.set_samples(cls=images)
    run.forward()
    assert run.top[0].shape == (4, 3, 12, 12)
    labels = run.top[1].data[:, 0]
    np.testing.assert_allclose(
        run.top[0].data[:, 0, 3, 5], (20 * labels - 127.5) / 127.5, rtol=1e-6
    )
    state = run.layer.get_state()["instance"]
    run.forward()
    expected = run.top[1].data.copy()
    run.layer.instance.set_state(state)
    run.forward()
    np.testing.assert_array_equal(run.top[1].data, expected)
    with pytest.raises(LayerError, match="a state of another layer"):
        run.layer.instance.set_state({"cls": {"order": [0, 1], "at": 0}})


def test_the_side_of_all_layers_may_be_set(monkeypatch):
    monkeypatch.setattr(Data_Layer_train, "net_side", 24)
    assert data_layer("").top[0].shape == (64, 3, 24, 24)


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        ({"cls": []}, "cls is empty"),
        ({"roi": [("a.png", (1, 2, 3))]}, r"roi\[0\]"),
        ({"pts": [(np.zeros((3, 3)), range(10))]}, r"pts\[0\]"),
        ({"cls": [5]}, r"cls\[0\]"),
        ({"box": []}, "of no kind"),
        ({}, "no samples"),
    ],
)
def test_lists_of_something_else(samples, told):
    run = data_layer()
    with pytest.raises(LayerError, match=told):
        run.layer.set_samples(**samples)


def test_what_does_not_suit_a_data_layer():
    with pytest.raises(LayerError, match=r"there are no images(.*\n)*.*set_samples"):
        data_layer(phase="TRAIN")
    with pytest.raises(LayerError, match="net_side"):
        data_layer("'net_side': 0")
    with pytest.raises(LayerError, match="unknown setting"):
        data_layer("'side': 3")
    run = data_layer()
    run.layer.set_samples(cls=[("nowhere.png", 1)])
    with pytest.raises(LayerError, match=r"nowhere\.png"):
        run.forward()


def regression(a, b):
    return run_python("pythonLayer", "regression_Layer", a, b)


def test_the_loss_is_that_of_caffes_euclidean_loss(rng):
    a, b = rng.normal(size=(3, 4, 1, 1)), rng.normal(size=(3, 4))
    run = regression(a, b)
    expected = sum((x - y) ** 2 for x, y in zip(a.ravel(), b.ravel(), strict=True)) / 3 / 2
    np.testing.assert_allclose(run.top[0].data, [expected])
    run.backward([True, True])
    np.testing.assert_allclose(run.bottom[0].diff, (a - b.reshape(a.shape)) / 3)
    np.testing.assert_allclose(run.bottom[1].diff, (b - a.reshape(b.shape)) / 3)


def test_a_batch_of_another_kind_has_no_loss(rng):
    run = regression(rng.normal(size=(3, 4)), np.full((3, 4), -1))
    assert run.top[0].data == 0
    run.bottom[0].diff[...] = np.nan
    run.backward([True, False])
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize(("layer", "axes"), [("cls_Layer", ()), ("cls_Layer_fc", (1, 1))])
def test_rows_with_a_label_come_first(layer, axes, rng):
    scores, labels = rng.normal(size=(5, 2, *axes)), [[-1], [1], [0], [-1], [1]]
    run = run_python("pythonLayer", layer, scores, labels, tops=2)
    rows = [1, 2, 4]
    assert run.top[0].shape == (5, 2, *axes)
    np.testing.assert_array_equal(run.top[0].data[:3], scores[rows])
    assert not run.top[0].data[3:].any()
    np.testing.assert_array_equal(run.top[1].data[:, 0], [1, 0, 1, 0, 0])
    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward([True, False])
    expected = np.zeros_like(scores)
    expected[rows] = run.top[0].diff[:3]
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


def test_blobs_that_do_not_fit():
    with pytest.raises(LayerError, match="another size"):
        regression(np.zeros((3, 4)), np.zeros((3, 3)))
    with pytest.raises(LayerError, match="do not fit"):
        run_python("pythonLayer", "cls_Layer", np.zeros((3, 3)), np.zeros((3, 1)), tops=2)
    with pytest.raises(LayerError, match="wrong number of tops"):
        run_python("pythonLayer", "cls_Layer", np.zeros((3, 2)), np.zeros((3, 1)))
