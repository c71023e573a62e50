"""Labels of anchors against loops over places, by the steps of both forks."""

import numpy as np
import pytest

from blobnet.sources.objects.anchor_maps import Map, Rules, sizes_of, write_labels
from blobnet.sources.objects.scene import Scene, Span

MAPS = [Map(24, 24, 8), Map(40, 30, 8), Map(60, 56, 16)]
SIZE = 80, 96
WHOLE = Span(0, 0, 96), Span(0, 0, 80)


def overlap(a, b, border, of="union"):
    """In float64, and then as Caffe's float: an overlap that is just a threshold counts as that."""
    a, b = (tuple(map(float, box)) for box in (a, b))
    width = min(a[2], b[2]) - max(a[0], b[0]) + border
    height = min(a[3], b[3]) - max(a[1], b[1]) + border
    if width <= 0 or height <= 0:
        return 0
    areas = [(box[2] - box[0] + border) * (box[3] - box[1] + border) for box in (a, b)]
    return np.float32(width * height / (areas[0] if of == "first" else sum(areas) - width * height))


def is_beside(anchor, row, column, its, place, rules):
    """Whether an anchor is none of the image, or too far out of it."""
    across, down = place
    beside = not (
        0 <= column - round(across.to / its.stride) < round(across.length / its.stride)
        and 0 <= row - round(down.to / its.stride) < round(down.length / its.stride)
    )
    image = across.to, down.to, across.to + across.length, down.to + down.length
    if rules.margin is not None:
        far = rules.margin * its.width / 2, rules.margin * its.height / 2
        beside |= anchor[0] < image[0] - far[0] or anchor[1] < image[1] - far[1]
        beside |= anchor[2] >= image[2] + far[0] or anchor[3] >= image[3] + far[1]
    if rules.inside is not None:
        beside |= overlap(anchor, image, rules.border, "first") < np.float32(rules.inside)
    return beside


def labels_of(scene, place, maps, rules):
    """Place by place."""
    found, best, missing = [], {}, set(range(len(scene.boxes)))
    for number, its in enumerate(maps):
        found.append(np.zeros((6, SIZE[0] // its.stride, SIZE[1] // its.stride)))
        for row, column in np.ndindex(*found[-1].shape[1:]):
            look(found[-1], row, column, (number, its), scene, place, rules, best, missing)
    for k in sorted(missing):
        one, number = best.get(k, (0, None))
        if not scene.ignored[k] and one and one >= np.float32(rules.pick_from):
            pick(found[number], maps[number].stride, scene, k, rules, one)
    return found


def look(label, row, column, numbered, scene, place, rules, best, missing):
    number, its = numbered
    x, y = (column + 0.5) * its.stride, (row + 0.5) * its.stride
    anchor = x - its.width / 2, y - its.height / 2, x + its.width / 2, y + its.height / 2
    covered = sum(overlap(anchor, r, rules.border, "first") for r in scene.regions)
    is_covered = np.float32(covered) >= np.float32(rules.ignored_from)
    if is_beside(anchor, row, column, its, place, rules) or (rules.regions_first and is_covered):
        label[5, row, column] = 1
        return
    shared = [overlap(box, anchor, rules.border) for box in scene.boxes]
    for k, one in enumerate(shared):
        if one > best.get(k, (0, None))[0]:
            best[k] = one, number
    most = max(shared, default=np.float32(0))
    label[5, row, column] = most
    if most > np.float32(rules.object_from):
        missing.discard(shared.index(most))
        write(label, row, column, scene, shared.index(most), rules)
    elif is_covered:
        label[5, row, column] = 1


def pick(label, stride, scene, k, rules, one):
    x, y = (scene.boxes[k][:2] + scene.boxes[k][2:]) / 2
    row = min(max(int(y // stride), 0), label.shape[1] - 1)
    column = min(max(int(x // stride), 0), label.shape[2] - 1)
    if not label[0, row, column]:
        write(label, row, column, scene, k, rules)
        if not rules.regions_first:
            label[5, row, column] = one


def write(label, row, column, scene, k, rules):
    x1, y1, x2, y2 = scene.boxes[k]
    label[0, row, column] = 0 if scene.ignored[k] else scene.classes[k]
    sides = x2 - x1 + rules.border, y2 - y1 + rules.border
    label[1:5, row, column] = (x1 + x2) / 2, (y1 + y2) / 2, *sides


def scene_of(rng, count=6, regions=2):
    first = rng.integers(-8, 70, (count, 2))
    boxes = np.hstack([first, first + rng.integers(10, 50, (count, 2))]).astype(np.float32)
    near = rng.integers(0, 40, (regions, 2))
    beside = np.hstack([near, near + 30]).astype(np.float32)
    ignored = np.arange(count) % 3 == 2
    image = np.zeros((3, *SIZE), np.uint8)
    return Scene(image, boxes, beside, 1 + np.arange(count) % 3, ignored, np.zeros(count, bool))


RULES = {
    "MS-CNN": Rules(0.4),
    "Cascade R-CNN": Rules(0.4, border=1, regions_first=False, ignored_from=0.3),
    "margin": Rules(0.4, border=1, regions_first=False, margin=0.25),
    "inside": Rules(0.4, border=1, regions_first=False, inside=0.7, pick_from=0.3),
}


@pytest.mark.parametrize("place", [WHOLE, (Span(16, 0, 64), Span(16, 0, 48))])
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("seed", range(6))
def test_labels_are_what_loops_give(seed, rules, place):
    scene = scene_of(np.random.default_rng(seed))
    out = [np.full((6, *size), np.nan, np.float32) for size in sizes_of(MAPS, *SIZE)]
    write_labels(scene, place, MAPS, rules, out)
    for found, expected in zip(out, labels_of(scene, place, MAPS, rules), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_what_the_scenes_show(rng):
    """Anchors of objects, of ignored ones, some beside, and some that were only picked."""
    kinds = set()
    for seed in range(6):
        scene = scene_of(np.random.default_rng(seed))
        for label in labels_of(scene, WHOLE, MAPS, RULES["Cascade R-CNN"]):
            is_object, most = label[0] > 0, label[5]
            kinds |= {"object"} if is_object.any() else set()
            kinds |= {"ignored"} if (~is_object & (label[3] > 0)).any() else set()
            kinds |= {"beside"} if (~is_object & (most == 1)).any() else set()
            kinds |= {"picked"} if (is_object & (most <= 0.4)).any() else set()
    assert kinds == {"object", "ignored", "beside", "picked"}


def test_no_objects_and_no_regions():
    scene = scene_of(np.random.default_rng(0), 0, 0)
    out = [np.full((6, *size), np.nan, np.float32) for size in sizes_of(MAPS, *SIZE)]
    write_labels(scene, WHOLE, MAPS, RULES["MS-CNN"], out)
    assert not any(label.any() for label in out)
