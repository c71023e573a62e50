"""DenseBlock: a whole block of DenseNet, in which every convolution sees all before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._gathered import Gather
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._norm_relu import NormBlobs, NormReLU
from blobnet.ops import conv
from blobnet.ops.dropout import drop
from blobnet.ops.window import Window
from blobnet.proto import TRAIN, FillerParameter
from blobnet.types import Array, Shape

WIDE = Window((3, 3), (1, 1), (1, 1), (1, 1))
NARROW = Window((1, 1), (1, 1), (0, 0), (1, 1))


@register_layer("DenseBlock")
class DenseBlock(Layer):
    """n = `numTransition` steps, each of which appends G = `growthRate` channels.

    bottom[0]  x: (N, C, H, W)             whatever `initChannel` says
    top[0]     y: (N, C + n G, H, W)       x, and behind it what each step makes of all before it
    blobs_[i]  of step t, with I = C + t G inputs: the filter (G, I, 3, 3) at t; scale, bias,
               mean and variance, (1, I, 1, 1), at n + t, 2 n + t, 3 n + t, 4 n + t.
               With `use_BC` the filter at t is (G, 4 G, 3, 3), and at 5 n + t is one of (4 G, I,
               1, 1) before it, at 6 n + t to 9 n + t scale ... variance, (1, 4 G, 1, 1). The last
               blob, (1,), is how many batches the statistics stand for

    A step is BatchNorm with scale and bias, ReLU, and a 3 x 3 convolution with pad 1; with
    `use_BC` BatchNorm, ReLU and a 1 x 1 convolution come before that. In TRAIN, where
    `use_dropout` is set, what it makes is dropped at random by `dropout_amount`.

    Where the last blob is 0, as GPU code leaves it, the statistics are averages, of which each
    batch replaces `moving_average_fraction`. Where it is not they are sums, as CPU code keeps
    them, of which each batch keeps that fraction. In TRAIN a batch is normalized by its variance
    over all values, as on the GPU; the fork's CPU code takes the unbiased one. `pad_h` to
    `filter_W` are read nowhere.

    Proto: DenseBlockParameter.  Caffe: DenseBlock_layer.cu, DenseBlock_layer.cpp of
    Tongcheng/caffe, and of senlinuc/caffe_ocr, where the channels are those of the bottom.
    """

    formula = "y = x, then for each step conv3x3(relu(scale * batchnorm(all so far) + bias))."
    gradient_formula = "Derivatives by x, the filters, scales and biases; none for the statistics."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.denseblock_param
        self._n, self._C, self._G = param.numTransition, bottom[0].channels, param.growthRate
        if min(self._n, self._C, self._G) < 1:
            raise self.error(
                "numTransition, growthRate and the channels must be at least 1",
                got=f"{self._n}, {self._G} and {self._C}",
            )
        self._has_bottleneck = param.use_BC
        self._fraction = param.moving_average_fraction
        self._ratio = param.dropout_amount if param.use_dropout and self.phase == TRAIN else 0.0
        if not 0 <= self._ratio < 1:
            raise self.error("dropout_amount must be at least 0 and below 1", got=self._ratio)
        self._make_blobs()
        self._keep_statistics_from_solver()
        self._norms = [NormReLU(self._norm_blobs(t, n=1)) for t in range(self._n)]
        self._narrow_norms = [
            NormReLU(self._norm_blobs(t, n=6)) for t in range(self._n) if self._has_bottleneck
        ]
        self._masks: list[Array] = []

    def _make_blobs(self) -> None:
        param = self.layer_param_.denseblock_param
        wide = 4 * self._G
        inputs = [self._C + t * self._G for t in range(self._n)]
        ones = FillerParameter(value=1)
        filters: list[Shape] = [
            (self._G, wide if self._has_bottleneck else size, 3, 3) for size in inputs
        ]
        groups = [(filters, param.Filter_Filler), *self._norm_groups(inputs, ones)]
        if self._has_bottleneck:
            narrow: list[Shape] = [(wide, size, 1, 1) for size in inputs]
            groups += [(narrow, param.Filter_Filler)]
            groups += self._norm_groups([wide] * self._n, ones)
        shapes = [(shape, filler) for group, filler in groups for shape in group]
        for index, (shape, filler) in enumerate([*shapes, ((1,), None)]):
            self.init_blob(index, shape, filler)

    def _norm_groups(
        self, channels: list[int], ones: FillerParameter
    ) -> list[tuple[list[Shape], FillerParameter]]:
        """Shapes and fillers of scales, biases, means and variances."""
        param = self.layer_param_.denseblock_param
        shapes: list[Shape] = [(1, count, 1, 1) for count in channels]
        fillers = (param.BN_Scaler_Filler, param.BN_Bias_Filler, FillerParameter(), ones)
        return [(shapes, filler) for filler in fillers]

    def _norm_blobs(self, t: int, n: int) -> NormBlobs:
        return NormBlobs(*(self.blobs_[(n + i) * self._n + t] for i in range(4)))

    def _keep_statistics_from_solver(self) -> None:
        """See to it that means, variances and their weight have a learning rate of 0."""
        specs = self.layer_param_.param
        for index in range(len(self.blobs_)):
            group = index // self._n
            is_statistic = group in (3, 4, 8, 9) or index == len(self.blobs_) - 1
            if index >= len(specs):
                specs.add(lr_mult=0, decay_mult=0) if is_statistic else specs.add()
            elif is_statistic and specs[index].lr_mult != 0:
                raise self.error(
                    "statistics cannot be learned",
                    expected=f"lr_mult: 0 in param {index}",
                    got=f"lr_mult: {specs[index].lr_mult:g}",
                    fix="take all `param` out, or write lr_mult: 0",
                )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[1] != self._C:
            raise self.error(
                "the bottom has another number of channels than before",
                expected=f"(N, {self._C}, H, W)",
                got=f"shape {shape}",
            )
        top[0].reshape((shape[0], self._C + self._n * self._G, *shape[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y = top[0].data
        y[:, : self._C] = bottom[0].data
        self._masks = []
        for t in range(self._n):
            seen = self._hidden(t, y)[-1]
            made = np.empty((len(y), self._G, *y.shape[2:]), y.dtype)
            conv.forward(seen, self.blobs_[t].data, None, WIDE, made)
            if self._ratio:
                mask = np.asarray(self.rng.random(made.shape, made.dtype))
                drop(made, mask, self._ratio, 1 / (1 - self._ratio), out=made)
                self._masks.append(mask)
            y[:, self._made(t)] = made
        if self.phase == TRAIN and y.size and self.blobs_[-1].data[0]:
            self.blobs_[-1].data[...] = self.blobs_[-1].data * self._fraction + 1

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        wanted, total = self.param_propagate_down_, top[0].diff.copy()
        for t in reversed(range(self._n)):
            dy = np.ascontiguousarray(total[:, self._made(t)])
            if self._ratio:
                dy *= self._masks[t]
            x, *hidden = self._hidden_again(t, top[0].data)
            if wanted[t]:
                conv.weight_gradient(hidden[-1], dy, WIDE, self.blobs_[t].diff)
            dseen = np.empty_like(hidden[-1])
            conv.input_gradient(dy, self.blobs_[t].data, WIDE, dseen)
            if self._has_bottleneck:
                dseen = self._narrow_backward(t, hidden[0], hidden[1], dseen)
            total[:, : x.shape[1]] += self._norm_backward(self._norms[t], t, 1, x, dseen)
        if propagate_down[0]:
            bottom[0].diff[...] = total[:, : self._C]

    def use_statistics_of(self, gather: Gather) -> bool:
        for norm in (*self._norms, *self._narrow_norms):
            norm.gather = gather
        return self.phase == TRAIN

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        places = bottom[0].count // max(self._C, 1)
        filters = [*range(self._n)]
        if self._has_bottleneck:
            filters += range(5 * self._n, 6 * self._n)
        return int(places * sum(self.blobs_[i].count for i in filters))

    def _made(self, t: int) -> slice:
        """The channels that a step makes."""
        first = self._C + t * self._G
        return slice(first, first + self._G)

    def _hidden(self, t: int, y: Array) -> list[Array]:
        """What a step has on its way to its 3 x 3 convolution, the statistics taken in."""
        x = np.ascontiguousarray(y[:, : self._made(t).start])
        seen = [x, self._normed(self._norms[t], x)]
        if self._has_bottleneck:
            narrow = self._narrow(t, seen[-1])
            seen += [narrow, self._normed(self._narrow_norms[t], narrow)]
        return seen

    def _normed(self, norm: NormReLU, x: Array) -> Array:
        weight = float(self.blobs_[-1].data[0])
        if self.phase == TRAIN:
            return norm.forward_by_batch(x, self._fraction, weight)
        return norm.forward_by_stored(x, weight)

    def _hidden_again(self, t: int, y: Array) -> list[Array]:
        """The same as in the last forward: x, what is behind ReLU, and so on."""
        x = np.ascontiguousarray(y[:, : self._made(t).start])
        seen = [x, self._norms[t].again(x)]
        if self._has_bottleneck:
            narrow = self._narrow(t, seen[-1])
            seen += [narrow, self._narrow_norms[t].again(narrow)]
        return seen

    def _narrow(self, t: int, seen: Array) -> Array:
        """The 1 x 1 convolution."""
        narrow = np.empty((len(seen), 4 * self._G, *seen.shape[2:]), seen.dtype)
        conv.forward(seen, self.blobs_[5 * self._n + t].data, None, NARROW, narrow)
        return narrow

    def _narrow_backward(self, t: int, seen: Array, narrow: Array, dy: Array) -> Array:
        """Back through the second normalization and the 1 x 1 convolution."""
        dnarrow = self._norm_backward(self._narrow_norms[t], t, 6, narrow, dy)
        blob = self.blobs_[5 * self._n + t]
        if self.param_propagate_down_[5 * self._n + t]:
            conv.weight_gradient(seen, dnarrow, NARROW, blob.diff)
        dseen = np.empty_like(seen)
        conv.input_gradient(dnarrow, blob.data, NARROW, dseen)
        return dseen

    def _norm_backward(self, norm: NormReLU, t: int, group: int, x: Array, dy: Array) -> Array:
        wanted = self.param_propagate_down_
        return norm.backward(
            x,
            dy,
            by_batch=self.phase == TRAIN,
            wants_scale=wanted[group * self._n + t],
            wants_bias=wanted[(group + 1) * self._n + t],
        )
