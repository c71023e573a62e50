import numpy as np
import pytest

from blobnet.errors import LayerError
from blobnet.proto import DetectionDataParameter, EvalDataParameter, ImageGtDataParameter
from blobnet.sources.objects.recipes import DetectionRecipe, EvalRecipe, GtRecipe
from blobnet.sources.objects.scene import Scene


def scene_of(height, width, box=(10, 10, 29, 29)):
    none = np.zeros(1, bool)
    boxes = np.array([box], np.float32)
    image = np.zeros((3, height, width), np.uint8)
    return Scene(image, boxes, boxes[:0], np.ones(1, np.int64), none, none)


def seen(recipe, scene, rng):
    """The template, and the factors by which the image was changed before it is put into it."""
    recipe.begin(rng)
    first = recipe.first(scene, rng)
    template = recipe.template(first)
    last, _ = recipe.second(first, template, rng)
    sides = last.boxes[0, 2:] - last.boxes[0, :2]
    was = first.boxes[0, 2:] - first.boxes[0, :2]
    return first.size, template, tuple((sides / was).tolist())


@pytest.mark.parametrize(
    ("options", "size", "first", "template"),
    [
        ({}, (60, 90), (60, 90), (60, 90)),
        ({"resize_height": 50, "resize_width": 40}, (60, 90), (50, 40), (50, 40)),
        ({"crop_height": 30, "crop_width": 20}, (60, 90), (60, 90), (30, 20)),
        ({"resize_ratio": 0.5}, (60, 90), (30, 45), (30, 45)),
        ({"short_size": 64, "long_size": 128}, (60, 90), (64, 96), (64, 128)),
        ({"short_size": 64, "long_size": 128}, (90, 60), (96, 64), (128, 64)),
        ({"short_size": 50, "long_size": 90}, (60, 60), (64, 64), (96, 64)),
        ({"crop_short_size": 20, "crop_long_size": 30}, (90, 60), (90, 60), (30, 20)),
        ({"short_size": 64, "long_size": 128, "template_ratio": [1.5]},
         (60, 90), (96, 144), (96, 192)),
    ],
)  # fmt: skip
def test_sizes_of_detection_data(options, size, first, template, rng):
    recipe = DetectionRecipe(DetectionDataParameter(**options), mirror=False)
    assert seen(recipe, scene_of(*size), rng) == (first, template, (1, 1))


def test_detection_data_draws_how_much_larger_an_image_is(rng):
    """The object of 20 by 20 pixels gets a side from 10 to 30, and a shape from 1/2 to 2."""
    param = DetectionDataParameter(
        min_scale=10, max_scale=30, multiscale_prob=1, min_whaspect=0.5, max_whaspect=2
    )
    recipe = DetectionRecipe(param, mirror=False)
    factors = np.array([seen(recipe, scene_of(60, 90), rng)[2] for _ in range(200)])
    scale, aspect = np.sqrt(factors.prod(axis=1)), factors[:, 0] / factors[:, 1]
    assert 0.5 <= scale.min() < 0.55
    assert 1.45 < scale.max() <= 1.5001
    assert 0.5 <= aspect.min() < 0.55
    assert 1.9 < aspect.max() <= 2.001


def test_half_of_the_images_are_mirrored_and_multiscale_prob_of_them_enlarged(rng):
    param = DetectionDataParameter(low_scale_ratio=1.2, high_scale_ratio=1.25, multiscale_prob=0.25)
    recipe, enlarged, mirrored = DetectionRecipe(param, mirror=True), 0, 0
    for _ in range(200):
        first = recipe.first(scene_of(60, 90), rng)
        mirrored += first.boxes[0, 0] == 61
        enlarged += recipe.second(first, (60, 90), rng)[0].size != (60, 90)
    assert 70 < mirrored < 130
    assert 30 < enlarged < 75


@pytest.mark.parametrize(
    "options",
    [
        {"resize_width": 9, "resize_height": 9, "resize_ratio": 2},
        {"crop_width": 9, "crop_height": 9, "crop_short_size": 9},
        {"min_scale": 3, "max_scale": 9, "low_scale_ratio": 1},
        {"short_size": 9, "long_size": 8},
        {"resize_ratio": 0},
        {"template_ratio": [1, 0]},
    ],
)
def test_sizes_that_contradict_each_other_are_refused(options):
    with pytest.raises(LayerError):
        DetectionRecipe(DetectionDataParameter(**options), mirror=False)


def test_sizes_of_image_gt_data(rng):
    param = ImageGtDataParameter(resize_width=80, resize_height=40, crop_width=30)
    recipe = GtRecipe(param, mirror=False, listed=(99, 99))
    assert seen(recipe, scene_of(60, 90), rng) == ((40, 80), (40, 30), (1, 1))
    as_listed = GtRecipe(ImageGtDataParameter(), mirror=False, listed=(70, 99))
    assert seen(as_listed, scene_of(60, 90), rng)[:2] == ((60, 90), (70, 99))


def test_image_gt_data_has_scales_half_an_octave_apart(rng):
    """Of 16, 22.6, 32, 45.3 and 64 the nearest to 19 pixels is 16, by areas."""
    param = ImageGtDataParameter(do_multiple_scale=True, min_scale=16, max_scale=64)
    recipe = GtRecipe(param, mirror=False, listed=(60, 90))
    factors = {seen(recipe, scene_of(60, 90), rng)[2] for _ in range(200)}
    halves = {(round(2 * np.log2(x), 3), round(2 * np.log2(y), 3)) for x, y in factors}
    assert sorted(halves) == [(half, half) for half in range(5)]


def test_image_gt_data_draws_another_shape(rng):
    param = ImageGtDataParameter(
        do_multiple_scale=True, min_scale=16, max_scale=64, min_whaspect=0.5, max_whaspect=2
    )
    recipe = GtRecipe(param, mirror=False, listed=(60, 90))
    found = [seen(recipe, scene_of(60, 90), rng)[2] for _ in range(300)]
    aspects = {round(x / y, 3) for x, y in found}
    assert len(aspects) > 10
    assert 0.5 <= min(aspects) < 1 < max(aspects) < 2


@pytest.mark.parametrize(
    "options",
    [
        {"crop_height": 61},
        {"crop_width": 91},
        {"do_multiple_scale": True, "min_scale": 9, "max_scale": 8},
    ],
)
def test_what_image_gt_data_cannot_do(options):
    with pytest.raises(LayerError):
        GtRecipe(ImageGtDataParameter(**options), mirror=False, listed=(60, 90))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (64, 96)),
        ({"short_size": 120, "long_size": 160}, (128, 160)),
        ({"short_size": 120, "long_size": 400}, (128, 192)),
        ({"resize_width": 50, "resize_height": 70}, (64, 64)),
    ],
)
def test_sizes_of_eval_data_are_multiples_of_32(options, expected, rng):
    recipe = EvalRecipe(EvalDataParameter(**options))
    assert seen(recipe, scene_of(60, 90), rng) == (expected, expected, (1, 1))
