"""MergeData: some tiles of a puzzle, replaced by tiles of another image."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("MergeData")
class MergeData(Layer):
    """Of T tiles, so many are drawn, and give way to others that are drawn.

    bottom[i]  tiles: (N, ...)           of the first T, in their places; the next T are those that
               may take these, and more are left aside
    top[i]     tiles: (N, ...)           T of them
    top[-1]    how many were replaced: (N, 1)

    For each item `min_substitute` and up to `max_substitute` - 1 more are replaced, each by another
    one, in whatever place that is. It is drawn in each forward, in TEST as well.

    Proto: MergeDataParameter.
    Caffe: merge_data_layer.cpp of MehdiNoroozi/JigsawPuzzleSolver, as its GPU code has it.
    """

    formula = "top[i] = bottom[i], or for some drawn i = bottom[T + j] with drawn j."
    gradient_formula = "none; asking for one is an error."

    min_bottom_blobs = 2
    min_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.merge_data_param
        tiles = len(top) - 1
        if len(bottom) < 2 * tiles:
            raise self.error(
                "there are fewer bottoms than tiles and those that may take their places",
                expected=f"{2 * tiles}, two for each top but the last",
                got=len(bottom),
            )
        most = param.min_substitute + param.max_substitute - 1
        if param.max_substitute < 1 or param.min_substitute < 0 or most > tiles:
            raise self.error(
                "so many tiles cannot be replaced",
                expected=f"min_substitute of 0 or more, max_substitute of 1 or more, and at most "
                f"{tiles + 1} together",
                got=f"{param.min_substitute} and {param.max_substitute}",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        for index, blob in enumerate(bottom):
            if blob.shape != shape or not shape:
                raise self.error(
                    "all tiles must have one shape",
                    expected=f"{shape or '(N, ...)'}, as bottom[0]",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )
        for blob in top[:-1]:
            blob.reshape(shape)
        top[-1].reshape((shape[0], 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param, tiles = self.layer_param_.merge_data_param, len(top) - 1
        for source, target in zip(bottom, top[:-1], strict=False):
            target.data[...] = source.data
        for n in range(bottom[0].shape[0]):
            count = param.min_substitute + int(self.rng.integers(param.max_substitute))
            places, others = (self.rng.permutation(tiles)[:count].tolist() for _ in range(2))
            for place, other in zip(places, others, strict=True):
                top[place].data[n] = bottom[tiles + other].data[n]
            top[-1].data[n] = count

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
