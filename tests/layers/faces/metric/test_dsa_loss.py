import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LABELS = [0, 2, -1, -2, 1, 0]


def dsa(options, x, labels=LABELS, centers=None, more="", **settings):
    options += "" if "faceid_num" in options else " faceid_num: 3"
    text = f'name: "it" type: "DSALoss" {more} dsa_loss_param {{ {options} }}'
    run = run_layer(text, x, labels, **settings)
    if centers is not None:
        run.layer.blobs_[0].data[...] = centers
        run.layer.set_state({**run.layer.get_state(), "iteration": 0})
        run.forward()
    return run


def oracle(x, centers, *, share=0.5, alpha=1.0, beta=0.0, faces=3, ignored=None):
    """Loss, dx and dc where all other centres are compared, pair by pair."""
    classes = [label if label >= 0 else faces - 1 - label for label in LABELS]
    used = [m for m, label in enumerate(LABELS) if label != ignored and classes[m] < len(centers)]
    loss, dx, dc = 0.0, np.zeros_like(x), np.zeros_like(centers)
    for m in used:
        own = classes[m]
        to_own = (x[m] - centers[own]) / 2
        loss += share * to_own @ to_own
        dx[m] += share * to_own
        for other, center in enumerate(centers):
            if other == own or (own >= faces and other >= faces):
                continue
            away = (x[m] - center) / 2
            near = alpha * to_own @ to_own - away @ away + beta
            if near > 0:
                loss += (1 - share) * near / len(centers)
                dx[m] += (1 - share) / len(centers) * (alpha * to_own - away)
        same = [n for n in used if classes[n] == own]
        if m == same[0]:
            dc[own] = sum((centers[own] - x[n]) / 2 for n in same) / (len(same) + 1)
    return loss / len(used), dx / len(used), dc


@pytest.mark.parametrize(
    ("options", "settings", "more"),
    [
        ("seqid_num: 2", {}, ""),
        (
            "seqid_num: 2 lambda: 0.25 alpha: 2 beta: 1 gamma: 3",
            {"alpha": 2, "beta": 1, "share": 0.25},
            "",
        ),
        ("seqid_num: 2 beta: 1", {"beta": 1, "ignored": 2}, "loss_param { ignore_label: 2 }"),
        ("seqid_num: 2 beta: 1", {"beta": 1, "ignored": -1}, "loss_param { ignore_label: -1 }"),
        ("beta: 1", {"beta": 1}, ""),  # without sequences those below 0 do not count
    ],
)
@pytest.mark.parametrize("weight", [1, 3])
def test_losses_and_gradients(options, settings, more, weight, rng):
    x = rng.normal(size=(6, 4))
    centers = rng.normal(size=(5 if "seqid" in options else 3, 4))
    run = dsa(options, x, centers=centers, more=f"loss_weight: {weight} {more}")
    loss, dx, dc = oracle(x, centers, **settings)
    np.testing.assert_allclose(run.top[0].data, loss)
    run.layer.blobs_[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, weight * dx, atol=1e-15)
    np.testing.assert_allclose(run.layer.blobs_[0].diff, 1 + dc)


def test_some_centres_are_drawn_each_time(rng):
    x, centers = rng.normal(size=(1, 4)), rng.normal(size=(3, 4))
    run = dsa("lambda: 0 beta: 9 dropout_ratio: 0.6", x, [0], centers)  # int(3 * 0.4): one
    own, *others = (np.square(x[0] - center).sum() / 4 for center in centers)
    possible = [0, *(own - other + 9 for other in others)]  # 0 where the own one is drawn
    seen = set()
    for _ in range(40):
        run.forward()
        distances = [abs(float(run.top[0].data) - each) for each in possible]
        assert min(distances) < 1e-9
        seen.add(int(np.argmin(distances)))
    assert seen == {0, 1, 2}


def test_the_parts_begin_later_and_snapshots_keep_the_count(rng):
    x, centers = rng.normal(size=(6, 4)), rng.normal(size=(3, 4))
    options = "center_iter: 1 diff_iter: 2 beta: 9"
    run = dsa(options, x, centers=centers)
    assert run.top[0].data == 0
    run.backward()
    assert not run.bottom[0].diff.any()
    run.forward()
    near = oracle(x, centers, beta=-1e9)[0]
    np.testing.assert_allclose(run.top[0].data, near)
    run.forward()
    np.testing.assert_allclose(run.top[0].data, oracle(x, centers, beta=9)[0])
    other = dsa(options, x, centers=centers)
    other.layer.set_state({**run.layer.get_state(), "iteration": 1})
    other.forward()
    np.testing.assert_allclose(other.top[0].data, near)


def test_centres_get_the_length_that_is_asked_for(rng):
    run = dsa("use_normalize: true scale: 3", rng.normal(size=(6, 4)), centers=np.eye(3, 4) * 7)
    np.testing.assert_allclose(run.layer.blobs_[0].data, np.eye(3, 4) * 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("faceid_num: 0", "faceid_num makes no sense"),
        ("lambda: 2", "lambda makes no sense"),
        ("dropout_ratio: -1", "dropout_ratio makes no sense"),
        ("alpha: 0.5", "alpha makes no sense"),
        ("use_normalize: true scale: 0", "scale makes no sense"),
    ],
)
def test_bad_settings(options, message):
    with pytest.raises(LayerError, match=message):
        dsa(options, np.ones((1, 2)), [0])


@pytest.mark.parametrize("label", [3, -3, float("nan")])
def test_a_label_that_is_no_class_is_refused(label):
    with pytest.raises(LayerError, match=r"no class\n.*from -2 to 2"):
        dsa("seqid_num: 2", np.ones((1, 2)), [label])
