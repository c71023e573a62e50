"""Weights in half precision, beside cv2.dnn.shrinkCaffeModel."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import dnn
from blobnet.serialization.weights import read_weights
from tests.dnn.net_cases import IN_PLACE, weights

BLOB = np.random.default_rng(3).normal(size=(1, 3, 8, 8)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "whole.caffemodel").write_bytes(weights(IN_PLACE))
    return tmp_path


def run(module, file) -> np.ndarray:
    net = module.readNetFromCaffe(*(np.frombuffer(b, np.uint8) for b in (IN_PLACE.encode(), file)))
    net.setInput(BLOB)
    return net.forward("ip")


def read(path) -> dict[str, list[np.ndarray]]:
    net = blobnet.Net(blobnet.parse_net(IN_PLACE), "TEST", weights=path)
    return {name: [blob.data.copy() for blob in blobs] for name, blobs in net.params.items()}


@pytest.mark.parametrize(
    ("types", "shrunk"),
    [
        ([], {"conv1", "ip", "ip2"}),
        (["Convolution"], {"conv1"}),
        (["Scale", "InnerProduct"], {"scale1", "ip", "ip2"}),
    ],
)
def test_the_weights_of_these_types_are_rounded_to_half_precision(folder, types, shrunk):
    dnn.shrinkCaffeModel(folder / "whole.caffemodel", folder / "half.caffemodel", types)
    whole, half = read(folder / "whole.caffemodel"), read(folder / "half.caffemodel")
    for name, blobs in whole.items():
        for before, after in zip(blobs, half[name], strict=True):
            kind = np.float16 if name in shrunk else np.float32
            np.testing.assert_array_equal(after, before.astype(kind).astype(np.float32))
    if shrunk == {"conv1", "ip", "ip2"}:
        sizes = [(folder / f"{name}.caffemodel").stat().st_size for name in ("whole", "half")]
        assert sizes[1] < 0.8 * sizes[0]


def test_what_half_precision_cannot_hold_stays(folder):
    net = blobnet.Net(blobnet.parse_net(IN_PLACE), "TEST", weights=folder / "whole.caffemodel")
    net.params["ip"][0].data[0, 0] = 1e6
    net.save(folder / "whole.caffemodel")
    dnn.shrinkCaffeModel(str(folder / "whole.caffemodel"), str(folder / "half.caffemodel"))
    assert read(folder / "half.caffemodel")["ip"][0][0, 0] == 1e6


def test_files_of_2014_are_shrunk_as_todays(folder):
    old = blobnet.proto.NetParameter()
    layer = old.layers.add(name="ip", type=blobnet.proto.V1LayerParameter.INNER_PRODUCT)
    blob = layer.blobs.add(num=1, channels=1, height=2, width=3)
    blob.data.extend([0.1] * 6)
    (folder / "old.caffemodel").write_bytes(old.SerializeToString())
    dnn.shrinkCaffeModel(folder / "old.caffemodel", folder / "half.caffemodel")
    stored = read_weights(folder / "half.caffemodel")
    np.testing.assert_array_equal(np.ravel(stored["ip"][0].load()), np.full(6, 0.1, np.float16))


def test_a_file_that_is_not_there_is_told(folder):
    with pytest.raises(dnn.error, match=r"none\.caffemodel: cannot be read"):
        dnn.shrinkCaffeModel(folder / "none.caffemodel", folder / "half.caffemodel")


def test_opencv_writes_the_same_and_reads_ours(folder):
    cv2 = pytest.importorskip("cv2")
    paths = [str(folder / f"{name}.caffemodel") for name in ("whole", "ours", "theirs")]
    dnn.shrinkCaffeModel(paths[0], paths[1])
    cv2.dnn.shrinkCaffeModel(paths[0], paths[2])
    ours, theirs = read(paths[1]), read(paths[2])
    for name, blobs in theirs.items():
        for pair in zip(ours[name], blobs, strict=True):
            np.testing.assert_array_equal(*pair)
    files = [(folder / f"{name}.caffemodel").read_bytes() for name in ("ours", "theirs")]
    np.testing.assert_allclose(run(cv2.dnn, files[0]), run(cv2.dnn, files[1]), rtol=1e-6)
    np.testing.assert_allclose(run(dnn, files[0]), run(cv2.dnn, files[0]), rtol=1e-4)
