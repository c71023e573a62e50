import math

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from blobnet import Blob, LayerError
from blobnet.serialization.blob_proto import blob_to_proto
from blobnet.testing import check_gradients, run_layer

NORMALIZATIONS = [
    "",
    "normalization: FULL",
    "normalization: VALID",
    "normalization: BATCH_SIZE",
    "normalization: NONE",
]
SHAPE_AND_AXIS = [((3, 5), 1), ((3, 5, 2, 2), 1), ((3, 2, 5), -1), ((1, 5), 1)]


def prototxt(options="", axis=1, source="", extra=""):
    source = f'source: "{source}"' if source else ""
    return f"""
        name: "loss" type: "InfogainLoss" {extra}
        loss_param {{ {options} }} infogain_loss_param {{ axis: {axis} {source} }}
    """


def random_labels(shape, axis, rng):
    return rng.integers(shape[axis], size=np.delete(shape, axis))


def write_matrix(path, values, dtype=np.float32):
    blob = Blob(np.shape(values), dtype=dtype)
    blob.data[...] = values
    path.write_bytes(blob_to_proto(blob).SerializeToString())
    return path


def oracle(x, labels, infogain, axis, options):
    """The loss, item by item and class by class."""
    rows = np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
    H = np.reshape(infogain, (x.shape[axis],) * 2)
    total, valid = 0.0, 0
    for row, label in zip(rows, labels.ravel(), strict=True):
        if "ignore_label: 2" in options and int(label) == 2:
            continue
        exps = [math.exp(value - max(row)) for value in row]
        for k, value in enumerate(exps):
            total -= H[int(label), k] * math.log(max(value / sum(exps), 1e-20))
        valid += 1
    if "FULL" in options:
        divisor = len(rows)
    elif "NONE" in options:
        divisor = 1
    elif "BATCH_SIZE" in options:
        divisor = math.prod(x.shape[: axis % x.ndim])
    else:
        divisor = valid
    return total / max(divisor, 1)


@pytest.mark.parametrize(("shape", "axis"), SHAPE_AND_AXIS)
@pytest.mark.parametrize("ignore", ["", "ignore_label: 2"])
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("from_file", [False, True])
def test_loss_and_gradients(shape, axis, ignore, normalization, from_file, rng, tmp_path):
    x, labels = rng.normal(size=shape), random_labels(shape, axis, rng)
    labels.flat[0] = 2
    H = rng.normal(size=(5, 5))
    options = f"{ignore} {normalization}"
    if from_file:
        path = write_matrix(tmp_path / "H.binaryproto", H, np.float64)
        run = run_layer(prototxt(options, axis, path), x, labels)
    else:
        run = run_layer(prototxt(options, axis), x, labels, H)
    assert run.top[0].shape == ()
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, H, axis, options), atol=1e-12)
    if from_file:
        check_gradients(run)


@hypothesis.settings(deadline=None, max_examples=50)
@hypothesis.given(
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    normalization=st.sampled_from(NORMALIZATIONS),
    ignore=st.sampled_from(["", "ignore_label: 2"]),
    weight=st.sampled_from(["", "loss_weight: 2.5"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_combination_of_options(shape, normalization, ignore, weight, seed):
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=shape), random_labels(shape, 1, rng)
    H = rng.normal(size=(shape[1],) * 2)
    options = f"{ignore} {normalization}"
    run = run_layer(prototxt(options, extra=weight), x, labels, H)
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, H, 1, options), atol=1e-12)
    np.testing.assert_allclose(run.forward(), (2.5 if weight else 1) * run.top[0].data)
    check_gradients(run)


def test_with_the_identity_it_is_softmax_with_loss(rng):
    x, labels = rng.normal(size=(3, 4, 2)), rng.integers(4, size=(3, 2))
    infogain = run_layer(prototxt(), x, labels, np.eye(4))
    softmax = run_layer('type: "SoftmaxWithLoss"', x, labels)
    for run in (infogain, softmax):
        run.backward()
    np.testing.assert_allclose(infogain.top[0].data, softmax.top[0].data)
    np.testing.assert_allclose(infogain.bottom[0].diff, softmax.bottom[0].diff)


@pytest.mark.parametrize("shape", [(2, 2), (4,), (1, 1, 2, 2), (4, 1)])
def test_only_the_number_of_values_of_the_matrix_counts(shape, tmp_path):
    H = np.reshape([1, 2, 3, 4], shape)
    given, read = (
        run_layer(prototxt(), [[0, 0]], [1], H),
        run_layer(prototxt(source=write_matrix(tmp_path / "H", H)), [[0, 0]], [1]),
    )
    np.testing.assert_allclose(given.top[0].data, 7 * math.log(2))
    np.testing.assert_allclose(read.top[0].data, 7 * math.log(2))


def test_a_third_bottom_counts_more_than_a_file(rng):
    run = run_layer(prototxt(source="nowhere"), [[0, 0]], [1], [[0, 0], [3, 4]])
    np.testing.assert_allclose(run.top[0].data, 7 * math.log(2))


def test_the_matrix_of_a_bottom_may_change(rng):
    run = run_layer(prototxt(), rng.normal(size=(3, 4)), [0, 1, 3], np.eye(4))
    run.bottom[2].data[...] = rng.normal(size=(4, 4))
    check_gradients(run)


def test_the_second_top_holds_the_probabilities_and_counts_nothing(rng):
    x, labels = rng.normal(size=(3, 4, 2)), rng.integers(4, size=(3, 2))
    run = run_layer(prototxt(), x, labels, rng.normal(size=(4, 4)), num_top=2)
    exps = np.exp(x)
    np.testing.assert_allclose(run.top[1].data, exps / exps.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(run.forward(), run.top[0].data)


@pytest.mark.parametrize("num_top", [1, 2])
def test_a_new_batch_size_is_fine(num_top, rng):
    H = rng.normal(size=(3, 3))
    run = run_layer(prototxt(), rng.normal(size=(2, 3)), [0, 2], H, num_top=num_top)
    run.bottom[0].reshape(5, 3)
    run.bottom[0].data[...] = x = rng.normal(size=(5, 3))
    run.bottom[1].reshape(5)
    run.bottom[1].data[...] = labels = np.array([0, 2, 1, 1, 0])
    run.forward()
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, H, 1, ""))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_probability_counts_as_less_than_1e_20(dtype):
    run = run_layer(prototxt(), [[1e4, -1e4]], [0], [[2, 3], [0, 0]], dtype=dtype)
    np.testing.assert_allclose(run.top[0].data, 3 * 20 * math.log(10), rtol=1e-6)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[3, -3]])


@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_scores_without_a_meaning_make_the_loss_nan_without_a_warning(score):
    run = run_layer(prototxt(), [[score, 0], [0, 0]], [0, 0], np.eye(2), dtype=np.float32)
    assert np.isnan(run.top[0].data)
    run.backward()
    assert np.isnan(run.bottom[0].diff[0]).all()
    np.testing.assert_allclose(run.bottom[0].diff[1], [-0.25, 0.25])


def test_scores_without_a_meaning_do_no_harm_where_they_are_ignored():
    x = [[np.nan, 0], [0, 0]]
    run = run_layer(prototxt("ignore_label: 255"), x, [255, 0], np.eye(2), dtype=np.float32)
    np.testing.assert_allclose(run.top[0].data, math.log(2), rtol=1e-6)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[0, 0], [-0.5, 0.5]])


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_all_labels_ignored(normalization, rng):
    options = f"ignore_label: -1 {normalization}"
    run = run_layer(prototxt(options), rng.normal(size=(2, 3)), [-1, -1], np.ones((3, 3)))
    assert run.top[0].data == 0
    run.bottom[0].diff[...] = 77
    run.backward()
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 2, 2)])
def test_an_empty_batch_has_no_loss(shape):
    run = run_layer(prototxt(), np.empty(shape), np.empty((0, *shape[2:])), np.ones((3, 3)))
    assert run.top[0].data == 0
    run.backward()
    assert run.bottom[0].diff.shape == shape


# --- what is refused ------------------------------------------------------------------------------


def test_the_matrix_must_be_named():
    with pytest.raises(LayerError, match='"loss": Infogain matrix source must be specified'):
        run_layer(prototxt(), [[0, 0]], [1])


def test_a_missing_file_is_told_by_its_name(tmp_path):
    with pytest.raises(LayerError, match=r'InfogainLoss layer "loss": source .*gone.*\n.*No such'):
        run_layer(prototxt(source=tmp_path / "gone"), [[0, 0]], [1])


def test_a_broken_file_is_refused(tmp_path):
    (tmp_path / "H").write_bytes(b"no matrix")
    with pytest.raises(LayerError, match=r'"loss": source .*H: not a blob that can be read'):
        run_layer(prototxt(source=tmp_path / "H"), [[0, 0]], [1])


def test_a_matrix_of_another_size_is_refused(tmp_path):
    path = write_matrix(tmp_path / "H", np.ones((3, 3)))
    for bottoms in ([[[0, 0]], [1]], [[[0, 0]], [1], np.ones((3, 3))]):
        with pytest.raises(LayerError, match=r'"loss": H must be 2x2\n.*4 values.*\n.*\(3, 3\)'):
            run_layer(prototxt(source=path), *bottoms)


@pytest.mark.parametrize(("value", "mode"), [("true", "VALID"), ("false", "BATCH_SIZE")])
def test_the_old_field_is_refused(value, mode):
    with pytest.raises(
        LayerError, match=rf'normalize is deprecated. use "normalization"\n.*{mode}'
    ):
        run_layer(prototxt(f"normalize: {value}"), [[0, 0]], [1], np.eye(2))


def test_neither_labels_nor_the_matrix_get_a_gradient(rng):
    run = run_layer(prototxt(), rng.normal(size=(3, 4)), [0, 1, 3], np.eye(4))
    assert run.propagate_down() == [True, False, False]
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        run.backward([True, True, False])
    with pytest.raises(LayerError, match="cannot backpropagate to infogain inputs"):
        run.backward([True, False, True])


@pytest.mark.parametrize("label", [5, -1, np.nan])
def test_a_label_that_is_no_class_is_refused(label, rng):
    with pytest.raises(LayerError, match=r'InfogainLoss layer "loss".*\n.*0 to 4\n.*sample 2'):
        run_layer(prototxt(), rng.normal(size=(3, 5)), [0, 4, label], np.eye(5))


def test_each_item_needs_one_label(rng):
    with pytest.raises(LayerError, match="Number of labels must match"):
        run_layer(prototxt(), rng.normal(size=(3, 5, 2)), np.zeros(3), np.eye(5))


def test_the_axis_must_exist(rng):
    with pytest.raises(LayerError, match=r'"loss": axis 2 is out of range'):
        run_layer(prototxt(axis=2), rng.normal(size=(3, 5)), np.zeros(3), np.eye(5))


def test_four_bottoms_are_too_many():
    with pytest.raises(LayerError, match=r"InfogainLoss Layer takes at most 3 bottom blob\(s\)"):
        run_layer(prototxt(), [[0, 0]], [1], np.eye(2), np.eye(2))
