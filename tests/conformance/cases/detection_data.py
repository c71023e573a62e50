"""The layers that read images with boxes, and those that change both."""

from __future__ import annotations

import numpy as np

from tests.conformance.case import spec
from tests.sources.annotated_files import annotated, write_annotated

TOPS = 'name: "it" top: "data" top: "label"'
BOXES = [(2, 0.1, 0.2, 0.6, 0.9), (1, 0.3, 0.1, 0.8, 0.5)]


def annotated_data(folder, batch):
    if not (folder / "db").exists():
        images = np.random.default_rng(8).integers(256, size=(7, 3, 12, 16), dtype=np.uint8)
        write_annotated(folder / "db", [annotated(image, BOXES) for image in images])
    return f"""
        {TOPS} type: "AnnotatedData"
        data_param {{ source: "{folder.as_posix()}/db" backend: LMDB batch_size: {batch} }}
        annotated_data_param {{ yolo_data_type: 1 yolo_data_jitter: 0.3 }}
        transform_param {{
          mirror: true resize_param {{ height: 9 width: 8 interp_mode: AREA interp_mode: CUBIC }}
          distort_param {{ brightness_prob: 1 brightness_delta: 32 }}
          expand_param {{ prob: 0.5 max_expand_ratio: 2 }}
        }}
    """


CASES = {
    "AnnotatedData": spec(bottoms=0, tops=(1, 2), prototxt=annotated_data),
}
