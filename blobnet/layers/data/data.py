"""Data: batches of images, or other records, from a database."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._database import start_datums
from blobnet.sources.batches import DatumBatches
from blobnet.sources.puzzles import PuzzleBatches, PuzzleTransformer
from blobnet.sources.told_crops import CropTellingBatches

CUSTOM_DATA_FIELDS = {
    "block_size", "encoding", "permute_every_iter", "preselection_file", "preselection_label",
    "rand_permute", "rand_permute_order", "rand_permute_seed", "range_end", "range_start",
    "slice_point", "subtract",
}  # fmt: skip
"""What a layer of FlowNet2 reads in data_param."""


@register_layer("Data")
class Data(BatchLayer):
    """Records of a database.

    top[0]  data: (N, C, H, W)  N = `batch_size`; the rest as the batch's first record, after
            the crop
    top[1]  label: (N,)  where the layer has a second top

    Batches are read ahead in a background thread, `prefetch` of them; 0 reads without a thread.
    The state names the record to be read next, so a resumed training reads what the unbroken
    one would have read, with the same crops and flips.

    `source` may be written several times (`more_sources` in messages): a record of each database
    in turn. Their records must have one shape.

    Beyond Caffe, `shuffle` reads the records of either backend in a random order, another one
    every time round. For that, a LevelDB is read through once at the beginning, an LMDB's keys are.
    A `shuffle_pool_size` n above 1, of DGD, draws each record from a pool of n batches, where the
    next one takes its place; the records that fill it come as they are.

    With `get_mirror_crop`, of JAANet, label is (N, 4, 1, 1), how each record was cut out: whether
    it was flipped, the width of the crop, its first row and its first column. (Its fork goes on
    telling those of the first batch.)

    A `siamese_size` above 1, of JigsawPuzzleSolver, makes a puzzle of each record: data is
    (N, 3 * siamese_size, patch_size, patch_size), label the number of the order that its tiles have
    where a `hash_file` says which there are (sources/puzzles.py).

    Proto: DataParameter, TransformationParameter.  Caffe: data_layer.cpp.
    """

    formula = (
        "Records of a database in the order of their keys, again and again, transformed on the way."
    )

    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.data_param
        for field, _ in param.ListFields():
            if field.name in CUSTOM_DATA_FIELDS:
                raise self.error(f"`{field.name}` is a setting of CustomData", fix="take it out")
        self.warn_of_legacy_fields(param, ("scale", "mean_file", "crop_size", "mirror"))
        if self.layer_param_.transform_param.siamese_size > 1:
            if param.get_mirror_crop:
                raise self.error("get_mirror_crop does not go with the tiles of a puzzle")
            options = {"batches": PuzzleBatches, "transformers": PuzzleTransformer}
            start_datums(self, top, param, **options, with_label=len(top) > 1)
            return
        is_telling = param.get_mirror_crop and len(top) > 1
        batches = CropTellingBatches if is_telling else DatumBatches
        start_datums(self, top, param, batches, with_label=len(top) > 1)
