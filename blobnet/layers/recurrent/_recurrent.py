"""What LSTM and RNN share: streams of timesteps, and states that go from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.recurrent._inner_log import InnerLog
from blobnet.layers.recurrent._streams import check_streams, warn_of_lost_gradients
from blobnet.ops.product import matmul
from blobnet.ops.workspace import scratch
from blobnet.types import Array, Shape


class Recurrent(Layer):
    """A layer that runs over T timesteps of N streams, with D hidden values in each.

    A timestep adds up what x, x_static and the hidden values before it contribute, and makes
    its states of these sums. All products but that of the hidden values are computed for all
    timesteps at once, and so are the gradients of the weights.

    A subclass says

    state_names      the states; the first is h, the hidden values
    sums_per_value   how many sums belong to a hidden value: 4 gates in LSTM
    inner_names      what the lines of `debug_info` call them: see InnerLog
    step, step_backward      what one timestep makes of its sums
    output, output_backward  what top[0] shows of the hidden values

    and finds

    _sums    (T, N, sums_per_value * D); `step` may write over them what it needs later
    _states  one (T + 1, N, D) per state: [t] is before timestep t, [t + 1] after it

    Unless the states are exposed, a forward begins with those that the last one ended with.
    They are zero at first, and again when N becomes larger than it ever was; when N becomes
    smaller, the last streams are left out. No gradient goes from one forward to another, nor, as
    in Caffe, through states that are exposed: their bottoms get 0, their tops' is not read.

    Caffe: recurrent_layer.cpp.
    """

    state_names: ClassVar[tuple[str, ...]]
    sums_per_value: ClassVar[int]
    inner_names: ClassVar[tuple[str, str, str]]

    # How many blobs there are depends on the prototxt.

    @property
    def min_bottom_blobs(self) -> int:  # type: ignore[override]
        return 2 + self._num_exposed

    @property
    def max_bottom_blobs(self) -> int:  # type: ignore[override]
        return 3 + self._num_exposed

    @property
    def exact_num_top_blobs(self) -> int:  # type: ignore[override]
        return 1 + self._num_exposed

    @property
    def _num_exposed(self) -> int:
        return len(self.state_names) if self.layer_param_.recurrent_param.expose_hidden else 0

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.recurrent_param
        if param.num_output < 1:
            raise self.error("num_output must be positive", got=param.num_output)
        self._D = D = self.num_hidden
        refuse_in_place(self, bottom, top)
        check_streams(self, bottom, D, self._num_exposed)
        self._T = bottom[0].shape[0]
        self._first_exposed = len(bottom) - self._num_exposed
        self._item_sizes = {0: bottom[0].count(2)}  # of x and x_static, by bottom
        if self._first_exposed == 3:  # there is x_static before them
            self._item_sizes[2] = bottom[2].count(1)
        self.init_blobs()
        self._inner_log = (
            InnerLog(self.name, *self.inner_names, self.state_names) if param.debug_info else None
        )
        self._carried: Array = np.zeros((len(self.state_names), 0, D), self.dtype)
        self._is_said = False
        self.allocate(num_streams=0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_streams(self, bottom, self._D, self._num_exposed)
        self._check_sizes(bottom)
        N, D = bottom[0].shape[1], self._D
        top[0].reshape(self.output_shape(N))
        for blob in top[1:]:
            blob.reshape((1, N, D))
        if self._carried.shape[1] < N:
            self._carried = np.zeros((len(self.state_names), N, D), self.dtype)
        if self._sums.shape[1] != N:
            self.allocate(N)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        h, cont = self._states[0], bottom[1].data[..., None]
        weight = self.blobs_[self._hidden].data
        conted = scratch("conted", h[0].shape, self.dtype)
        product = scratch("hidden product", self._sums[0].shape, self.dtype)
        self._begin(bottom)
        self._start_sums(bottom)
        for t, sums in enumerate(self._sums):
            np.multiply(h[t], cont[t], out=conted)
            matmul(conted, weight.T, out=product)
            sums += product
            if self._inner_log:
                self._inner_log.sums(t, sums)
            self.step(t, cont[t])
            if self._inner_log:
                self._inner_log.states(t, self._states[:, t + 1])
        self.output(out=top[0].data)
        self._end(top)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise self.error(
                "Cannot backpropagate to sequence indicators.",
                fix="write `propagate_down` once per bottom, false for the second",
            )
        if not (any(propagate_down) or any(self.param_propagate_down_)):
            return
        self._warn_of_lost_gradients(top, propagate_down)
        cont, weight = bottom[1].data[..., None], self.blobs_[self._hidden].data
        d_states = np.zeros_like(self._states[:, 0])  # nothing comes from tops that expose states
        d_sums = scratch("sum diffs", self._sums.shape, self.dtype)
        d_output = self.output_backward(top[0].diff)
        for t in reversed(range(self._T)):  # d_states: of [t + 1] at first, of [t] in the end
            d_states[0] += d_output[t]
            self.step_backward(t, d_states, d_sums[t])
            matmul(d_sums[t], weight, out=d_states[0])
            d_states[0] *= cont[t]
            if self._inner_log:
                self._inner_log.diffs(t, d_sums[t], d_states)
        self._input_gradients(bottom, propagate_down, d_sums)
        for index in range(self._first_exposed, len(bottom)):
            if propagate_down[index]:
                bottom[index].diff.fill(0)

    def allow_force_backward(self, bottom_index: int) -> bool:
        # neither where sequences start nor an exposed state has a gradient
        return bottom_index != 1 and bottom_index < self._first_exposed

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """Every matrix once for each timestep and stream; that of x_static once for each stream."""
        counts = [0 if blob.num_axes == 1 else int(blob.count) for blob in self.blobs_]
        static = counts.pop(2) if self._has_static else 0
        return bottom[0].shape[1] * (self._T * sum(counts) + static)

    def _warn_of_lost_gradients(self, top: Blobs, propagate_down: Sequence[bool]) -> None:
        """Say once where something learns through exposed states, which give no gradients."""
        given = any(t.diff_storage.allocated and t.diff.any() for t in top[1:])
        if self._is_said or not (given or any(propagate_down[self._first_exposed :])):
            return
        self._is_said = True
        warn_of_lost_gradients(self, "the last states" if given else "what makes the first states")

    # --- what a subclass defines --------------------------------------------------------------

    @property
    def num_hidden(self) -> int:
        """The hidden values, which are those that are put out unless a subclass says otherwise."""
        return self.layer_param_.recurrent_param.num_output

    def output_shape(self, num_streams: int) -> Shape:
        return (self._T, num_streams, self._D)

    def init_blobs(self) -> None:
        """Make the weights; a subclass may have more of them, behind the hidden ones."""
        param = self.layer_param_.recurrent_param
        num_sums = self.sums_per_value * self._D
        self.init_blob(0, (num_sums, self._item_sizes[0]), param.weight_filler)
        self.init_blob(1, (num_sums,), param.bias_filler)
        if self._has_static:
            self.init_blob(2, (num_sums, self._item_sizes[2]), param.weight_filler)
        self._hidden = 3 if self._has_static else 2  # which of blobs_ is the hidden weight
        self.init_blob(self._hidden, (num_sums, self._D), param.weight_filler)

    def allocate(self, num_streams: int) -> None:
        """Make room for what a forward leaves to the backward after it."""
        T, D = self._T, self._D
        self._sums: Array = np.empty((T, num_streams, self.sums_per_value * D), self.dtype)
        self._states: Array = np.empty((len(self.state_names), T + 1, num_streams, D), self.dtype)

    def step(self, t: int, cont: Array) -> None:
        """Write the states [t + 1], from the sums of timestep t and the states [t]."""
        raise NotImplementedError

    def step_backward(self, t: int, d_states: Array, d_sums: Array) -> None:
        """Write d_sums; for all states but h, make of the gradient of [t + 1] that of [t]."""
        raise NotImplementedError

    def output(self, out: Array) -> None:
        """Write top[0]: the hidden values themselves, unless a subclass says otherwise."""
        out[...] = self._states[0, 1:]

    def output_backward(self, dy: Array) -> Array:
        """The gradient of the hidden values that top[0] shows, from that of top[0]."""
        return dy

    # --- states -------------------------------------------------------------------------------

    def reset(self) -> None:
        """Let the next forward begin with states of zero."""
        self._carried.fill(0)

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "hidden": self._carried.tolist()}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        hidden = np.asarray(state["hidden"], self.dtype)
        self._carried = hidden.reshape(len(self.state_names), -1, self._D)

    def _begin(self, bottom: Blobs) -> None:
        """Write the states before the first timestep."""
        first = self._states[:, 0]
        if not self._num_exposed:
            first[...] = self._carried[:, : first.shape[1]]
        for state, blob in zip(first, bottom[self._first_exposed :], strict=False):
            state[...] = blob.data[0]

    def _end(self, top: Blobs) -> None:
        """Keep the states after the last timestep, or show them."""
        last = self._states[:, -1]
        if not self._num_exposed:
            self._carried[:, : last.shape[1]] = last
        for state, blob in zip(last, top[1:], strict=False):
            blob.data[0] = state

    # --- inputs and weights -------------------------------------------------------------------

    @property
    def _has_static(self) -> bool:
        return 2 in self._item_sizes

    def _check_sizes(self, bottom: Blobs) -> None:
        """Whether the bottoms still have the sizes that cannot change."""
        if bottom[0].shape[0] != self._T:
            raise self.error(
                "input number of timesteps changed",
                expected=f"{self._T} timesteps, as when the net was made",
                got=f"{bottom[0].shape[0]} (bottom[0] of shape {bottom[0].shape})",
                fix="fill up shorter sequences, or make another net for this length",
            )
        for index, size in self._item_sizes.items():
            got = bottom[index].count(1 if index else 2)
            if got != size:
                raise self.error(
                    "the input no longer fits the weights",
                    expected=f"{size} values per item of bottom[{index}]",
                    got=f"{got} (shape {bottom[index].shape})",
                    fix="keep the input size of training, or rename the layer to learn new weights",
                )

    def _start_sums(self, bottom: Blobs) -> None:
        """Write the part of the sums that no state has to be known for."""
        matmul(self._items(bottom[0].data, 0), self.blobs_[0].data.T, out=rows(self._sums))
        self._sums += self.blobs_[1].data
        if self._has_static:
            product = scratch("static product", self._sums[0].shape, self.dtype)
            matmul(self._items(bottom[2].data, 2), self.blobs_[2].data.T, out=product)
            self._sums += product

    def _input_gradients(
        self, bottom: Blobs, propagate_down: Sequence[bool], d_sums: Array
    ) -> None:
        """Of x and x_static, and of all weights that make sums."""
        if self.param_propagate_down_[1]:
            self.blobs_[1].diff += rows(d_sums).sum(axis=0)
        for index in self._item_sizes:
            d_products = d_sums.sum(axis=0) if index else rows(d_sums)
            self.add_weight_diff(index, d_products, self._items(bottom[index].data, index))
            if propagate_down[index]:
                d_items = self._items(bottom[index].diff, index)
                matmul(d_products, self.blobs_[index].data, out=d_items)
        if self.param_propagate_down_[self._hidden]:
            h = self._states[0, :-1]
            conted = np.multiply(
                h, bottom[1].data[..., None], out=scratch("all conted", h.shape, self.dtype)
            )
            self.add_weight_diff(self._hidden, rows(d_sums), rows(conted))

    def add_weight_diff(self, index: int, d_products: Array, items: Array) -> None:
        """Add the gradient of blobs_[index], whose products were items @ W.T."""
        if self.param_propagate_down_[index]:
            diff = self.blobs_[index].diff
            change = scratch("weight diff", diff.shape, self.dtype)
            matmul(d_products.T, items, out=change)
            diff += change

    def _items(self, values: Array, index: int) -> Array:
        """bottom[index], its data or diff, as one row of values for each item."""
        return values.reshape(-1, self._item_sizes[index])


def rows(values: Array) -> Array:
    """(T, N, K) as (T * N, K), a view."""
    return values.reshape(-1, values.shape[-1])
