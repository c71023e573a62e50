import json
import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.conformance.cases.detection_yolo import grid_labels, ssd_labels, yolo_labels
from tests.layers.detection.yolo.oracle import by_score, iou, sigmoid, softmax, suppress

S, CLASSES, BOXES = 3, 3, 2
CELLS = S * S
BIASES = [0.5, 0.75, 1.5, 1.25]


def text(options="", **more):
    settings = {"side": S, "num_class": CLASSES, "num_object": BOXES, "threshold": 0.375} | more
    stated = " ".join(
        f"{name}: {str(value).lower() if isinstance(value, bool) else value}"
        for name, value in settings.items()
    )
    return f'type: "EvalDetection" eval_detection_param {{ biases: {BIASES} {stated} {options} }}'


def score_of(kind, objectness, p):
    return {"OBJ": objectness, "PROB": p, "MULTIPLY": objectness * p}[kind]


def by_anchors(x, fork, kind, nms):
    """(score, class, box) of one image that remain, of YOLO v2, 9000 or Intel."""
    found = []
    maps = x.reshape(BOXES, 5 + CLASSES, S, S)
    for j, i, k in np.ndindex(S, S, BOXES):
        v = maps[k, :, j, i].tolist()
        p, o = softmax(v[5:]), sigmoid(v[4])
        size = [math.exp(v[2 + c]) * BIASES[2 * k + c] / S for c in (0, 1)]
        box = ((i + sigmoid(v[0])) / S, (j + sigmoid(v[1])) / S, *size)
        for c in range(CLASSES):
            is_best = c == p.index(max(p))
            if fork == "9000":
                is_best = o >= 0.005 and o * p[c] > 0.005
            if is_best:
                found.append((score_of(kind, o, p[c]), c, box))
    found = by_score(found)
    if fork == "9000":
        kept = []
        for c in range(CLASSES):
            kept += suppress([each for each in found if each[1] == c], nms)
        found = by_score(kept)
    else:
        found = suppress(found, nms, in_image=fork == "v2")
    return [each for each in found if each[0] >= 0.005]


def judge(found, truths, fork):
    """The row of one image; truths are (class, box, difficult)."""
    row = [0.0] * (CLASSES + CELLS * BOXES * 4)
    for label, _, difficult in truths:
        row[label] += not difficult
    at = CLASSES
    for label in range(CLASSES):
        true = [t for t in truths if t[0] == label]
        taken = set()
        for score, _, box in (each for each in found if each[1] == label):
            right, wrong = 0, 1
            if true:
                shares = [iou(box, t[1], fork == "v2") for t in true]
                g = shares.index(max(shares))
                if shares[g] >= 0.375:
                    right, wrong = int(g not in taken), int(g in taken)
                    taken.add(g)
                    if true[g][2]:
                        right = wrong = 0
                        taken.discard(g)
                else:
                    wrong = int(fork == "v1")
            row[at : at + 4] = [label, score, right, wrong]
            at += 4
    return row


def check(run, found, truths, fork):
    expected = [judge(f, t, fork) for f, t in zip(found, truths, strict=True)]
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)
    marks = run.top[0].data[:, CLASSES:].reshape(-1, 4)
    assert marks[:, 2].any()


def maps_near(truths, rng):
    """Maps whose boxes are often right: anchors in the cells of true boxes repeat them."""
    x = rng.normal(size=(len(truths), BOXES, 5 + CLASSES, S, S))
    for n, rows in enumerate(truths):
        for label, (cx, cy, w, h), _ in rows:
            i, j = int(cx * S), int(cy * S)
            for k in range(BOXES):
                v = x[n, k, :, j, i]
                v[:2] = [math.log(f / (1 - f)) for f in (cx * S - i, cy * S - j)]
                v[2:4] = math.log(w * S / BIASES[2 * k]), math.log(h * S / BIASES[2 * k + 1])
                v[4], v[5 + label] = 2 + rng.random(), 4
    return x.reshape(len(truths), -1, S, S)


@pytest.mark.parametrize("kind", ["OBJ", "PROB", "MULTIPLY"])
@pytest.mark.parametrize("nms", [0.375, 1.5])
def test_yolo_v2(rng, kind, nms):
    labels = yolo_labels(30)(3, rng)
    truths = [
        [(int(row[0]), row[1:], 0) for row in image if row[1]] for image in labels.reshape(3, 30, 5)
    ]
    x = maps_near(truths, rng)
    run = run_layer(text(score_type=kind, nms=nms), x, labels)
    found = [by_anchors(image, "v2", kind, nms) for image in x]
    check(run, found, truths, "v2")


def of_ssd(labels, num):
    truths = [[] for _ in range(num)]
    for image, label, _, x1, y1, x2, y2, _ in labels[0, 0]:
        if image >= 0:
            box = ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1)
            truths[int(image)].append((int(label) - 1, box, 0))
    return truths


def test_intel(rng):
    labels = ssd_labels()(3, rng)
    truths = of_ssd(labels, 3)
    x = maps_near(truths, rng)
    run = run_layer(text(nms=0.5), x, labels)
    check(run, [by_anchors(image, "intel", "MULTIPLY", 0.5) for image in x], truths, "intel")


def test_yolo9000_writes_what_it_finds(rng, tmp_path):
    labels = ssd_labels()(2, rng)
    truths = of_ssd(labels, 2)
    x = maps_near(truths, rng)
    (tmp_path / "sizes").write_text("17 640 480\n23x 100 200\n")
    items = "".join(f'item {{ name: "{70 + c}" label: {c + 1} }}\n' for c in range(CLASSES))
    (tmp_path / "map").write_text(items)
    save = f"""save_output_param {{ output_directory: "{tmp_path}" output_name_prefix: "found"
        name_size_file: "{tmp_path}/sizes" label_map_file: "{tmp_path}/map" num_test_image: 2 }}"""
    run = run_layer(text(save, nms=0.25), x, labels)
    found = [by_anchors(image, "9000", "MULTIPLY", 0.25) for image in x]
    assert any(len(each) > CELLS * BOXES for each in found)  # more than there is room for
    check(run, [each[: CELLS * BOXES] for each in found], truths, "9000")
    written = json.loads((tmp_path / "found.json").read_text())
    expected = []
    for image, (number, width, height) in zip(found, [(17, 640, 480), (23, 100, 200)], strict=True):
        for score, label, (cx, cy, w, h) in sorted(image, key=lambda each: each[1]):
            box = [(cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height]
            expected.append([number, 70 + label, *box, score])
    flat = [[r["image_id"], r["category_id"], *r["bbox"], r["score"]] for r in written]
    np.testing.assert_allclose(flat, expected, atol=0.00501)


def test_yolo9000_writes_nothing_where_its_files_are_not_there(rng, tmp_path, caplog):
    labels = ssd_labels()(2, rng)
    x = maps_near(of_ssd(labels, 2), rng)
    save = f"""save_output_param {{ output_directory: "{tmp_path}" output_name_prefix: "found"
        name_size_file: "{tmp_path}/sizes" label_map_file: "{tmp_path}/map" num_test_image: 2 }}"""
    run_layer(text(save, nms=0.25), x, labels)
    assert "writes no results: label_map_file" in caplog.text
    assert not (tmp_path / "found.json").exists()


@pytest.mark.parametrize("sqrt", [False, True])
@pytest.mark.parametrize("constriant", [False, True])
@pytest.mark.parametrize("nms", [-1, 0.375])
def test_the_first_version(rng, sqrt, constriant, nms):
    labels = grid_labels(S, CLASSES)(3, rng)
    x = rng.random((3, CELLS * (CLASSES + 5 * BOXES)))
    found, truths = [], []
    for n in range(3):
        image, true = [], []
        for j in range(CELLS):
            if labels[n, CELLS + j]:
                box = labels[n, 3 * CELLS + 4 * j :][:4]
                true.append((int(labels[n, 2 * CELLS + j]), box, labels[n, j] == 1))
            p = [x[n, c * CELLS + j] for c in range(CLASSES)]
            for k in range(BOXES):
                places = [(CLASSES + BOXES + 4 * k + c) * CELLS + j for c in range(4)]
                if labels[n, CELLS + j] and k == 0:  # a box near the true one
                    near = [*(box[:2] * S - [j % S, j // S] if constriant else box[:2])]
                    near += [*(np.sqrt(box[2:]) if sqrt else box[2:])]
                    x[n, places] = near + rng.uniform(-0.02, 0.02, 4)
                got = [x[n, place] for place in places]
                if constriant:
                    got[0], got[1] = (j % S + got[0]) / S, (j // S + got[1]) / S
                if sqrt:
                    got[2], got[3] = got[2] ** 2, got[3] ** 2
                o = x[n, (CLASSES + k) * CELLS + j]
                image.append((o * max(p), p.index(max(p)), got))
        image = by_score(image)
        found.append(suppress(image, nms) if nms >= 0 else image)
        truths.append(true)
    run = run_layer(text(sqrt=sqrt, constriant=constriant, nms=nms), x, labels)
    check(run, found, truths, "v1")


def test_with_nms_below_0_later_versions_put_out_nothing(rng):
    run = run_layer(text(), rng.normal(size=(1, 16, S, S)), yolo_labels(30)(1, rng))
    assert not run.top[0].data[0, CLASSES:].any()
    assert run.top[0].data[0, :CLASSES].sum() == 1


def test_a_class_that_is_none_is_refused():
    labels = np.zeros((1, 30, 5))
    labels[0, 0] = [CLASSES, 0.5, 0.5, 0.1, 0.1]
    with pytest.raises(LayerError, match="no class"):
        run_layer(text(), np.zeros((1, 16, S, S)), labels.reshape(1, 150))


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (((1, 16, 3, 3), (1, 151)), "", "grid"),
        (((1, 16, 4, 4), (1, 150)), "", "side"),
        (((2, 16, 3, 3), (1, 150)), "", "number of images"),
        (((1, 16, 3, 3), (1, 1, 1, 8)), "save_output_param { }", "name_size_file"),
    ],
)
def test_what_does_not_fit_is_refused(shapes, options, message):
    with pytest.raises(LayerError, match=message):
        run_layer(text(options), *map(np.zeros, shapes))
