"""The layers that read images with boxes, and those that change both."""

from __future__ import annotations

import numpy as np

from blobnet.proto import DetectNetAugmentationParameter, TransformationParameter
from blobnet.proto.forks.effects import IGNORED, NOT_YET
from tests.conformance.case import N, case, positive, spec
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


def video_data(folder, batch):
    from tests.sources.image_files import write_png

    images = np.random.default_rng(8).integers(256, size=(40, 3, 5, 6), dtype=np.uint8)
    for number, image in enumerate(images):
        write_png(folder / "frames" / f"{number:03d}.png", image)
    return f"""
        {TOPS} type: "VideoData" data_param {{ batch_size: {batch} }}
        video_data_param {{ video_type: VIDEO video_file: "{folder.as_posix()}/frames" }}
        transform_param {{ mirror: true crop_size: 3 }}
    """


def objects(batch, rng):
    """Rows of x, y, width, height and class for each image, below their header."""
    label = np.zeros((batch, 1, 4, 16))
    label[:, 0, 0, :2] = 2, 16
    label[:, 0, 1:3, :6] = [[1, 2, 9, 6, 0, 1], [6, 1, 7, 8, 0, 3]]
    return label


NO_GRADIENT = "it has none"
GRID = "image_size_x: 12 image_size_y: 8 stride: 2"
TRUTH = f"""detectnet_groundtruth_param {{ {GRID} scale_cvg: 0.4 gridbox_type: GRIDBOX_MIN
    min_cvg_len: 3 max_cvg_len: 9 coverage_type: RECTANGULAR obj_norm: true crop_bboxes: true
    object_class {{ src: 1 dst: 0 }} object_class {{ src: 3 dst: 1 }} }}"""
CHANGES = """detectnet_augmentation_param { crop_prob: 0.9 shift_x: 2 shift_y: 1 scale_prob: 0.9
    scale_min: 0.6 scale_max: 1.2 flip_prob: 0.5 rotation_prob: 0.9 max_rotate_degree: 7
    hue_rotation_prob: 0.9 hue_rotation: 20 desaturation_prob: 0.9 desaturation_max: 0.4 }"""
MEAN = "transform_param { mean_value: 0.1 }"
IMAGES = positive(N, 3, 10, 14)
READ = ("mean_value", "mean_file")
REFUSED = {
    field.name: "refused, as it would have no effect"
    for message in (TransformationParameter, DetectNetAugmentationParameter)
    for field in message.DESCRIPTOR.fields
    if field.name not in READ
    and (message is TransformationParameter or field.name.endswith(("_param", "_constraint")))
    and (message.DESCRIPTOR.name, field.name) not in IGNORED | NOT_YET
}


def objects_of(folder, cascade):
    """A list of images with one object each."""
    from tests.sources.objects.object_files import OBJECTS, settings, write_objects

    sizes = [(40, 48), (48, 40), (44, 48), (48, 46), (40, 40), (52, 48), (44, 40)]
    objects = [(*OBJECTS[0][:3], 4, 4, 30, 32)]
    return settings(write_objects(folder, sizes, objects, cascade=cascade))


def image_gt_data(folder, batch):
    return f"""
        name: "it" top: "data" top: "label" top: "boxes" type: "ImageGtData"
        transform_param {{ mirror: true mean_value: 100 }}
        image_gt_data_param {{
          {objects_of(folder, cascade=False)} batch_size: {batch} shuffle: true
          downsample_rate: 8 field_w: 30 field_h: 30 crop_width: 32 output_gt_boxes: true
          do_multiple_scale: true min_scale: 16 max_scale: 48
        }}
    """


def detection_data(folder, batch):
    return f"""
        name: "it" top: "data" top: "label" top: "boxes" type: "DetectionData"
        transform_param {{ mirror: true mean_value: 100 }}
        detection_data_param {{
          {objects_of(folder, cascade=True)} batch_size: {batch} shuffle: "random_mix_aspect"
          stride: 8 field_w: 30 field_h: 30 output_gt_boxes: true crop_short_size: 32
          crop_long_size: 40 min_scale: 16 max_scale: 48 min_whaspect: 0.5 max_whaspect: 2
        }}
    """


def eval_data(folder, batch):
    return f"""
        name: "it" top: "data" top: "boxes" top: "sizes" type: "EvalData"
        eval_data_param {{
          {objects_of(folder, cascade=True)} batch_size: {batch} resize_width: 64 resize_height: 32
        }}
    """


CASES = {
    "AnnotatedData": spec(bottoms=0, tops=(1, 3), prototxt=annotated_data),
    "DetectNetTransformation": spec(
        case(f"{TRUTH} {CHANGES} {MEAN}", IMAGES, objects, no_gradient=NO_GRADIENT),
        case(
            f"detectnet_groundtruth_param {{ {GRID} gridbox_type: GRIDBOX_MAX crop_bboxes: false "
            "obj_norm: false }",
            IMAGES,
            objects,
            no_gradient=NO_GRADIENT,
        ),
        case(f"{TRUTH} {MEAN}", IMAGES, objects, phase="TEST", no_gradient=NO_GRADIENT),
        bottoms=2,
        tops=2,
        not_compared=REFUSED | {"mean_file": "a file, with a test of its own"},
    ),
    "DetectionData": spec(bottoms=0, tops=(2, None), prototxt=detection_data),
    "EvalData": spec(bottoms=0, tops=(2, 3), prototxt=eval_data),
    "ImageGtData": spec(bottoms=0, tops=(1, None), prototxt=image_gt_data),
    "VideoData": spec(bottoms=0, tops=(1, 2), prototxt=video_data),
}
