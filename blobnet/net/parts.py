"""What a net is made of, under the names that scripts use: layers, blobs, weights."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.by_name import BlobsByName, Params, unknown_name
from blobnet.inference.inference import Inference
from blobnet.layer import Layer
from blobnet.net.joining import Chains
from blobnet.net.wiring import Wiring
from blobnet.weights.overwritten_diffs import overwritten_diffs
from blobnet.weights.params import param_index


class Parts:
    """The layers, blobs and weights of a net, and how they are found by name: see Net."""

    name: str
    phase: int

    def _take_over(self, wiring: Wiring) -> None:
        """Name what a wiring has made."""
        self._inference: Inference | None = None
        self._chains = Chains(wiring.layers)
        self.wired = wiring.layers
        self.layers: list[Layer] = [wired.layer for wired in wiring.layers]
        self.layer_names: list[str] = [layer.name for layer in self.layers]
        self.blobs: dict[str, Blob] = BlobsByName(wiring.blobs)
        self.inputs: list[str] = wiring.inputs
        self.outputs: list[str] = wiring.outputs
        self.all_params = wiring.params
        self.params: dict[str, list[Blob]] = Params(param_index(self.layers))
        self._overwritten_by = overwritten_diffs(wiring.layers, wiring.params)
        learnable = [param for param in wiring.params if param.owner is None]
        self.learnable_params: list[Blob] = [param.blob for param in learnable]
        self.params_lr: list[float] = [param.spec.lr_mult for param in learnable]
        self.params_weight_decay: list[float] = [param.spec.decay_mult for param in learnable]

    def _layer_index(self, name: str) -> int:
        if name not in self.layer_names:
            raise unknown_name("layer", name, self.layer_names)
        return self.layer_names.index(name)

    def _blob(self, name: str) -> Blob:
        if name not in self.blobs:
            keep = f"keep=[{name!r}] where the net is made: inference keeps only what it must"
            raise unknown_name("blob", name, self.blobs, keep if self._inference else None)
        return self.blobs[name]
