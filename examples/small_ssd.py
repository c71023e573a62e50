"""A small SSD, as train_ssd.py and detect_faces.py have it: the net, and what is done with it."""

import numpy as np
from PIL import ImageDraw

from blobnet.pycaffe import NetSpec
from blobnet.pycaffe import layers as L  # noqa: N812 - as all scripts for Caffe call it

SIDE = 96
MEAN = [104, 117, 123]  # blue, green, red: of res10's faces and of many other SSDs


def ssd(classes, phase, source="", batch_size=16):
    """The net for "train", "test" or "deploy": boxes are looked for on maps of stride 8 and 16."""
    net, detection = NetSpec(), {"num_classes": classes}
    if phase == "deploy":
        net.data = L.Input(shape={"dim": [1, 3, SIDE, SIDE]})
    else:
        net.data, net.label = L.AnnotatedData(
            data_param={"source": source, "batch_size": batch_size, "backend": "LMDB"},
            transform_param={"mean_value": MEAN, "mirror": phase == "train"},
            ntop=2,
        )
    top, locations, scores, priors = net.data, [], [], []
    stages = [(16, None), (32, None), (48, (22, 34)), (64, (40, 60))]
    for i, (channels, sizes) in enumerate(stages):
        shape = {"num_output": channels, "kernel_size": 3, "pad": 1, "stride": 2}
        top = net[f"conv{i}"] = L.Convolution(top, **shape, weight_filler={"type": "msra"})
        top = net[f"norm{i}"] = L.BatchNorm(top, in_place=True)
        top = net[f"scale{i}"] = L.Scale(top, in_place=True, bias_term=True)
        top = net[f"relu{i}"] = L.ReLU(top, in_place=True)
        if sizes is None:
            continue
        for values, each in ((4, locations), (classes, scores)):  # for each of two priors
            map_of = {"num_output": 2 * values, "kernel_size": 3, "pad": 1}
            map_ = L.Convolution(top, **map_of, weight_filler={"type": "xavier"})
            each.append(L.Flatten(L.Permute(map_, order=[0, 2, 3, 1])))
        boxes = {"min_size": sizes[0], "max_size": sizes[1], "variance": [0.1, 0.1, 0.2, 0.2]}
        priors.append(L.PriorBox(top, net.data, **boxes))
    net.locations, net.scores = L.Concat(*locations), L.Concat(*scores)
    net.priors = L.Concat(*priors, axis=2)
    if phase == "train":
        truth = [net.locations, net.scores, net.priors, net.label]
        net.loss = L.MultiBoxLoss(*truth, **detection, code_type="CENTER_SIZE",
                                  propagate_down=[True, True, False, False])  # fmt: skip
        return net.to_proto()
    by_prior = L.Reshape(net.scores, shape={"dim": [0, -1, classes]})
    probabilities = L.Flatten(L.Softmax(by_prior, axis=2))
    net.found = L.DetectionOutput(
        net.locations, probabilities, net.priors, **detection, code_type="CENTER_SIZE",
        nms_param={"nms_threshold": 0.3, "top_k": 100}, keep_top_k=50,
        confidence_threshold=0.05)  # fmt: skip
    if phase == "test":
        net.judged = L.DetectionEvaluate(net.found, net.label, **detection)
    return net.to_proto()


def detect(net, picture, threshold=0.5):
    """What the net finds in a picture: (label, score, corners in pixels), the best first."""
    _, _, height, width = net.blobs["data"].shape
    pixels = np.asarray(picture.convert("RGB").resize((width, height)), np.float32)
    (found,) = net.forward(data=(pixels[:, :, ::-1] - MEAN).transpose(2, 0, 1)[None]).values()
    rows = sorted(found.reshape(-1, 7).tolist(), key=lambda row: -row[2])
    return [
        (int(label), score, tuple(np.array(corners) * (picture.size * 2)))
        for _, label, score, *corners in rows
        if score > threshold
    ]


def with_boxes(picture, detections, names, scale=1):
    """The picture `scale` times as large, with a frame, a name and a score for each detection."""
    picture = picture.convert("RGB").resize((picture.width * scale, picture.height * scale))
    pen = ImageDraw.Draw(picture)
    for label, score, corners in detections:
        x, y, *_ = box = [scale * value for value in corners]
        pen.rectangle(box, outline=(255, 255, 255), width=2)
        place, words = (x + 4, y + 3), f"{names[label - 1]} {score:.2f}"
        pen.rectangle(pen.textbbox(place, words), fill=(0, 0, 0))  # white on white is not read
        pen.text(place, words, fill=(255, 255, 255))
    return picture
