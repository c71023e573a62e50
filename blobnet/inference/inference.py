"""The inference mode: what a net need not do when nobody asks for gradients.

Layers that multiply and add channel by channel (BatchNorm, Scale, ...) and rectifiers are taken
in by the convolution in front of them, whose weights are folded with theirs; large convolutions
keep their weights as Winograd's method needs them, others in blocks of outputs; images lie in
blocks of channels; and blobs that are never needed at the same time share memory. Outputs agree
with the ordinary mode up to rounding.

What makes this safe is that Split layers give every blob one reader.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from blobnet.blob import Blob
from blobnet.errors import NetError, explain
from blobnet.inference.blocks import choose_blocks
from blobnet.inference.chains import chain_behind
from blobnet.inference.fusion import Forgetting, Fusing, Transforming
from blobnet.inference.program import Program
from blobnet.layer import Layer
from blobnet.shared_memory import share_memory
from blobnet.storage import Storage
from blobnet.wired_layer import WiredLayer


class _FoldedWeights:
    """Weights that a layer folds with those of the layers behind it, as long as nobody writes.

    Or that it keeps in another form.

    Whoever writes weights looks at `data` first, or still holds an array that looks there: a
    caller, or another net that shares them. Then they are folded anew.
    """

    def __init__(self, fusing: Fusing | Transforming, layers: Sequence[Layer]) -> None:
        self._fusing = fusing
        self._blobs = [blob for layer in layers for blob in layer.blobs_]
        self._views: list[tuple[Storage, int]] | None = None

    def renew(self) -> None:
        storages = [blob.data_storage for blob in self._blobs]
        if self._views == self._views_made() and not any(s.has_viewers() for s in storages):
            return
        self._fusing.fold()
        for blob in self._blobs:
            blob.let_go_of_data()
        self._views = self._views_made()

    def _views_made(self) -> list[tuple[Storage, int]]:
        """Whose memory the weights use, and how often it has been looked at."""
        storages = (blob.data_storage for blob in self._blobs)
        return [(storage, storage.views_made) for storage in storages]


class Inference:
    """How to run the layers of a net when only some blobs will be looked at.

    wired  the net's layers; those that another one has taken in are marked `fused`
    kept   names of the blobs that stay readable after a forward
    """

    def __init__(self, wired: Sequence[WiredLayer], kept: Collection[str]) -> None:
        self._wired = wired
        self._kept = set(kept)
        self._folded: list[_FoldedWeights] = []
        self._shapes: list[tuple[int, ...]] | None = None
        self._program: Program | None = None
        for index in range(len(wired)):
            followers = self._fuse_followers(index)
            self._fold(wired[index].layer, followers)
            _forget(wired[index].layer)

    def run(self, *, whole: bool) -> float:
        """A forward that nobody watches, as a program where it has run before; returns the loss.

        Raises NetError where not the `whole` net is to run: what lies between is gone.
        """
        _check(whole=whole)
        self._fold_weights()
        if self._program is None or not self._program.is_current():
            self._program = None
            self._share_memory_anew()
            self._program = Program([wired for wired in self._wired if not wired.fused])
            return self._program.loss
        return self._program.run()

    def prepare(self, *, whole: bool) -> None:
        """Before a forward layer by layer: fold weights, share memory anew for new shapes.

        Raises NetError where not the `whole` net is to run: what lies between is gone.
        """
        _check(whole=whole)
        self._fold_weights()
        self._share_memory_anew()

    def _fold_weights(self) -> None:
        """Where they may be new."""
        for folded in self._folded:
            folded.renew()

    def _share_memory_anew(self) -> None:
        """Where shapes are new."""
        shapes = [blob.shape for wired in self._wired for blob in wired.top]
        if shapes != self._shapes:
            self._share_memory()
            self._shapes = [blob.shape for wired in self._wired for blob in wired.top]

    # --- fusing -------------------------------------------------------------------------------

    def _fuse_followers(self, index: int) -> list[Layer]:
        """The layers behind whose work is done by this one."""
        first = self._wired[index]
        if first.fused or len(first.top) != 1:
            return []
        fusing = first.layer
        if not isinstance(fusing, Fusing):
            return []
        chain = list(chain_behind(self._wired, index, self._kept))
        while chain and not fusing.fuse([wired.layer for wired in chain]):
            chain.pop()  # perhaps fewer
        for wired in chain:
            wired.fused = True
        if chain:
            first.top, first.top_names = chain[-1].top, chain[-1].top_names
        return [wired.layer for wired in chain]

    def _fold(self, layer: Layer, followers: Sequence[Layer]) -> None:
        """Have its weights folded with those behind, or kept in another form, where it does so."""
        is_transforming = isinstance(layer, Transforming) and layer.transform_from_now_on()
        if isinstance(layer, (Fusing, Transforming)) and (followers or is_transforming):
            self._folded.append(_FoldedWeights(layer, [layer, *followers]))

    # --- memory -------------------------------------------------------------------------------

    def _share_memory(self) -> None:
        """Give blobs that are not needed at the same time the same memory."""
        for wired in self._wired:
            if not wired.fused:
                wired.update_shapes()
        choose_blocks([wired for wired in self._wired if not wired.fused], self._kept)
        share_memory(self._lifetimes())

    def _lifetimes(self) -> list[tuple[Blob, int, int]]:
        """Blobs that need not stay, with the numbers of their first and last layers."""
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        blobs: dict[int, Blob] = {}
        for number, wired in enumerate(self._wired):
            if wired.fused:
                continue
            for blob in (*wired.bottom, *wired.top, *(own.source for own in wired.private_blobs)):
                blobs[id(blob)] = blob
                first.setdefault(id(blob), number)
                last[id(blob)] = number
        for wired in self._wired:
            for name, blob in zip(wired.top_names, wired.top, strict=True):
                if name in self._kept or not wired.bottom:  # what is read from outside
                    first[id(blob)], last[id(blob)] = -1, len(self._wired)
        return [(blob, first[key], last[key]) for key, blob in blobs.items()]


def _forget(layer: Layer) -> None:
    """Have it keep nothing for backward."""
    if isinstance(layer, Forgetting):
        layer.forget_from_now_on()


def _check(*, whole: bool) -> None:
    if not whole:
        raise NetError(
            explain(
                "a net made for inference runs from its first layer to its last",
                fix="make the net without `inference=True` to run parts of it",
            )
        )
