from __future__ import annotations

from benchmarks import files
from benchmarks.nets import squeezenet
from blobnet.net import Net
from blobnet.proto import NetParameter


def test_weights_are_loaded_and_saved(monkeypatch):
    calls = []
    for name in ("copy_from", "save"):
        method = getattr(Net, name)

        def note(net, path, name=name, method=method):
            calls.append(name)
            method(net, path)

        monkeypatch.setattr(Net, name, note)
    definition = NetParameter()
    definition.CopyFrom(squeezenet(1))
    del definition.layer[3:]
    assert len(files.load(2, definition).ours) == 2
    assert len(files.save(2, definition).ours) == 2
    assert calls.count("copy_from") >= 4
    assert calls.count("save") >= 5
