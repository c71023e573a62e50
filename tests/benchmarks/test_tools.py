from __future__ import annotations

from benchmarks import tools
from benchmarks.nets import squeezenet
from blobnet.proto import NetParameter


def test_images_are_converted_and_decoded(monkeypatch):
    written, decoded = [], []
    convert, decode = tools.convert_image_set, tools._decode_all
    monkeypatch.setattr(
        tools, "convert_image_set", lambda *given: written.append(convert(*given).written)
    )
    monkeypatch.setattr(
        tools, "_decode_all", lambda *given: decoded.append(len(given[1])) or decode(*given)
    )
    measured = tools.converting(2, number=3)
    assert len(measured.ours) == len(measured.theirs) == 2
    assert set(written) == set(decoded) == {3}


def test_features_are_those_of_all_batches(monkeypatch):
    extract, images = tools.extract_features, []
    monkeypatch.setattr(tools, "extract_features", lambda *given: images.append(extract(*given)))
    definition = NetParameter()
    definition.CopyFrom(squeezenet(1))
    del definition.layer[3:]
    measured = tools.features(1, definition, "conv1", batches=2)
    assert len(measured.ours) == len(measured.theirs) == 1
    assert set(images) == {2}
