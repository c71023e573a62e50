import json

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers.roi_data_layer._order import Order
from blobnet.python_layers.roi_data_layer.roidb import make_roidb
from tests.python_layers.running import run_python

RPN = ["data", "im_info", "gt_boxes"]
FAST = ["data", "rois", "labels", "bbox_targets", "bbox_inside_weights", "bbox_outside_weights"]
MEANS = np.array([102.9801, 115.9465, 122.7717])
SMALL = "'num_classes': 21\n'scales': 20\n'max_size': 50\n"


def data_layer(tops=RPN, param=SMALL, roidb=None, **more):
    """The layer after its forward on noise, then with a roidb."""
    run = run_python(
        "roi_data_layer.layer", "RoIDataLayer", tops=tops, param_str=param, phase="TEST", **more
    )
    if roidb is not None:
        run.layer.set_roidb(roidb)
    return run


def images(count, tall=()):
    """Images of one colour each, whose number is that colour, with a box and two proposals."""
    shapes = [(30, 20) if index in tall else (20, 30) for index in range(count)]
    return make_roidb(
        [np.full((*shape, 3), index, np.uint8) for index, shape in enumerate(shapes)],
        [[(2, 2, 11, 11)]] * count,
        [[index % 20 + 1] for index in range(count)],
        proposals=[[(2, 2, 11, 8), (0, 0, 3, 3)]] * count,
    )


def colour_of(run):
    return np.rint(run.top[0].data[:, 0, 0, 0] + MEANS[0]).astype(int)


def test_an_image_with_its_boxes():
    roidb = images(1)
    roidb[0]["image"] = np.tile(np.uint8([10, 20, 30]), (10, 16, 1))
    run = data_layer(roidb=roidb)
    run.forward()
    data, info, boxes = (blob.data for blob in run.top)
    assert data.shape == (1, 3, 20, 32)
    np.testing.assert_allclose(data[0].mean(axis=(1, 2)), [10, 20, 30] - MEANS, rtol=1e-5)
    np.testing.assert_array_equal(info, [[20, 32, 2]])
    np.testing.assert_array_equal(boxes, [[4, 4, 22, 22, 1]])


def test_every_image_comes_but_the_last_of_a_round():
    run = data_layer(param=SMALL + "'aspect_grouping': False", roidb=images(8))
    for _ in range(3):
        colours = []
        for _ in range(7):
            run.forward()
            colours.extend(colour_of(run))
        assert len(set(colours)) == 7


def test_tall_images_come_beside_tall_ones():
    order = Order(2, True, np.random.default_rng(0))
    wide = [index % 3 == 0 for index in range(30)]
    order.begin(wide)
    seen = []
    for _ in range(14):
        pair = order.next()
        assert len({wide[index] for index in pair}) == 1
        seen += pair
    assert len(set(seen)) == 28
    odd = Order(1, True, np.random.default_rng(0))
    odd.begin(wide[:7])
    assert sorted(odd.get_state()["round"]) == list(range(7))


def test_the_place_is_part_of_the_state():
    run = data_layer(roidb=images(9))
    run.forward()
    state = json.loads(json.dumps(run.layer.get_state()))
    expected = []
    for _ in range(12):
        run.forward()
        expected.append(colour_of(run)[0])
    later = data_layer(roidb=images(9), seed=5)
    later.layer.set_state(state)
    before = data_layer(seed=6)
    before.layer.set_state(state)  # and only then the images
    before.layer.set_roidb(images(9))
    for other in (later, before):
        found = []
        for _ in range(12):
            other.forward()
            found.append(colour_of(other)[0])
        assert found == expected


@pytest.mark.parametrize(
    "state",
    [{}, {"round": [0, 0, 1], "at": 0}, {"round": [0, 1], "at": 0}, {"round": [0, 1, 2], "at": -1},
     {"round": 3, "at": 0}, {"round": [0.0, 1, 2], "at": 0}],
)  # fmt: skip
def test_states_that_are_none(state):
    run = data_layer(roidb=images(3))
    with pytest.raises(LayerError, match="a state of another layer"):
        run.layer.instance.set_state(state)


def test_regions_of_fast_rcnn():
    param = SMALL + "'batch_size': 4\n'fg_fraction': 0.5\n'aspect_grouping': False"
    run = data_layer(FAST, param, images(6, tall=(0, 1)))
    for _ in range(4):
        run.forward()
        data, rois, labels, changes, inside, outside = (blob.data for blob in run.top)
        assert data.shape[0] == 2
        assert rois.shape[1:] == (5, 1, 1)
        colours = colour_of(run)
        for roi, label, change, weights in zip(rois, labels, changes, inside, strict=True):
            number, *box = roi.ravel()
            own = colours[int(number)] % 20 + 1
            scale = 1.0  # both shapes have a side of 20
            near = tuple(np.array(box) / scale) in {(2, 2, 11, 11), (2, 2, 11, 8)}
            assert label.item() == (own if near else 0)
            columns = slice(4 * own, 4 * own + 4)
            assert weights[columns].all() == near
            assert weights.sum() == 4 * near
            if tuple(box) == (2, 2, 11, 8):
                expected = [0, 1.5 / 7 / 0.1, 0, np.log(10 / 7) / 0.2]
                np.testing.assert_allclose(change[columns].ravel(), expected, atol=1e-12)
        np.testing.assert_array_equal(outside, inside > 0)


def test_numbers_of_tops_say_which_net_it_is():
    old = data_layer([*FAST[:4], "bbox_loss_weights"])
    assert [blob.shape[1] for blob in old.top] == [3, 5, 1, 84, 84]
    without_boxes = data_layer(FAST[:3])
    assert [blob.shape[1] for blob in without_boxes.top] == [3, 5, 1]
    agnostic = data_layer(FAST, SMALL + "'agnostic': True")
    assert [blob.shape[1] for blob in agnostic.top] == [3, 5, 1, 8, 8, 8]


def test_attributes_and_relations_come_behind_the_boxes():
    roidb = make_roidb([np.zeros((20, 30, 3), np.uint8)], [[(0, 0, 5, 5), (3, 3, 9, 9)]], [[1, 2]])
    attributes = np.zeros((2, 16))
    attributes[1, :2] = 8, 9
    roidb[0]["gt_attributes"], roidb[0]["gt_relations"] = attributes, [[0, 7, 1]]
    run = data_layer(roidb=roidb)
    run.forward()
    found = run.top[2].data
    assert found.shape == (2, 5 + 16 + 2)
    np.testing.assert_array_equal(found[:, 5:21], attributes)
    np.testing.assert_array_equal(found[:, 21:], [[0, 7], [0, 0]])


def test_without_images_a_test_net_gets_noise(warnings):
    found = warnings(data_layer, param="'num_classes': 21\n'scales': (30,)\n'max_size': 50")
    assert found == ['Python layer "py" has no roidb: it gives one image of noise']
    run = data_layer(param="'num_classes': 21\n'scales': (30,)\n'max_size': 50")
    assert run.top[0].shape == (1, 3, 30, 40)
    assert run.top[0].data.std() > 50
    np.testing.assert_array_equal(run.top[1].data, [[30, 40, 1]])
    assert run.top[2].shape == (1, 5)
    assert warnings(run.forward) == []


def test_without_images_a_training_says_what_is_missing():
    with pytest.raises(LayerError, match="there are no images") as caught:
        run_python("roi_data_layer.layer", "RoIDataLayer", tops=RPN, param_str=SMALL)
    assert "set_roidb(roidb)" in str(caught.value)
    assert 'Python layer "py", RoIDataLayer' in str(caught.value)


def test_broken_images_name_the_layer(tmp_path):
    pytest.importorskip("PIL.Image")
    run = data_layer()
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    item = {"image": tmp_path / "a.jpg", "width": 3, "height": 3, "boxes": [], "gt_classes": []}
    run.layer.set_roidb([item])
    with pytest.raises(LayerError, match=r'Python layer "py", RoIDataLayer: .*decode'):
        run.forward()
    with pytest.raises(LayerError, match=r"roidb\[0\]"):
        run.layer.set_roidb([{}])


@pytest.mark.parametrize(
    ("param", "tops", "told"),
    [
        ("", RPN, "num_classes"),
        (SMALL, FAST[:4], "number of tops"),
        (SMALL + "'scales_': 3", RPN, "means nothing"),
        ("'num_classes': 21\n'scales': 0", RPN, "at least 1"),
        (SMALL + "'batch_size': 3", FAST, "a multiple of 2"),
    ],
)
def test_settings_that_do_not_suit(param, tops, told):
    with pytest.raises(LayerError, match=told):
        data_layer(tops, param)
