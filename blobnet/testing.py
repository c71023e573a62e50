"""Checks for layers, ours and yours: run one layer alone, compare its gradients.

    run = run_layer('type: "InnerProduct" inner_product_param { num_output: 5 }', x)
    check_gradients(run)

or in one line:

    check_gradients('type: "Square"', x)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from blobnet.blob import Blob
from blobnet.errors import explain
from blobnet.gradient_faults import Difference, explain_difference
from blobnet.layer import Layer
from blobnet.layer_register import create_layer
from blobnet.proto import Phase
from blobnet.serialization.prototxt import parse_layer
from blobnet.types import Array


@dataclass
class LayerRun:
    """A layer outside of a net, with its blobs."""

    layer: Layer
    bottom: list[Blob]
    top: list[Blob]

    def forward(self) -> float:
        """Compute the tops; returns the layer's share of the loss."""
        return self.layer.forward(self.bottom, self.top)

    def backward(self, propagate_down: Sequence[bool] | None = None) -> None:
        """Compute gradients; of every bottom that can have one, unless stated."""
        self.layer.backward(self.top, propagate_down or self.propagate_down(), self.bottom)

    def propagate_down(self) -> list[bool]:
        """Which bottoms can have a gradient: labels cannot."""
        return [self.layer.allow_force_backward(i) for i in range(len(self.bottom))]


def run_layer(
    prototxt: str,
    *bottom: ArrayLike,
    phase: str = "TRAIN",
    dtype: DTypeLike = np.float64,
    num_top: int | None = None,
    in_place: bool = False,
    seed: int = 0,
) -> LayerRun:
    """Make the layer that the text defines, and run it forward on the given arrays.

    prototxt  what stands between the braces of `layer { }`; names may be left out
    num_top   the number of tops: by default as stated, or as many as the layer type needs
    in_place  the tops are the bottoms
    """
    layer_param = parse_layer(prototxt)
    if not layer_param.name:
        layer_param.name = "it"
    rng = np.random.default_rng(seed)
    layer = create_layer(layer_param, phase=Phase.Value(phase), dtype=dtype, rng=rng)
    bottoms = [_blob_of(values, dtype) for values in bottom]
    if in_place:
        tops = bottoms
    else:
        needed = layer.exact_num_top_blobs if layer.exact_num_top_blobs is not None else 1
        count = num_top if num_top is not None else len(layer_param.top) or needed
        tops = [Blob(dtype=dtype) for _ in range(count)]
    layer.initialize(bottoms, tops)
    run = LayerRun(layer, bottoms, tops)
    run.forward()
    return run


def check_gradients(
    run: LayerRun | str,
    *bottom: ArrayLike,
    rng: np.random.Generator | None = None,
    propagate_down: Sequence[bool] | None = None,
    step: float = 1e-5,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> None:
    """Compare the analytic gradient with the numeric one, for every bottom and parameter.

    The analytic gradient is what `backward` writes, the numeric one central differences of
    `forward`. Wants a run in float64, or a layer's text and its bottoms. Bottom diffs start as
    NaN and parameter diffs as 1, so a layer passes only if it overwrites the first and adds to
    the second; it must leave alone the tops' diffs, and bottoms that want none. Choose inputs
    away from kinks (ReLU at 0, equal values under a maximum).
    Raises AssertionError with the numbers that differ, and with the mistake that they look like.
    """
    if isinstance(run, str):
        run = run_layer(run, *bottom)
    wanted = list(propagate_down or run.propagate_down())
    check = _GradientCheck(run, rng or np.random.default_rng(1))
    check.inputs_stay()
    expected = {name: check.central_differences(blob, step) for name, blob in _checked(run, wanted)}
    check.backward(wanted)
    for name, blob in _checked(run, wanted):
        offset = 1 if name.startswith("blobs_") else 0
        same = np.isclose(blob.diff, offset + expected[name], rtol=rtol, atol=atol, equal_nan=True)
        if not same.all():
            raise AssertionError(check.explain_difference(name, blob, expected, ~same, wanted))
    check.left_alone(wanted)


def _checked(run: LayerRun, wanted: list[bool]) -> Iterator[tuple[str, Blob]]:
    for i, blob in enumerate(run.layer.blobs_):
        yield f"blobs_[{i}]", blob
    for i, blob in enumerate(run.bottom):
        if wanted[i]:
            yield f"bottom[{i}]", blob


class _GradientCheck:
    """The weighted sum of all top values as a function of the bottoms and parameters."""

    def __init__(self, run: LayerRun, rng: np.random.Generator) -> None:
        self._run = run
        self._state = run.layer.get_state()  # so that every forward draws the same numbers
        self._in_place = any(top is bottom for top in run.top for bottom in run.bottom)
        self._inputs = [blob.data.copy() for blob in run.bottom]
        if self._in_place:
            self._inputs = [rng.normal(size=blob.shape) for blob in run.bottom]
        is_loss = any(run.layer.loss_)
        self._weights: list[Array] = [
            # equal weights would let errors cancel
            np.full(top.shape, run.layer.loss(i)) if is_loss else rng.normal(size=top.shape)
            for i, top in enumerate(run.top)
        ]

    def objective(self) -> float:
        if self._in_place:
            for blob, values in zip(self._run.bottom, self._inputs, strict=True):
                blob.data[...] = values
        self._run.layer.set_state(self._state)
        self._run.forward()
        return sum(
            float(np.vdot(weights, top.data))
            for weights, top in zip(self._weights, self._run.top, strict=True)
        )

    def central_differences(self, blob: Blob, step: float) -> Array:
        values = blob.data
        for bottom, inputs in zip(self._run.bottom, self._inputs, strict=True):
            if self._in_place and bottom is blob:
                values = inputs
        gradient = np.empty_like(values)
        for index in np.ndindex(values.shape):
            kept = values[index]
            values[index] = kept + step
            above = self.objective()
            values[index] = kept - step
            below = self.objective()
            values[index] = kept
            gradient[index] = (above - below) / (2 * step)
        return gradient

    def backward(self, wanted: list[bool]) -> None:
        self.objective()
        for blob in self._run.layer.blobs_:
            blob.diff[...] = 1
        for blob in self._run.bottom:
            blob.diff[...] = np.nan
        for top, weights in zip(self._run.top, self._weights, strict=True):
            top.diff[...] = weights
        self._run.backward(wanted)

    def inputs_stay(self) -> None:
        """Whether forward has kept from writing into its bottoms, unless it works in place."""
        if self._in_place:
            return
        self.objective()
        for i, (blob, values) in enumerate(zip(self._run.bottom, self._inputs, strict=True)):
            if not np.array_equal(blob.data, values, equal_nan=True):
                raise AssertionError(
                    explain(
                        f"{self._layer()}: forward overwrites bottom[{i}].data",
                        fix="bottoms are read only: write into the tops, or take a copy first",
                    )
                )

    def explain_difference(
        self,
        name: str,
        blob: Blob,
        expected: dict[str, Array],
        wrong: Array,
        wanted: list[bool],
    ) -> str:
        """What differs in the gradient of a blob, and which mistake it looks like."""
        written = blob.diff.copy()

        def again(start: float, factors: list[float]) -> Array:
            self.objective()
            for each in (*self._run.layer.blobs_, *self._run.bottom):
                each.diff[...] = start
            for top, weights, factor in zip(self._run.top, self._weights, factors, strict=True):
                top.diff[...] = factor * weights
            self._run.backward(wanted)
            left: Array = blob.diff.copy()
            return left

        text = explain_difference(
            Difference(
                blob=name,
                layer=self._layer(),
                start=1.0 if name.startswith("blobs_") else np.nan,
                written=written,
                numeric=expected[name],
                wrong=wrong,
                others={other: values for other, values in expected.items() if other != name},
                num_items=self._run.bottom[0].shape[0]
                if self._inputs and self._inputs[0].ndim
                else 1,
                num_top=len(self._run.top),
                again=again,
            )
        )
        if blob.dtype != np.float64:
            text += (
                f"\n  note:     {name} is in {blob.dtype}, where differences are rounded too much: "
                "make the blobs with dtype='float64'"
            )
        return text

    def _layer(self) -> str:
        param = self._run.layer.layer_param_
        return f"layer '{param.name}' ({param.type})"

    def left_alone(self, wanted: list[bool]) -> None:
        """Whether `backward` has kept from writing where it must not."""
        written = [
            b.diff for b, is_wanted in zip(self._run.bottom, wanted, strict=True) if is_wanted
        ]
        for i, (top, weights) in enumerate(zip(self._run.top, self._weights, strict=True)):
            if not any(np.shares_memory(top.diff, diff) for diff in written):
                np.testing.assert_array_equal(top.diff, weights, f"top[{i}].diff may be read only")
        for i, bottom in enumerate(self._run.bottom):
            if not wanted[i]:
                np.testing.assert_array_equal(bottom.diff, np.nan, f"bottom[{i}].diff is unwanted")


def _blob_of(values: ArrayLike, dtype: DTypeLike) -> Blob:
    array = np.asarray(values, dtype)
    blob = Blob(array.shape, dtype=dtype)
    blob.data[...] = array
    return blob
