import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import accuracy_of, anchor_labels, norm

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
PARAM = "field_w: 40 field_h: 30 downsample_rate: 8 field_xyr: 2 field_whr: 4"


def run_of(x, labels, options, more=""):
    text = (
        f'type: "DetectionAccuracy" detection_accuracy_param {{ {PARAM} {options} }} '
        f"{norm(MEAN, STD)} {more}"
    )
    return run_layer(text, x, labels, num_top=2)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("cls_num: 4", {}),
        ("cls_num: 4 top_k: 2 bg_threshold: 0.25", {"top_k": 2, "bg_threshold": 0.25}),
        ("cls_num: 2 objectness: true", {"objectness": True}),
    ],
)
def test_it_is_what_loops_count(options, settings, rng):
    classes = 2 if "objectness" in settings else 4
    labels = anchor_labels(rng, 2, (5, 6), ((40, 30),), 8, 4)
    x = rng.normal(size=(2, classes + 4, 5, 6))
    x[:, :classes] = np.round(x[:, :classes])  # some are equal
    run = run_of(x, labels, options)
    of_all, of_objects, overlap = accuracy_of(
        x[:, :classes], x[:, classes:], labels, ((40, 30),), 8, MEAN, STD,
        last_is_best=True, **settings,
    )  # fmt: skip
    assert 0 < of_objects < 1
    np.testing.assert_allclose(run.top[0].data.ravel(), [of_all, of_objects], rtol=1e-12)
    np.testing.assert_allclose(run.top[1].data.ravel(), [overlap], rtol=1e-12)


def test_where_nothing_counts_there_is_no_number():
    labels = np.zeros((1, 6, 2, 2))
    labels[0, 5] = 1
    run = run_of(np.zeros((1, 6, 2, 2)), labels, "cls_num: 2")
    assert run.top[0].data.ravel().tolist() == [-1, -1]
    assert run.top[1].data.ravel().tolist() == [-1]


def test_an_ignored_label_does_not_count():
    labels = np.zeros((1, 6, 1, 3))
    labels[0, 0, 0] = 9, 1, 0
    x = np.zeros((1, 6, 1, 3))
    x[0, 1] = 1
    run = run_of(x, labels, "cls_num: 2", "loss_param { ignore_label: 9 }")
    assert run.top[0].data.ravel().tolist() == [0.5, 1]


def test_a_label_that_is_no_class():
    labels = np.full((1, 6, 1, 1), 2)
    with pytest.raises(blobnet.LayerError, match="label is no class"):
        run_of(np.zeros((1, 6, 1, 1)), labels, "cls_num: 2")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ("cls_num: 3", "channels that they should"),
        ("cls_num: 1", "number of classes"),
        ("cls_num: 2 coord_num: 5", "4 coordinates"),
        ("cls_num: 2 top_k: 3", "top_k"),
    ],
)
def test_settings_that_do_not_fit(options, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_of(np.zeros((1, 6, 2, 2)), np.zeros((1, 6, 2, 2)), options)
