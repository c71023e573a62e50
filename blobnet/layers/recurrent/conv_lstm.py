"""ConvLSTM: a long short-term memory of maps, whose products are convolutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._spatial import convolution_window
from blobnet.ops import conv
from blobnet.ops.lstm import lstm_unit, lstm_unit_backward
from blobnet.ops.window import Window
from blobnet.proto import ConvolutionParameter, FillerParameter, LSTMConvolutionParameter
from blobnet.types import Array, Shape

_COPIED = ("kernel_size", "pad", "stride", "dilation")
_ONE = FillerParameter(type="constant", value=1)


@register_layer("ConvLSTM")
class ConvLSTM(Layer):
    """Long short-term memory of maps: T timesteps of N streams, D = `num_output` channels.

    bottom[0]  x: (T, N, C, H, W)
    bottom[1]  cont: (T, N)             0 where a sequence starts, 1 where it goes on
    bottom[2], bottom[3]  h_0, c_0: (1, N, D, H, W)   only with `expose_hidden`: the first states
    top[0]     h: (T, N, D, H, W)
    top[1], top[2]  h_T, c_T: (1, N, D, H, W)         only with `expose_hidden`: the last states
    blobs_[0]  W_x: (4 * D, C / group, kernel)   for i, f, o, g; with `ignore_x` it is not there
    blobs_[1], blobs_[2]  (1,)          nothing: weight files have them
    blobs_[3]  W_h: (4 * D, D / group, kernel)
    blobs_[4]  b: (4 * D,)
    blobs_[5], blobs_[6], blobs_[7]  P_i, P_f, P_o: (H, W)   the axes of a state that
               `axis_hadamard` (3) and `num_axes_hadamard` (2) name; not with `disable_hadamard`
    blobs_[-2], blobs_[-1]  (1,)        nothing, likewise

    In each timestep, with h' and c' from the one before:
    i, f, o, g = W_x * x + W_h * (cont * h') + b + (P_i c', P_f c', P_o c', 0), where W * is a
    convolution; sigmoid of i, f and o, tanh of g; then c = cont * f * c' + i * g, h = o * tanh(c).

    `lstm_conv_param` says how both convolutions are made, or two of them each of its own: `type`
    "input" and "hidden". They must leave H and W as they are. T is fixed when the net is made.
    Without `expose_hidden` every forward begins with states of 0: as in the fork, none carry over.

    Proto: LSTMConvolutionParameter, LSTMDebugParameter, RecurrentParameter.
    Caffe: conv_lstm_layer.cpp of DAVSOD (DengPingFan/DAVSOD) and PDB-ConvLSTM.
    """

    formula = (
        "i, f, o, g = W_x * x + W_h * h' + b + P c', sigmoid of i, f, o, tanh of g;  "
        "c = f c' + i g,  h = o tanh(c);  W * is a convolution"
    )
    gradient_formula = (
        "backward through all timesteps, and through the states that are exposed; none for cont. "
        "That of f is as in LSTMUnit."
    )

    backward_reads_top = False

    @property
    def _num_exposed(self) -> int:
        return 2 if self.layer_param_.recurrent_param.expose_hidden else 0

    @property
    def exact_num_bottom_blobs(self) -> int:  # type: ignore[override]
        return 2 + self._num_exposed

    @property
    def exact_num_top_blobs(self) -> int:  # type: ignore[override]
        return 1 + self._num_exposed

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        shape = bottom[0].shape
        if len(shape) != 5 or not shape[0]:
            raise self.error("x must be maps of timesteps", expected="(T, N, C, H, W)", got=shape)
        if self.layer_param_.recurrent_param.debug_info:
            raise self.error("debug_info of a ConvLSTM shows nothing", fix="take it out")
        for_x, for_h = self._conv_params()
        self._D = D = for_x.num_output
        self._T, self._x_shape = shape[0], shape[2:]
        self._map = (D, *shape[3:])
        if D < 1 or for_h.num_output != D:
            raise self.error(
                "num_output must be positive, and the same for both convolutions",
                got=f"{D} and {for_h.num_output}",
            )
        if not for_h.bias_term:
            raise self.error("the convolution of h must have a bias", fix="take bias_term out")
        settings = self.layer_param_.lstm_debug_param
        self._has_x, self._peeps = not settings.ignore_x, not settings.disable_hadamard
        self._blob_index = 0
        if self._has_x:
            self._window_x = self._convolution(for_x, shape[2])
        self._add_blob((1,))
        self._add_blob((1,))
        self._hidden = self._blob_index
        self._window_h = self._convolution(for_h, D)
        self._add_blob((4 * D,), for_h.bias_filler)
        if self._peeps:
            first, count = settings.axis_hadamard, settings.num_axes_hadamard
            if first + count > 5:
                raise self.error(
                    "a state has no such axes",
                    expected="axis_hadamard + num_axes_hadamard of at most 5",
                    got=f"{first} + {count}",
                )
            for _ in "ifo":
                self._add_blob((1, shape[1], *self._map)[first : first + count], _ONE)
            self._behind = (1,) * (5 - first - count)
        self._add_blob((1,))
        self._add_blob((1,))
        self._allocate(0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].shape
        if len(x) != 5 or (x[0], *x[2:]) != (self._T, *self._x_shape):
            raise self.error(
                "timesteps and maps cannot change",
                expected=f"shape ({self._T}, N, {', '.join(map(str, self._x_shape))})",
                got=f"shape {x}",
            )
        state = (1, x[1], *self._map)
        wanted = [x[:2], state, state][: len(bottom) - 1]
        for index, shape in enumerate(wanted, 1):
            if bottom[index].shape != shape:
                raise self.error(
                    f"bottom[{index}] does not fit x, of shape {x}",
                    expected=f"shape {shape}",
                    got=f"shape {bottom[index].shape}",
                )
        top[0].reshape((*x[:2], *self._map))
        for blob in top[1:]:
            blob.reshape(state)
        if self._sums.shape[1] != x[1]:
            self._allocate(x[1])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        cont = bottom[1].data
        h, c = self._states
        self._states[:, 0] = [blob.data[0] for blob in bottom[2:]] if self._num_exposed else 0
        if self._has_x:
            x = _images(bottom[0].data)
            conv.forward(x, self.blobs_[0].data, None, self._window_x, _images(self._sums))
        else:
            self._sums.fill(0)
        weight, bias = (blob.data for blob in self.blobs_[self._hidden : self._hidden + 2])
        product = np.empty_like(self._sums[0])
        for t, sums in enumerate(self._sums):
            np.multiply(h[t], cont[t].reshape(-1, 1, 1, 1), out=self._conted[t])
            conv.forward(self._conted[t], weight, bias, self._window_h, product)
            sums += product
            for gate, factor, _ in self._peepholes(sums):
                gate += factor * c[t]
            lstm_unit(
                _rows(sums), _rows(c[t]), cont[t][:, None], _rows(sums),
                _rows(c[t + 1]), _rows(self._tanh_c[t]), _rows(h[t + 1]),
            )  # fmt: skip
        np.copyto(top[0].data, h[1:])
        for blob, state in zip(top[1:], (h, c), strict=False):
            blob.data[0] = state[-1]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise self.error(
                "Cannot backpropagate to sequence indicators.",
                fix="write `propagate_down` once per bottom, false for the second",
            )
        if not (any(propagate_down) or any(self.param_propagate_down_)):
            return
        cont, c = bottom[1].data, self._states[1]
        d_sums = np.empty_like(self._sums)
        dh, dc = np.zeros_like(c[0]), np.zeros_like(c[0])
        for d_state, blob in zip((dh, dc), top[1:], strict=False):
            d_state += blob.diff[0]
        for t in reversed(range(self._T)):
            dh += top[0].diff[t]
            lstm_unit_backward(
                _rows(self._sums[t]), _rows(c[t]), _rows(self._tanh_c[t]), dc=_rows(dc),
                dh=_rows(dh), dx=_rows(d_sums[t]), dc_prev=_rows(dc),
            )  # fmt: skip
            for d_gate, factor, index in self._peepholes(d_sums[t]):
                dc += factor * d_gate
                self._add_peephole_diff(index, d_gate * c[t])
            conv.input_gradient(d_sums[t], self.blobs_[self._hidden].data, self._window_h, dh)
            dh *= cont[t].reshape(-1, 1, 1, 1)
        self._add_weight_diffs(bottom, propagate_down[0], _images(d_sums))
        for index, d_state in zip(range(2, len(bottom)), (dh, dc), strict=False):
            if propagate_down[index]:
                bottom[index].diff[0] = d_state

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 1  # where sequences start has no gradient

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """Every sum is over what one filter sees, of x and of h."""
        weights = [self.blobs_[self._hidden], *self.blobs_[: int(self._has_x)]]
        return 4 * top[0].count() * sum(int(blob.count(1)) for blob in weights)

    # --- settings -----------------------------------------------------------------------------

    def _conv_params(self) -> tuple[LSTMConvolutionParameter, LSTMConvolutionParameter]:
        """That of x, and that of h."""
        stated = list(self.layer_param_.lstm_conv_param)
        kinds = [param.type for param in stated]
        if len(stated) == 1 and kinds[0] == "all":
            return stated[0], stated[0]
        if sorted(kinds) != ["hidden", "input"]:
            raise self.error(
                "how to convolve is not said for x and h",
                expected='one lstm_conv_param, or two, of type "input" and "hidden"',
                got=f"{len(stated)}: {', '.join(kinds)}",
            )
        first, second = stated if kinds[0] == "input" else stated[::-1]
        return first, second

    def _convolution(self, param: LSTMConvolutionParameter, channels: int) -> Window:
        """The window of one of the two; and make its weights."""
        copied = ConvolutionParameter()
        for name in _COPIED:
            getattr(copied, name).extend(getattr(param, name))
        window = convolution_window(self, copied, 2)
        size, group = self._x_shape[1:], param.group
        if group < 1 or channels % group or 4 * self._D % group:
            raise self.error(
                "group must divide the channels before and after",
                expected=f"a divisor of {channels} and of {4 * self._D}",
                got=f"group: {group}",
            )
        if window.output_size(size) != size:
            raise self.error(
                "a convolution must leave maps as large as they are",
                expected=f"places {size}",
                got=f"places {window.output_size(size)}",
                fix="stride 1, and pad = dilation * (kernel_size - 1) / 2",
            )
        shape = (4 * self._D, channels // group, *window.kernel)
        self._add_blob(shape, param.weight_filler)
        return window

    def _add_blob(self, shape: Shape, filler: FillerParameter | None = None) -> None:
        self.init_blob(self._blob_index, shape, filler)
        self._blob_index += 1

    def _allocate(self, num_streams: int) -> None:
        """Make room for what a forward leaves to the backward after it."""
        T, N = self._T, num_streams
        self._sums: Array = np.empty((T, N, 4 * self._D, *self._map[1:]), self.dtype)
        self._states: Array = np.empty((2, T + 1, N, *self._map), self.dtype)
        self._tanh_c: Array = np.empty((T, N, *self._map), self.dtype)
        self._conted: Array = np.empty((T, N, *self._map), self.dtype)

    # --- gradients ----------------------------------------------------------------------------

    def _peepholes(self, sums: Array) -> Iterator[tuple[Array, Array, int]]:
        """The maps of i, f and o, the factor of c' there, and which blob has it."""
        if self._peeps:
            for place, index in enumerate(range(self._hidden + 2, self._hidden + 5)):
                factor = self.blobs_[index].data
                gate = sums[:, place * self._D : (place + 1) * self._D]
                yield gate, factor.reshape(factor.shape + self._behind), index

    def _add_peephole_diff(self, index: int, products: Array) -> None:
        if self.param_propagate_down_[index]:
            diff = self.blobs_[index].diff
            first = 5 - len(self._behind) - diff.ndim
            summed = tuple(i for i in range(5) if not first <= i < first + diff.ndim)
            diff += products[None].sum(axis=summed)

    def _add_weight_diffs(self, bottom: Blobs, x_is_wanted: bool, d_sums: Array) -> None:
        """Of all convolutions; and the gradient of x."""
        wanted, hidden = self.param_propagate_down_, self._hidden
        if wanted[hidden]:
            diff = self.blobs_[hidden].diff
            conv.weight_gradient(_images(self._conted), d_sums, self._window_h, diff)
        if wanted[hidden + 1]:
            conv.bias_gradient(d_sums, self.blobs_[hidden + 1].diff)
        if self._has_x and wanted[0]:
            x = _images(bottom[0].data)
            conv.weight_gradient(x, d_sums, self._window_x, self.blobs_[0].diff)
        if x_is_wanted:
            dx = _images(bottom[0].diff)
            dx.fill(0)
            if self._has_x:
                conv.input_gradient(d_sums, self.blobs_[0].data, self._window_x, dx)


def _images(values: Array) -> Array:
    """(T, N, C, H, W) as (T * N, C, H, W)."""
    return values.reshape(-1, *values.shape[2:])


def _rows(maps: Array) -> Array:
    """(N, C, H, W) as (N, C * H * W): gates side by side, a view."""
    return maps.reshape(len(maps), int(np.prod(maps.shape[1:])))
