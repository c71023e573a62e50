import numpy as np
import pytest

from blobnet import Layer, LayerError
from blobnet.layers.loss._loss import ClassLabels, Loss, divisor
from blobnet.proto import LayerParameter, LossParameter

LAYER = Layer(LayerParameter(name="it", type="Loss"))


def class_labels(shape, axis=1, ignore_label=None):
    labels = ClassLabels(ignore_label)
    count = int(np.prod(shape)) // shape[axis]
    labels.reshape(LAYER, shape, (count,), axis)
    return labels


def loss_with(text):
    param = LayerParameter(name="it", type="Loss")
    for field, value in text.items():
        setattr(param.loss_param, field, value)
    return Loss(param)


# --- normalization --------------------------------------------------------------------------------


def test_the_divisor_of_each_mode():
    counts = {"outer": 3, "inner": 5, "valid": 7}
    assert divisor(LossParameter.FULL, **counts) == 15
    assert divisor(LossParameter.VALID, **counts) == 7
    assert divisor(LossParameter.BATCH_SIZE, **counts) == 3
    assert divisor(LossParameter.NONE, **counts) == 1
    assert divisor(LossParameter.PRE_FIXED, **counts, fixed=2.5) == 2.5
    assert divisor(LossParameter.PRE_FIXED, **counts, fixed=0.5) == 1


@pytest.mark.parametrize("mode", LossParameter.NormalizationMode.values())
def test_the_divisor_is_never_zero(mode):
    assert divisor(mode, outer=0, inner=0, valid=0) == 1


def test_the_old_field_counts_only_where_the_new_one_is_missing():
    modes = LossParameter
    assert loss_with({}).normalization() == modes.VALID
    assert loss_with({}).normalization(default=modes.BATCH_SIZE) == modes.BATCH_SIZE
    assert loss_with({"normalize": True}).normalization(modes.NONE) == modes.VALID
    assert loss_with({"normalize": False}).normalization() == modes.BATCH_SIZE
    both = {"normalize": False, "normalization": modes.FULL}
    assert loss_with(both).normalization() == modes.FULL


def test_only_the_first_top_counts_unless_stated():
    assert Loss(LayerParameter()).default_loss_weights(3) == [1, 0, 0]


def test_labels_never_get_a_forced_gradient():
    assert [Loss(LayerParameter()).allow_force_backward(i) for i in range(3)] == [True, False, True]


def test_a_gradient_of_the_labels_is_refused():
    Loss(LayerParameter()).refuse_label_gradient([True, False])
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        Loss(LayerParameter()).refuse_label_gradient([True, True])


# --- labels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "axis"), [((3, 4), 1), ((2, 4, 3, 2), 1), ((4, 3), 0), ((2, 3, 4), 2)]
)
def test_positions_are_those_of_the_true_scores(shape, axis, rng):
    labels, scores = class_labels(shape, axis), rng.normal(size=shape)
    rows = np.moveaxis(scores, axis, -1).reshape(-1, 4)
    truth = rng.integers(4, size=len(rows))
    classes, ignored = labels.read(LAYER, truth.astype(np.float32))
    assert ignored is None
    expected = [row[label] for row, label in zip(rows, truth, strict=True)]
    np.testing.assert_array_equal(scores.take(labels.positions(classes)).ravel(), expected)


def test_fractions_are_cut_off():
    classes, _ = class_labels((4, 3)).read(LAYER, np.array([0.9, 1.5, 2.99, -0.9]))
    np.testing.assert_array_equal(classes.ravel(), [0, 1, 2, 0])


@pytest.mark.parametrize("ignore_label", [255, -1, 1])
def test_an_ignored_label_may_lie_outside_of_the_range(ignore_label):
    labels = class_labels((3, 3), ignore_label=ignore_label)
    classes, ignored = labels.read(LAYER, np.array([2.0, ignore_label, 0.0]))
    np.testing.assert_array_equal(classes.ravel(), [2, 0, 0])
    np.testing.assert_array_equal(ignored.ravel(), [False, True, False])


def test_no_mask_where_nothing_is_ignored():
    _, ignored = class_labels((3, 3), ignore_label=255).read(LAYER, np.array([2.0, 1.0, 0.0]))
    assert ignored is None


@pytest.mark.parametrize("label", [3, -1, np.nan, np.inf, -np.inf, 1e30, 2**31])
@pytest.mark.parametrize("ignore_label", [None, 255])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_label_that_is_no_class_is_refused(label, ignore_label, dtype):
    labels = class_labels((2, 3), ignore_label=ignore_label)
    with pytest.raises(LayerError, match="no class") as error:
        labels.read(LAYER, np.array([0, label], dtype))
    assert f"label {dtype(label):g} for sample 1\n" in str(error.value)
    assert "a whole number from 0 to 2" in str(error.value)
    assert ("ignore_label 255" in str(error.value)) == (ignore_label == 255)


def test_the_message_tells_the_position_of_a_label_in_a_map():
    values = np.zeros((2, 4, 5))
    values[1, 2, 3] = values[1, 3, 0] = 21
    with pytest.raises(
        LayerError, match=r"label 21 for sample 1 at position \(2, 3\) \(and 1 more\)"
    ):
        class_labels((2, 21, 4, 5)).read(LAYER, values)


def test_a_single_item_without_a_batch_axis():
    with pytest.raises(LayerError, match="label 4 for sample 0"):
        class_labels((3,), axis=0).read(LAYER, np.array([4.0]))


def test_the_number_of_labels_must_be_that_of_the_items():
    with pytest.raises(
        LayerError, match=r'"it".*predictions.*\n.*30 labels.*\n.*60 labels, shape \(60,\)'
    ):
        ClassLabels().reshape(LAYER, (3, 4, 5, 2), (60,), 1)


def test_no_labels_at_all():
    classes, ignored = class_labels((0, 3), ignore_label=1).read(LAYER, np.empty(0))
    assert classes.shape == (0, 1)
    assert ignored is None
