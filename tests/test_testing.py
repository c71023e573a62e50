"""A gradient check is worth what it refuses."""

from __future__ import annotations

import re

import numpy as np
import pytest

from blobnet import LayerError, layer_register
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.proto import TEST, FillerParameter
from blobnet.testing import check_gradients, run_layer


class Right(Layer):
    """y = w * x * x, with one weight for each value of x; may work in place if w is 1."""

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom, top):
        self.init_blob(0, bottom[0].shape, FillerParameter(type="uniform", min=1, max=2))

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = self.blobs_[0].data * bottom[0].data ** 2

    def backward_cpu(self, top, propagate_down, bottom):
        dy, x, w = top[0].diff, bottom[0].data, self.blobs_[0]
        w.diff[...] += dy * x**2
        if propagate_down[0]:
            bottom[0].diff[...] = 2 * dy * w.data * x


class Forgets(Right):
    """No gradient at all."""

    def backward_cpu(self, top, propagate_down, bottom):
        pass


class AddsToBottom(Right):
    def backward_cpu(self, top, propagate_down, bottom):
        before = bottom[0].diff.copy()
        super().backward_cpu(top, propagate_down, bottom)
        bottom[0].diff += before


class OverwritesWeight(Right):
    def backward_cpu(self, top, propagate_down, bottom):
        self.blobs_[0].diff[...] = 0
        super().backward_cpu(top, propagate_down, bottom)


class WrongFactor(Right):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        bottom[0].diff *= 1.0001


class WrongSign(Right):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        bottom[0].diff *= -1


class WrongWeightFactor(Right):
    def backward_cpu(self, top, propagate_down, bottom):
        self.blobs_[0].diff += 0.001 * top[0].diff
        super().backward_cpu(top, propagate_down, bottom)


class IgnoresTopDiff(Right):
    """Right only where every top diff is 1."""

    def backward_cpu(self, top, propagate_down, bottom):
        ones = [type("Ones", (), {"diff": np.ones_like(top[0].diff)})]
        super().backward_cpu(ones, propagate_down, bottom)


class Shuffles(Right):
    """The right numbers in wrong places: their sum is right."""

    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        bottom[0].diff[...] = bottom[0].diff[::-1].copy()


class OneRowMissing(Right):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        bottom[0].diff[-1] = np.nan


class WritesTopDiff(Right):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        top[0].diff *= 2


class Pair(Layer):
    """Two tops: x * x, and 3 * x."""

    exact_num_top_blobs = 2

    def reshape(self, bottom, top):
        for blob in top:
            blob.reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = bottom[0].data ** 2
        top[1].data[...] = 3 * bottom[0].data

    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = 2 * bottom[0].data * top[0].diff + 3 * top[1].diff


class SecondTopForgotten(Pair):
    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = 2 * bottom[0].data * top[0].diff


class Noisy(Right):
    """Multiplied by random numbers, which backward uses again."""

    def forward_cpu(self, bottom, top):
        self._noise = self.rng.normal(size=bottom[0].shape)
        top[0].data[...] = self._noise * bottom[0].data

    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = self._noise * top[0].diff


class Remembers(Right):
    """Right, and backward relies on what the last forward has kept."""

    def forward_cpu(self, bottom, top):
        super().forward_cpu(bottom, top)
        self._kept = bottom[0].data.copy()

    def backward_cpu(self, top, propagate_down, bottom):
        dy, w = top[0].diff, self.blobs_[0]
        w.diff[...] += dy * self._kept**2
        bottom[0].diff[...] = 2 * dy * w.data * self._kept


class Labelled(Layer):
    """The sum of x * label; a label has no gradient."""

    auto_top_blobs = True
    exact_num_top_blobs = 1

    def reshape(self, bottom, top):
        top[0].reshape(())

    def forward_cpu(self, bottom, top):
        top[0].data[...] = (bottom[0].data * bottom[1].data).sum()

    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = top[0].diff * bottom[1].data

    def allow_force_backward(self, bottom_index):
        return bottom_index == 0

    def default_loss_weights(self, num_top):
        return [2.5]


class WritesLabel(Labelled):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        bottom[1].diff[...] = 0


class InPlace(Layer):
    """Three times itself."""

    factor = 3

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = bottom[0].data * 3

    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = top[0].diff * self.factor


class WrongInPlace(InPlace):
    factor = 1


def all_below(cls: type) -> list[type]:
    return [cls, *(below for sub in cls.__subclasses__() for below in all_below(sub))]


@pytest.fixture(autouse=True)
def _own_register(monkeypatch):
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    for base in (Right, Pair, Labelled, InPlace, Mean, Matrix):
        for cls in all_below(base):
            register_layer(f"Tiny{cls.__name__}")(cls)


WRONG = [cls for cls in all_below(Right) if cls not in (Right, Noisy, Remembers)]


def tiny(cls: type, more: str = "") -> str:
    return f'type: "Tiny{cls.__name__}" {more}'


# --- check_gradients ------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", [Right, Noisy, Remembers, Pair])
def test_a_right_layer_passes(cls, rng):
    check_gradients(tiny(cls), rng.normal(size=(3, 4)))


@pytest.mark.parametrize("cls", WRONG)
def test_a_wrong_layer_does_not_pass(cls, rng):
    assert len(WRONG) == 10
    with pytest.raises(AssertionError, match=r"bottom\[0\]|blobs_\[0\]|top\[0\]"):
        check_gradients(tiny(cls), rng.normal(size=(3, 4)))


GUESSES = {
    Forgets: "backward adds nothing to blobs_[0].diff: write `blobs_[0].diff += ...`",
    AddsToBottom: "backward adds to what was in bottom[0].diff: write `bottom[0].diff[...] = ...`",
    OverwritesWeight: "backward overwrites blobs_[0].diff: write `+=`",
    WrongFactor: "a factor is wrong: analytic = 1.0001 * numeric, in all values",
    WrongSign: "the sign is turned round: analytic = -numeric",
    WrongWeightFactor: "none of the usual mistakes fits",
    IgnoresTopDiff: "backward does not use top[0].diff: the chain rule multiplies by it",
    Shuffles: "none of the usual mistakes fits",
    OneRowMissing: "backward leaves 4 of 12 values of bottom[0].diff as they were",
}


def said(text, *bottom):
    """What check_gradients says, in one line."""
    with pytest.raises(AssertionError) as caught:
        check_gradients(text, *bottom)
    return " ".join(str(caught.value).split())


@pytest.mark.parametrize("cls", [cls for cls in WRONG if cls is not WritesTopDiff])
def test_the_mistake_is_guessed(cls, rng):
    assert f"fix: {GUESSES[cls]}" in said(tiny(cls), rng.normal(size=(3, 4)))


def test_both_gradients_are_told_by_their_names_at_the_worst_places(rng):
    x = np.array([[1.0, 2.0], [4.0, 3.0]])
    run = run_layer(tiny(WrongSign), x)
    w = run.layer.blobs_[0].data[...] = [[1, 1], [1, 2]]
    with pytest.raises(AssertionError) as caught:
        check_gradients(run)
    what, expected, got, _ = str(caught.value).splitlines()
    assert what == "layer 'it' (TinyWrongSign): the gradient of bottom[0] is wrong in 4 of 4 values"
    places = re.findall(r"\[\d, \d\]", expected)
    assert len(w) == 2
    assert places == re.findall(r"\[\d, \d\]", got)
    assert len(places) == 3
    numbers = [np.array(re.findall(r"\] (\S+?)(?:,|$)", line), float) for line in (expected, got)]
    np.testing.assert_allclose(numbers[0], -numbers[1])
    assert (np.diff(np.abs(numbers[0])) <= 0).all()
    assert "numeric, by differences of forward" in expected
    assert "analytic, as backward says" in got


class Mean(Layer):
    """The mean of w * x over the items, a number for each column."""

    exact_num_bottom_blobs = exact_num_top_blobs = 1

    def setup(self, bottom, top):
        self.init_blob(0, bottom[0].shape[1:], FillerParameter(type="uniform", min=1, max=2))

    def reshape(self, bottom, top):
        top[0].reshape(bottom[0].shape[1:])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = (self.blobs_[0].data * bottom[0].data).mean(axis=0)

    def backward_cpu(self, top, propagate_down, bottom):
        n = len(bottom[0].data)
        self.blobs_[0].diff += top[0].diff * bottom[0].data.sum(axis=0) / n
        bottom[0].diff[...] = top[0].diff * self.blobs_[0].data / n


class Sums(Mean):
    def backward_cpu(self, top, propagate_down, bottom):
        before = self.blobs_[0].diff.copy()
        super().backward_cpu(top, propagate_down, bottom)
        self.blobs_[0].diff[...] = before + 5 * (self.blobs_[0].diff - before)


class AveragesTwice(Mean):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        bottom[0].diff /= 5


class NamesAnotherArray(Mean):
    def backward_cpu(self, top, propagate_down, bottom):
        self.blobs_[0].diff += top[0].diff * bottom[0].data.mean(axis=0)
        diff = bottom[0].diff
        diff = top[0].diff * self.blobs_[0].data  # noqa: F841


class OverwritesBottom(Mean):
    def forward_cpu(self, bottom, top):
        bottom[0].data *= self.blobs_[0].data
        top[0].data[...] = bottom[0].data.mean(axis=0)


@pytest.mark.parametrize(
    ("cls", "text"),
    [
        (Sums, "blobs_[0] is wrong"),
        (Sums, "backward sums over the 5 items where forward takes their mean: divide by 5"),
        (AveragesTwice, "backward takes a mean over the 5 items where forward sums"),
        (NamesAnotherArray, "backward writes nothing into bottom[0].diff"),
        (OverwritesBottom, "forward overwrites bottom[0].data"),
    ],
)
def test_mistakes_with_means_and_arrays_are_guessed(cls, text, rng):
    check_gradients(tiny(Mean), rng.normal(size=(5, 4)))
    assert text in said(tiny(cls), rng.normal(size=(5, 4)))


class Matrix(Layer):
    """y = x @ x2, of two bottoms."""

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = bottom[0].data @ bottom[1].data

    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = top[0].diff @ bottom[1].data.T
        bottom[1].diff[...] = bottom[0].data.T @ top[0].diff


class WrongBlob(Matrix):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom[::-1])
        for blob in bottom:
            blob.diff[...] = bottom[0].data.T @ top[0].diff


class Transposed(Matrix):
    def backward_cpu(self, top, propagate_down, bottom):
        super().backward_cpu(top, propagate_down, bottom)
        bottom[1].diff[...] = bottom[1].diff.T.copy()


def test_a_right_gradient_in_a_wrong_place_is_recognized(rng):
    x = rng.normal(size=(2, 3, 3))
    check_gradients(tiny(Matrix), *x)
    assert "this is the gradient of bottom[1]" in said(tiny(WrongBlob), *x)
    assert "this is the gradient transposed" in said(tiny(Transposed), *x)


def test_blobs_in_float32_are_told(rng):
    run = run_layer(tiny(Right), rng.normal(size=(3, 4)), dtype="f4")
    with pytest.raises(AssertionError, match="in float32, where differences are rounded too much"):
        check_gradients(run)


def test_a_second_top_that_is_not_used_is_named(rng):
    text = said(tiny(SecondTopForgotten), rng.normal(size=(3, 4)))
    assert "backward does not use top[1].diff" in text


def test_a_gradient_of_one_top_only_does_not_pass(rng):
    with pytest.raises(AssertionError, match=r"bottom\[0\]"):
        check_gradients(tiny(SecondTopForgotten), rng.normal(size=(3, 4)))


def test_a_loss_is_checked_with_its_own_weight(rng):
    x, label = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    check_gradients(tiny(Labelled), x, label)
    check_gradients(tiny(Labelled, "loss_weight: 7"), x, label)


def test_writing_into_a_label_does_not_pass(rng):
    with pytest.raises(AssertionError, match=r"bottom\[1\]\.diff is unwanted"):
        check_gradients(tiny(WritesLabel), rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))


def test_a_gradient_that_is_wanted_but_missing_does_not_pass(rng):
    with pytest.raises(AssertionError, match=r"bottom\[1\]"):
        check_gradients(
            tiny(Labelled), rng.normal(size=(3, 4)), np.ones((3, 4)), propagate_down=[True, True]
        )


def test_a_gradient_that_is_not_wanted_is_not_checked(rng):
    class Half(Labelled):
        def backward_cpu(self, top, propagate_down, bottom):
            if propagate_down[0]:
                bottom[0].diff[...] = 77

    register_layer("TinyHalf")(Half)
    x = rng.normal(size=(3, 4))
    check_gradients('type: "TinyHalf"', x, x, propagate_down=[False, False])
    with pytest.raises(AssertionError):
        check_gradients('type: "TinyHalf"', x, x, propagate_down=[True, False])


def test_a_layer_in_place_is_checked_too(rng):
    run = run_layer(tiny(InPlace), rng.normal(size=(3, 4)), in_place=True)
    assert run.top[0] is run.bottom[0]
    check_gradients(run)
    with pytest.raises(AssertionError, match=r"bottom\[0\]"):
        check_gradients(run_layer(tiny(WrongInPlace), rng.normal(size=(3, 4)), in_place=True))


def test_the_weights_of_the_tops_come_from_the_given_generator(rng):
    untouched = np.random.default_rng(5)
    given = np.random.default_rng(5)
    check_gradients(tiny(Right), rng.normal(size=(3, 4)), rng=given)
    assert given.random() != untouched.random()


def test_the_weights_are_what_they_were_after_the_check(rng):
    run = run_layer(tiny(Right), rng.normal(size=(3, 4)))
    weight, x = run.layer.blobs_[0].data.copy(), run.bottom[0].data.copy()
    check_gradients(run)
    np.testing.assert_array_equal(run.layer.blobs_[0].data, weight)
    np.testing.assert_array_equal(run.bottom[0].data, x)


# --- run_layer ------------------------------------------------------------------------------------


def test_run_layer_runs_forward_in_float64(rng):
    x = rng.normal(size=(3, 4))
    run = run_layer(tiny(Right), x)
    np.testing.assert_array_equal(run.top[0].data, run.layer.blobs_[0].data * x**2)
    assert {blob.dtype for blob in [*run.bottom, *run.top, *run.layer.blobs_]} == {np.dtype("f8")}


def test_run_layer_takes_dtype_phase_and_seed(rng):
    x = rng.normal(size=(3, 4))
    run = run_layer(tiny(Right), x, dtype="f4", phase="TEST", seed=1)
    assert run.top[0].dtype == np.float32
    assert run.layer.phase == TEST
    weights = [run_layer(tiny(Right), x, seed=seed).layer.blobs_[0].data for seed in (1, 1, 2)]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("text", "options", "count"),
    [
        (tiny(Pair), {}, 2),
        (tiny(InPlace), {}, 1),
        (tiny(InPlace, 'top: "a" top: "b" top: "c"'), {}, 3),
        (tiny(InPlace), {"num_top": 4}, 4),
    ],
)
def test_the_number_of_tops_is_stated_or_what_the_type_needs(text, options, count):
    assert len(run_layer(text, np.ones((2, 2)), **options).top) == count


def test_a_run_goes_backward_where_the_layer_allows(rng):
    run = run_layer(tiny(Labelled), rng.normal(size=(3, 4)), np.full((3, 4), 2))
    assert run.propagate_down() == [True, False]
    assert run.forward() == pytest.approx(2.5 * 2 * run.bottom[0].data.sum())
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, np.full((3, 4), 5))
    assert not run.bottom[1].diff.any()
    run = run_layer(tiny(Right), np.ones((3, 4)))
    run.top[0].diff[...] = 1
    run.backward([False])
    assert not run.bottom[0].diff.any()
    run.backward()
    assert run.bottom[0].diff.all()


def test_the_layer_gets_a_name_for_its_errors():
    with pytest.raises(LayerError, match='"it"'):
        run_layer(tiny(Right), np.ones(3), np.ones(3))
    with pytest.raises(LayerError, match='"mine"'):
        run_layer(tiny(Right, 'name: "mine"'), np.ones(3), np.ones(3))
