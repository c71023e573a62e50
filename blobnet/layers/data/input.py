"""Input: blobs that the caller fills."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer


@register_layer("Input")
class Input(Layer):
    """The net's inputs.

    top[i]  as stated by `shape`: one for each top, one for all of them, or none at all (then
            the caller gives the blob its shape before the first forward)

    Proto: InputParameter.  Caffe: input_layer.cpp.
    """

    formula = (
        'The net\'s inputs: `net.forward(data=x)` or `net.blobs["data"].data[...] = x` fills them.'
    )
    gradient_formula = "none to compute; a top's diff is the gradient of the input."

    is_input = True
    can_be_recorded = True
    exact_num_bottom_blobs = 0
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    makes_tops_once = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        shapes = self.layer_param_.input_param.shape
        if len(shapes) not in (0, 1, len(top)):
            raise self.error(
                "must specify `shape` once, once per top blob, or not at all",
                expected=f"0, 1 or {len(top)} shapes",
                got=f"{len(shapes)} shapes",
            )
        for index, blob in enumerate(top):
            if shapes:
                blob.reshape(shapes[index if len(shapes) > 1 else 0].dim)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the caller may have given the tops another shape."""

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """The caller has filled the tops; of one that is too large for memory it is said here."""
        for blob in top:
            blob.data  # noqa: B018

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""
