"""RegionLoss against loops over cells and anchors, written from the formulas."""

import math

import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer
from tests.conformance.cases.detection_yolo import REGION, ssd_labels, yolo_labels

BIASES = [0.5, 0.75, 1.5, 1.25]
CLASSES, ANCHORS, S = 3, 2, 3
SETTINGS = {
    "object_scale": 2.0,
    "noobject_scale": 0.75,
    "class_scale": 1.5,
    "coord_scale": 0.875,
    "thresh": 0.25,
    "bias_match": 1,
    "rescore": 1,
}


def sigmoid(v):
    return 1 / (1 + math.exp(-v))


def iou(a, b, fork):
    ends, areas, extents = ([], [], []), [1, 1], []
    for box, end in ((a, 0), (b, 1)):
        for axis in (0, 1):
            low, high = box[axis] - box[axis + 2] / 2, box[axis] + box[axis + 2] / 2
            if fork.startswith("v2"):
                low, high = max(low, 0), min(high, 1)
            ends[end].append((low, high))
            areas[end] *= high - low
    for first, second in zip(*ends[:2], strict=True):
        extents.append(min(first[1], second[1]) - max(first[0], second[0]))
    shared = 0 if min(extents) < 0 else extents[0] * extents[1]
    return shared / (sum(areas) - shared)


def softmax(v, groups):
    found = []
    for size in groups:
        part = [math.exp(x) for x in v[len(found) : len(found) + size]]
        found += [x / sum(part) for x in part]
    return found


def box_of(v, i, j, k):
    return (
        (i + sigmoid(v[0])) / S,
        (j + sigmoid(v[1])) / S,
        math.exp(v[2]) * BIASES[2 * k] / S,
        math.exp(v[3]) * BIASES[2 * k + 1] / S,
    )


def draw_box(v, d, target, scale, smooth):
    now = [sigmoid(v[0]), sigmoid(v[1]), v[2], v[3]]
    for c in range(4):
        distance = target[c] - now[c]
        if smooth:
            distance = max(-1, min(1, distance))
        d[c] = -scale * distance * (now[c] * (1 - now[c]) if c < 2 else 1)


def oracle(x, truths, fork, *, class_of=lambda label: label, line=None, groups=(CLASSES,), **more):
    """The deltas, for truths as a list of rows for each image."""
    s = SETTINGS | more
    x = x.reshape(len(x), ANCHORS, 5 + CLASSES, S, S)
    delta = np.zeros_like(x)
    for n, j, i, k in np.ndindex(len(x), S, S, ANCHORS):
        v, d = x[n, k, :, j, i], delta[n, k, :, j, i]
        o = sigmoid(v[4])
        best = max([0, *(iou(box_of(v, i, j, k), t[1:], fork) for t in truths[n])])
        d[4] = 0 if best > s["thresh"] else s["noobject_scale"] * o * o * (1 - o)
        if fork == "v2":
            draw_box(v, d, [0.5, 0.5, 0, 0], 0.01, False)
    for n, rows in enumerate(truths):
        for label, tx, ty, w, h in rows:
            i, j = int(tx * S), int(ty * S)
            shapes = []
            for k in range(ANCHORS):
                own = box_of(x[n, k, :, j, i], i, j, k)[2:]
                anchor = (BIASES[2 * k] / S, BIASES[2 * k + 1] / S)
                shape = anchor if s["bias_match"] else own
                shapes.append(iou((0, 0, *shape), (0, 0, w, h), fork))
            k = shapes.index(max(shapes))
            v, d = x[n, k, :, j, i], delta[n, k, :, j, i]
            o, shared = sigmoid(v[4]), iou(box_of(v, i, j, k), (tx, ty, w, h), fork)
            scale = s["coord_scale"]
            if fork == "mobilenet" and not s["rescore"]:
                scale *= 2 - w * h
            target = [
                tx * S - i,
                ty * S - j,
                math.log(w * S / BIASES[2 * k]),
                math.log(h * S / BIASES[2 * k + 1]),
            ]
            draw_box(v, d, target, scale, fork == "9000")
            wanted = shared if fork == "mobilenet" and s["rescore"] else 1
            slope = o * (1 - o) * (2 * (1 - o) ** 2 if fork == "9000" else 1)
            d[4] = -s["object_scale"] * (wanted - o) * slope
            learn_class(v[5:], d[5:], class_of(int(label)), s["class_scale"], line, groups)
    return delta


def learn_class(v, d, label, scale, line, groups):
    p = softmax(list(v), groups)
    for each in line(label) if line else [label]:
        first = 0
        for size in groups:
            if first <= each < first + size:
                for c in range(first, first + size):
                    d[c] = -scale * ((c == each) - p[c])
            first += size


def check(run, delta, expected_loss):
    np.testing.assert_allclose(run.top[0].data, expected_loss, rtol=1e-9)
    run.top[0].diff[...] = 3
    run.backward()
    x = run.bottom[0]
    np.testing.assert_allclose(x.diff, delta.reshape(x.shape) * 3 / len(x.data), atol=1e-12)


def text(**more):
    settings = " ".join(f"{name}: {value}" for name, value in (SETTINGS | more).items())
    return f'type: "RegionLoss" region_loss_param {{ {REGION} side: 3 {settings} }}'


def listed(labels):
    rows = labels.reshape(len(labels), -1, 5)
    return [[row for row in image if row[1]] for image in rows]


@pytest.mark.parametrize("bias_match", [0, 1])
def test_yolo_v2(rng, bias_match):
    x, labels = rng.normal(size=(4, 16, S, S)), yolo_labels(30)(4, rng)
    run = run_layer(text(bias_match=bias_match), x, labels)
    delta = oracle(x, listed(labels), "v2", bias_match=bias_match)
    check(run, delta, (delta**2).sum())


@pytest.mark.parametrize("rescore", [0, 1])
def test_mobilenet_yolo(rng, rescore):
    x, labels = rng.normal(size=(4, 16, S, S)), yolo_labels(300)(4, rng)
    run = run_layer(text(rescore=rescore), x, labels)
    delta = oracle(x, listed(labels), "mobilenet", rescore=rescore)
    check(run, delta, (delta**2).sum() / 4)


def from_ssd(labels, num, first=1):
    truths = [[] for _ in range(num)]
    for image, label, _, x1, y1, x2, y2, _ in labels[0, 0]:
        if image >= 0:
            box = ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1)
            truths[int(image)].append([label - first, *box])
    return truths


def test_yolo9000(rng):
    x, labels = 2 * rng.normal(size=(4, 16, S, S)), ssd_labels()(4, rng)
    run = run_layer(text(), x, labels)
    delta = oracle(x, from_ssd(labels, 4), "9000")
    check(run, delta, (delta**2).sum())


TREE = "n00000001 -1\nn00000002 -1\nn00000003 0\n"


def tree_line(label):
    return {0: [0], 1: [1], 2: [2, 0]}[label]


def test_a_tree_of_classes_and_a_map_of_labels(rng, tmp_path):
    (tmp_path / "tree").write_text(TREE)
    (tmp_path / "map").write_text("2\n1\n0\n")
    files = f'softmax_tree: "{tmp_path}/tree" class_map: "{tmp_path}/map"'
    x, labels = rng.normal(size=(3, 16, S, S)), yolo_labels(30)(3, rng)
    run = run_layer(text().replace("side:", f"{files} side:"), x, labels)
    delta = oracle(
        x,
        listed(labels),
        "v2",
        class_of=lambda label: 2 - label,
        line=tree_line,
        groups=(2, 1),
    )
    check(run, delta, (delta**2).sum())


@pytest.mark.parametrize("objectness", [-1.5, 2])
def test_a_class_without_a_box_is_learned_where_it_is_most_probable(rng, tmp_path, objectness):
    (tmp_path / "tree").write_text(TREE)
    x = rng.normal(size=(1, 16, S, S))
    maps = x.reshape(ANCHORS, 8, S, S)
    maps[:, 4] = objectness - rng.random(maps[:, 4].shape)
    labels = np.zeros((1, 30, 5))
    labels[0, 0] = [2, 200000, 200000, 1, 1]
    settings = text().replace("side:", f'softmax_tree: "{tmp_path}/tree" side:')
    run = run_layer(settings, x, labels.reshape(1, 150))
    delta, probable = np.zeros_like(maps), {}
    for k, j, i in np.ndindex(ANCHORS, S, S):
        o = sigmoid(maps[k, 4, j, i])
        p = softmax(list(maps[k, 5:, j, i]), (2, 1))
        delta[k, 4, j, i] = SETTINGS["noobject_scale"] * o * o * (1 - o)
        probable[k, j, i] = o * p[2] * p[0]
    k, j, i = max(probable, key=probable.get)
    o = sigmoid(maps[k, 4, j, i])
    missing = o - 0.3 if o < 0.3 else 0
    delta[k, 4, j, i] = SETTINGS["object_scale"] * missing * o * (1 - o)
    learn_class(
        maps[k, 5:, j, i], delta[k, 5:, j, i], 2, SETTINGS["class_scale"], tree_line, (2, 1)
    )
    check(run, delta, (delta**2).sum())


def test_boxes_are_drawn_to_anchors_for_12800_images_whatever_is_resumed(rng):
    x, labels = rng.normal(size=(4, 16, S, S)), yolo_labels(30)(4, rng)
    run = run_layer(text(), x, labels)
    state = run.layer.get_state()
    assert state["calls"] == 1
    early = float(run.top[0].data)
    other = run_layer(text(), x, labels)
    other.layer.set_state({**state, "calls": 12800 // 4 - 1})
    other.forward()
    assert float(other.top[0].data) == early
    other.forward()
    late = oracle(x, listed(labels), "v2 without")
    np.testing.assert_allclose(other.top[0].data, (late**2).sum())
    with pytest.raises(LayerError, match="state"):
        other.layer.set_state({"rng": state["rng"]})


def labels_with(row):
    labels = np.zeros((1, 30, 5))
    labels[0, 0] = row
    return labels.reshape(1, 150)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([0, 0.5, 1.5, 0.1, 0.1], "outside"),
        ([0, -0.9, 0.1, 0.1, 0.1], "outside"),
        ([0, 0.5, 0.5, 0.1, 0], "without width or height"),
        ([0, 0.5, 0.5, 0.1, np.nan], "none"),
    ],
)
def test_boxes_that_are_none_are_refused(row, message):
    with pytest.raises(LayerError, match=message):
        run_layer(text(), np.zeros((1, 16, S, S)), labels_with(row))


@pytest.mark.parametrize(
    ("options", "shapes", "message"),
    [
        ("", ((1, 15, 3, 3), (1, 150)), "values"),
        ("", ((1, 16, 3, 4), (1, 150)), "side"),
        ("", ((1, 16, 3, 3), (1, 151)), "no labels"),
        ("coords: 5", ((1, 16, 3, 3), (1, 150)), "coords"),
        ("num: 3", ((1, 24, 3, 3), (1, 150)), "biases"),
        ('softmax_tree: "nowhere"', ((1, 16, 3, 3), (1, 150)), "softmax_tree"),
    ],
)
def test_settings_and_shapes_that_do_not_fit_are_refused(options, shapes, message):
    settings = f'type: "RegionLoss" region_loss_param {{ {REGION} side: 3 {options} }}'
    if "num:" in options:
        settings = settings.replace("num: 2", "")
    with pytest.raises(LayerError, match=message):
        run_layer(settings, *map(np.zeros, shapes))


def test_without_anchors_there_is_a_net_but_no_loss():
    """As the nets are that only convert weights."""
    shapes = "shape { dim: [1, 16, 3, 3] } shape { dim: [1, 1, 30, 5] }"
    net = Net(
        parse_net(
            f"""
            layer {{ name: "in" type: "Input" top: "x" top: "y" input_param {{ {shapes} }} }}
            layer {{ name: "loss" type: "RegionLoss" bottom: "x" bottom: "y" top: "loss"
                region_loss_param {{ side: 3 num: 2 num_class: 3 }} }}
            """
        ),
        phase="TEST",
    )
    with pytest.raises(LayerError, match=r"biases: width and height.*\n.*at least 4\n.*0 numbers"):
        net.forward()


@pytest.mark.parametrize("lines", ["", "a 5\n", "a -1\nb x\n", "a -1\n"])
def test_files_that_are_no_tree_are_refused(lines, tmp_path):
    (tmp_path / "tree").write_text(lines)
    settings = text().replace("side:", f'softmax_tree: "{tmp_path}/tree" side:')
    with pytest.raises(LayerError, match="softmax_tree"):
        run_layer(settings, np.zeros((1, 16, S, S)), np.zeros((1, 150)))


def test_an_image_that_is_not_there_is_refused(rng):
    labels = ssd_labels()(2, rng)
    labels[0, 0, 0, 0] = 2
    with pytest.raises(LayerError, match="image"):
        run_layer(text(), np.zeros((2, 16, S, S)), labels)
