"""The losses of YOLO's third version in loops over cells, anchors and boxes, from the formulas."""

import math

import numpy as np

from tests.layers.detection.yolo.oracle import iou, sigmoid

DEFAULTS = {
    "object_scale": 2,
    "class_scale": 1.5,
    "coord_scale": 0.75,
    "thresh": 0.5,
    "anchors_scale": 16,
    "iou_loss": "MSE",
    "iou_normalizer": 0.25,
    "iou_thresh": 0.5,
    "max_delta": 10,
    "accumulate": True,
    "label_smooth_eps": 0.125,
    "use_logic_gradient": False,
    "use_focal_loss": False,
}
BIASES = [10, 14, 23, 17, 27, 38, 40, 30]


def edges(box):
    x, y, w, h = box
    return [x - w / 2, y - h / 2], [x + w / 2, y + h / 2]


def overlap(kind, a, b):
    """IoU, or what else `iou_loss` names."""
    plain = iou(a, b)
    (al, ah), (bl, bh) = edges(a), edges(b)
    w, h = (max(ah[c], bh[c]) - min(al[c], bl[c]) for c in (0, 1))
    distance = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
    if kind == "GIOU":
        shared = plain * (a[2] * a[3] + b[2] * b[3]) / (1 + plain)
        return plain - (w * h - (a[2] * a[3] + b[2] * b[3] - shared)) / (w * h)
    if kind == "DIOU":
        return plain - (distance / (w * w + h * h)) ** 0.6
    if kind == "CIOU":
        v = 4 / math.pi**2 * (math.atan(b[2] / b[3]) - math.atan(a[2] / a[3])) ** 2
        return plain - distance / (w * w + h * h) - v * v / (1 - plain + v + 1e-6)
    return plain


def slopes(kind, a, b):
    """Of the overlap by x, y, w, h of a, as darknet has them, edge by edge."""
    (left, top), (right, bottom) = edges(a)
    (bleft, btop), (bright, bbottom) = edges(b)
    iw, ih = min(right, bright) - max(left, bleft), min(bottom, bbottom) - max(top, btop)
    area, both = a[2] * a[3], iw * ih
    covered = area + b[2] * b[3] - both
    cw, ch = max(right, bright) - min(left, bleft), max(bottom, bbottom) - min(top, btop)
    rim = {}  # (change of area, of intersection, of hull) by each edge
    rim["l"] = (-a[3], -ih if left > bleft else 0, -ch if left < bleft else 0)
    rim["r"] = (a[3], ih if right < bright else 0, ch if right > bright else 0)
    rim["t"] = (-a[2], -iw if top > btop else 0, -cw if top < btop else 0)
    rim["b"] = (a[2], iw if bottom < bbottom else 0, cw if bottom > bbottom else 0)
    p = {}
    for name, (da, di, dc) in rim.items():
        du = da - di
        p[name] = (covered * di - both * du) / covered**2 if covered > 0 else 0
        if kind == "GIOU":
            more = (cw * ch * du - covered * dc) / (cw * ch) ** 2
            p[name] = p[name] + more if min(iw, ih) > 0 else more
    found = [p["l"] + p["r"], p["t"] + p["b"], p["r"] - p["l"], p["b"] - p["t"]]
    if kind in ("DIOU", "CIOU"):
        c = cw * cw + ch * ch
        s = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
        right_out, left_out = int(right > bright), int(left < bleft)
        bottom_out, top_out = int(bottom > bbottom), int(top < btop)
        more = [
            (2 * (b[0] - a[0]) * c - 2 * cw * (right_out - left_out) * s) / c**2,
            (2 * (b[1] - a[1]) * c - 2 * ch * (bottom_out - top_out) * s) / c**2,
            2 * cw * (right_out + left_out) / 2 * s / c**2,
            2 * ch * (bottom_out + top_out) / 2 * s / c**2,
        ]
        if kind == "CIOU":
            angle = math.atan(b[2] / b[3]) - math.atan(a[2] / a[3])
            v = 4 / math.pi**2 * angle**2
            alpha = v / (1 - both / covered + v + 0.000001)
            more[2] += alpha * 8 / math.pi**2 * angle * a[3]
            more[3] -= alpha * 8 / math.pi**2 * angle * a[2]
        found = [f + m if min(iw, ih) > 0 else m for f, m in zip(found, more, strict=True)]
    return found


class Oracle:
    """Deltas, what backward multiplies, and the loss, for labels as a list of rows per image."""

    def __init__(self, x, truths, mask, classes, gaussian=False, **settings):
        self.s = DEFAULTS | settings
        self.gaussian, self.mask = gaussian, mask
        self.objectness = 8 if gaussian else 4
        self.places = (0, 2, 4, 6) if gaussian else (0, 1, 2, 3)
        self.x = x.reshape(len(x), len(mask), self.objectness + 1 + classes, *x.shape[2:])
        self.height, self.width = x.shape[2:]
        self.kind = "IOU" if gaussian else self.s["iou_loss"]
        self.delta, self.overlaps = np.zeros_like(self.x), []
        for n, k, j, i in np.ndindex(len(x), len(mask), self.height, self.width):
            box = self.box(self.x[n, k, :, j, i], k, j, i)
            best = max([0, *(overlap(self.kind, box, t[1:]) for t in truths[n])])
            o = sigmoid(self.x[n, k, self.objectness, j, i])
            self.delta[n, k, self.objectness, j, i] = 0 if best > self.s["thresh"] else o
        for n, rows in enumerate(truths):
            for row in rows:
                self.learn(n, *row)
        self.loss = self.count_loss() / len(x)
        self.scaled = self.delta * self.logistic() if self.s["use_logic_gradient"] else self.delta

    def size(self, number):
        scale = self.s["anchors_scale"]
        w, h = BIASES[2 * number : 2 * number + 2]
        return w / (self.width * scale), h / (self.height * scale)

    def box(self, v, k, j, i):
        w, h = self.size(self.mask[k])
        a, b, c, d = self.places
        return (
            (i + sigmoid(v[a])) / self.width,
            (j + sigmoid(v[b])) / self.height,
            math.exp(v[c]) * w,
            math.exp(v[d]) * h,
        )

    def learn(self, n, label, x, y, w, h):
        i, j = int(x * self.width), int(y * self.height)
        numbers = range(len(BIASES) // 2)
        alike = [overlap(self.kind, (0, 0, *self.size(k)), (0, 0, w, h)) for k in numbers]
        best = alike.index(max(alike))
        chosen = []
        if best in self.mask:
            best = self.mask.index(best)
            chosen.append(best)
        if self.s["iou_thresh"] < 1:
            for number in numbers:
                if number in self.mask and number != best and alike[number] > self.s["iou_thresh"]:
                    chosen.append(self.mask.index(number))
        for k in chosen:
            v, d = self.x[n, k, :, j, i], self.delta[n, k, :, j, i]
            wide, high = self.size(self.mask[k])
            target = [
                x * self.width - i,
                y * self.height - j,
                math.log(w / wide),
                math.log(h / high),
            ]
            scale = self.s["coord_scale"] * (2 - w * h)
            box = self.box(v, k, j, i)
            if self.gaussian:
                self.learn_gaussian(v, d, target, scale)
            elif self.kind == "MSE":
                now = [sigmoid(v[0]), sigmoid(v[1]), v[2], v[3]]
                d[:4] = [-scale * (t - a) for t, a in zip(target, now, strict=True)]
            else:
                dx = slopes(self.kind, box, (x, y, w, h))
                dx = [dx[0], dx[1], dx[2] * math.exp(v[2]), dx[3] * math.exp(v[3])]
                self.put(d, range(4), dx)
            told = "DIOU" if self.kind == "IOU" and not self.gaussian else self.kind
            self.overlaps.append(overlap(told, box, (x, y, w, h)))
            o = sigmoid(v[self.objectness])
            strong = self.s["object_scale"] if self.s["use_logic_gradient"] else 1
            d[self.objectness] = -(1 - o) * strong
            first = self.objectness + 1
            self.learn_class(v[first:], d[first:], int(label))

    def put(self, d, places, values):
        for place, value in zip(places, values, strict=True):
            value *= self.s["iou_normalizer"]
            value = max(-self.s["max_delta"], min(self.s["max_delta"], value))
            d[place] = (d[place] if self.s["accumulate"] else 0) - value

    def learn_gaussian(self, v, d, target, scale):
        for c, wanted in enumerate(target):
            mean = v[2 * c] if c > 1 else sigmoid(v[2 * c])
            s = sigmoid(v[2 * c + 1])
            z = (wanted - mean) / s
            density = math.exp(-z * z / 2) / (math.sqrt(2 * math.pi) * (s + 0.3))
            factor = 0.5 / (density + 1e-9) * density * scale
            values = [factor * z / s, factor * (z * z / s - 1 / (s + 0.3))]
            self.put(d, (2 * c, 2 * c + 1), values)

    def learn_class(self, v, d, label):
        p = [sigmoid(value) for value in v]
        scale, eps = self.s["class_scale"], 0 if self.gaussian else self.s["label_smooth_eps"]
        if d[0 if self.gaussian else label]:
            weight = 1 if self.gaussian else scale
            d[label] = -weight * ((1 - eps) + eps / 2 - p[label])
            return
        for c in range(len(p)):
            if self.s["use_focal_loss"]:
                pt = p[label] + 1e-15
                grad = -(1 - pt) * (2 * pt * math.log(pt) + pt - 1)
                d[c] = -scale * ((c == label) - p[c]) * 0.5 * grad
            else:
                d[c] = -scale * ((c == label) * (1 - eps) + eps / 2 - p[c])

    def count_loss(self):
        if self.kind == "MSE":
            return (self.delta**2).sum()
        loss = (self.delta[:, :, self.objectness :] ** 2).sum()
        if self.overlaps:
            missing = sum(1 - shared for shared in self.overlaps) / len(self.overlaps)
            loss += self.s["iou_normalizer"] * missing
        return loss

    def logistic(self):
        factor = np.ones_like(self.x)
        for c in range(self.x.shape[2]):
            if c not in self.places[2:]:
                y = self.x[:, :, c]
                if self.kind == "MSE" or c >= self.objectness:
                    y = 1 / (1 + np.exp(-y))
                factor[:, :, c] = y * (1 - y)
        return factor


def text(type_name, mask, classes, **settings):
    stated = DEFAULTS | settings
    words = " ".join(
        f"{name}: {str(value).lower() if isinstance(value, bool) else value}"
        for name, value in stated.items()
    )
    return f"""type: "{type_name}" yolov3_param {{
        num: {len(mask)} num_class: {classes} biases: {BIASES} mask: {mask} {words} }}"""
