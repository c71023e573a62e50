"""DetectionEvaluate of Cascade R-CNN; ssd/test_detection_evaluate.py has the tests of SSD's."""

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import iou

SIZES = [[60.0, 80.0], [30.0, 40.0]]


def case(rng, count=30):
    """Objects of two classes in two images, one of them difficult, and boxes near them."""
    first = rng.uniform(0, 30, (8, 2))
    boxes = np.hstack([first, first + rng.uniform(8, 25, (8, 2))])
    columns = np.arange(8)[:, None] % 2, boxes, 1 + np.arange(8)[:, None] // 2 % 2
    truth = np.hstack([*columns, np.zeros((8, 1)), np.arange(8)[:, None] % 4 == 0])
    truth = np.vstack([truth, np.full((1, 8), -1)])
    near = truth[rng.integers(8, size=count)]
    found = np.hstack(
        [
            near[:, :1],
            near[:, 1:5] + rng.uniform(-5, 5, (count, 4)),
            1 + rng.integers(3, size=(count, 1)),
            rng.permutation(count)[:, None] / count,
        ]
    )
    found[0] = 0, -1, -1, -1, -1, -1, -1
    return found, truth


def judged(found, truth, shares, *, difficult, threshold=0.5, classes=4):
    """Row by row: [-1, class, number, -1, -1], then [image, class, score, right, wrong]."""
    counts = [
        sum(t[0] != -1 and t[5] == c and (difficult or not t[7]) for t in truth)
        for c in range(1, classes)
    ]
    rows = [[-1, c, count, -1, -1] for c, count in enumerate(counts, 1)]
    for image in (0, 1):
        for c in range(1, classes):
            its = [f for f in found if f[0] == image and f[5] == c]
            objects = [t for t in truth if t[0] == image and t[5] == c]
            if objects:
                its.sort(key=lambda f: -f[6])
            taken = set()
            for f in its:
                scale = shares[image]
                shared = [iou(f[1:5] * scale, t[1:5] * scale, 1) for t in objects]
                best = int(np.argmax(shared)) if shared else -1
                if best < 0 or shared[best] < threshold:
                    verdict = 0, 1
                elif objects[best][7] and not difficult:
                    verdict = 0, 0
                else:
                    verdict = (0, 1) if best in taken else (1, 0)
                    taken.add(best)
                rows.append([image, c, f[6], *verdict])
    return rows


@pytest.mark.parametrize("difficult", [True, False])
@pytest.mark.parametrize("has_sizes", [True, False])
def test_it_is_what_loops_judge(difficult, has_sizes, rng, tmp_path):
    """With the sizes of the images, which the net has seen twice, or half as large."""
    found, truth = case(rng)
    options, shares = "", (1, 1)
    if has_sizes:
        (tmp_path / "sizes.txt").write_text("a 30 40\nb 60 80\n")
        options, shares = f'name_size_file: "{(tmp_path / "sizes.txt").as_posix()}"', (0.5, 2)
    text = (
        'type: "DetectionEvaluate" detection_evaluate_param { num_classes: 4 overlap_threshold: '
        f"0.5 evaluate_difficult_gt: {str(difficult).lower()} {options} }}"
    )
    run = run_layer(text, found.reshape(-1, 7, 1, 1), truth.reshape(-1, 8, 1, 1), SIZES)
    expected = judged(found[1:], truth, shares, difficult=difficult)
    assert run.top[0].shape == (3 + 29, 5, 1, 1)
    assert {row[3] for row in expected[3:]} == {0, 1}
    np.testing.assert_allclose(run.top[0].data.reshape(-1, 5), expected, rtol=1e-7)


@pytest.mark.parametrize(
    ("found", "sizes", "match"),
    [
        ([[2, 0, 0, 5, 5, 1, 0.5]], SIZES, "has no size"),
        ([[0, 0, 0, 5, 5, 1, 0.5]], [[0, 9]], "an image has no size"),
        ([[0, 0, 0, 5, 5, 0, 0.5]], SIZES, "background label"),
        ([[0, 0, 0, 5, 5, 1]], SIZES, "does not have detections"),
    ],
)
def test_rows_that_make_no_sense(found, sizes, match):
    text = 'type: "DetectionEvaluate" detection_evaluate_param { num_classes: 4 }'
    truth = [[i, 0, 0, 9, 9, 1, 0, 0] for i in range(3)]
    with pytest.raises(blobnet.LayerError, match=match):
        run_layer(text, found, truth, sizes)
