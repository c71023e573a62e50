"""A layer in its place in a net: its blobs, its gradients, the values it must not overwrite."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.types import Shape


class PrivateBlob(Protocol):
    """A blob of a layer's own, in place of one that others still need: see `aliasing/`."""

    source: Blob
    index: int  # the position of the source among the layer's bottoms

    def update_shape(self) -> None: ...

    def before_forward(self) -> None: ...

    def before_backward(self) -> None: ...

    def after_backward(self) -> None: ...


@dataclass
class WiredLayer:
    """A layer in its place: its blobs, and which gradients it must compute."""

    layer: Layer
    bottom: list[Blob] = field(default_factory=list)
    top: list[Blob] = field(default_factory=list)
    bottom_names: list[str] = field(default_factory=list)
    top_names: list[str] = field(default_factory=list)
    need_backward: bool = False
    bottom_need_backward: list[bool] = field(default_factory=list)
    fused: bool = False  # another layer does its work, in the inference mode
    private_blobs: list[PrivateBlob] = field(default_factory=list)
    first_shapes: list[Shape] = field(default_factory=list)  # of the bottoms, before setup

    def works_in_place_at(self, index: int) -> bool:
        """Whether the top at a position is the bottom there."""
        tops, bottoms = self.top[index : index + 1], self.bottom[index : index + 1]
        return bool(tops and bottoms) and tops[0] is bottoms[0]

    def update_shapes(self) -> None:
        """Give the tops the shapes that follow from the bottoms'."""
        for private in self.private_blobs:
            private.update_shape()
        self.layer.update_shapes(self.bottom, self.top)

    def forward(self) -> float:
        """Compute the tops; returns this layer's share of the loss."""
        for private in self.private_blobs:
            private.before_forward()
        return self.layer.forward(self.bottom, self.top)

    def backward(self) -> None:
        """Compute the gradients that are needed, from the tops'."""
        wanted = [
            private for private in self.private_blobs if self.bottom_need_backward[private.index]
        ]
        for private in wanted:
            private.before_backward()
        self.layer.backward(self.top, self.bottom_need_backward, self.bottom)
        for private in wanted:
            private.after_backward()
