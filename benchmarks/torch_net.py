"""A Caffe net run by PyTorch: the other side of a comparison, in numbers and in speed.

    ours = blobnet.Net(googlenet(batch=32, train=True), "TRAIN", seed=1)
    theirs = TorchNet(ours)
    blobs = theirs.forward(data=images, label=labels)      # name to tensor; theirs.loss
    theirs.forward_backward(data=images, label=labels)     # gradients: theirs.weights[...].grad

Each layer becomes the call that a PyTorch user would write: a BatchNorm with its Scale is one
`batch_norm`, what works in place there works in place here. Splits vanish.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from benchmarks.torch_layers import LAYERS, Operation, TorchLayer, batch_norm
from blobnet.net import Net
from blobnet.proto import TRAIN
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer

Values: TypeAlias = Tensor | Array


@dataclass
class Step:
    """One call, with the names of what it reads and makes."""

    run: Operation
    bottoms: list[str]
    tops: list[str]
    loss_weights: list[float]
    freed: list[str]
    """Blobs that nothing reads after this step."""


class TorchNet(torch.nn.Module):
    """The layers of a blobnet Net as calls of torch, with copies of its weights.

    weights   layer name to its tensors, as in `net.params`
    loss      of the last forward, to call `backward` on
    """

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.weights = self._copy_weights(net)
        self.loss = torch.zeros(())
        self.outputs = list(net.outputs)
        self.inputs = list(net.inputs)
        self._aliases: dict[str, str] = {}
        self._steps: list[Step] = []
        waiting = list(net.wired)
        while waiting:
            self._add(waiting.pop(0), waiting, training=net.phase == TRAIN)
        self._plan_freeing()

    # --- running ------------------------------------------------------------------------------

    def forward(self, *, keep_all: bool = False, **inputs: Values) -> dict[str, Tensor]:
        """The outputs by name; with `keep_all` every blob, as it is at the end."""
        blobs = {name: torch.as_tensor(values) for name, values in inputs.items()}
        loss = torch.zeros(())
        for step in self._steps:
            made = step.run(*[blobs[name] for name in step.bottoms])
            tops = made if isinstance(made, (tuple, list)) else (made,)
            blobs.update(zip(step.tops, tops, strict=False))
            for weight, top in zip(step.loss_weights, tops, strict=False):
                if weight:
                    loss = loss + weight * top.sum()
            if not keep_all:
                for name in step.freed:
                    del blobs[name]
        self.loss = loss
        if not keep_all:
            return blobs
        return blobs | {alias: blobs[name] for alias, name in self._aliases.items()}

    def forward_backward(self, **inputs: Values) -> Tensor:
        """One pass forward and one back, the gradients cleared before; returns the loss."""
        self.zero_grad()
        self.forward(keep_all=False, **inputs)
        self.loss.backward()  # type: ignore[no-untyped-call]
        return self.loss

    # --- building -----------------------------------------------------------------------------

    def _copy_weights(self, net: Net) -> dict[str, list[Tensor]]:
        """A tensor for every weight; layers that share one share the tensor."""
        tensors: dict[tuple[str, int], Tensor] = {}
        for number, param in enumerate(net.all_params):
            key = (param.layer_name, param.index)
            if param.owner is not None:
                tensors[key] = tensors[param.owner.layer_name, param.owner.index]
                continue
            learns = param.spec.lr_mult != 0
            tensor = torch.nn.Parameter(torch.tensor(param.blob.data), requires_grad=learns)
            self.register_parameter(f"weight{number}", tensor)
            tensors[key] = tensor
        return {
            name: [tensors[name, index] for index in range(len(blobs))]
            for name, blobs in net.params.items()
        }

    def _add(self, wired: WiredLayer, rest: list[WiredLayer], *, training: bool) -> None:
        layer = wired.layer
        bottoms = [self._aliases.get(name, name) for name in wired.bottom_names]
        if layer.type == "Split":
            self._aliases.update(dict.fromkeys(wired.top_names, bottoms[0]))
            return
        if layer.type == "Input":
            return
        # Writing over a blob that others read too would change it for them.
        in_place = wired.bottom_names[:1] == wired.top_names[:1] and bottoms == wired.bottom_names
        described = TorchLayer(
            layer.layer_param_,
            self.weights.get(layer.name, []),
            training=training,
            in_place=in_place,
        )
        if layer.type == "BatchNorm" and rest and _completes(wired, rest[0]):
            scale = rest.pop(0)
            run = batch_norm(described, *self.weights[scale.layer.name])
        elif layer.type in LAYERS:
            run = LAYERS[layer.type](described)
        else:
            known = ", ".join(sorted(LAYERS))
            raise NotImplementedError(f"{layer.type} layer {layer.name!r}: PyTorch knows {known}")
        weights = [layer.loss(index) for index in range(len(wired.top))]
        self._steps.append(Step(run, bottoms, wired.top_names, weights, []))

    def _plan_freeing(self) -> None:
        """Note after which step each blob is needed no more."""
        kept = set(self.outputs)
        for step in reversed(self._steps):
            names = {*step.bottoms, *step.tops}
            step.freed = sorted(names - kept)
            kept |= names


def _completes(norm: WiredLayer, scale: WiredLayer) -> bool:
    """Whether `scale` is the Scale layer, in place, that belongs to a BatchNorm."""
    param = scale.layer.layer_param_.scale_param
    return (
        scale.layer.type == "Scale"
        and scale.bottom_names == scale.top_names == norm.top_names
        and (param.axis, param.num_axes, param.bias_term) == (1, 1, True)
    )
