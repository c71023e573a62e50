"""Python layers of users: net.layers has their own objects."""

from __future__ import annotations

import sys
import textwrap

import pytest

from blobnet import pycaffe as caffe

MODULE = "layers_of_test_pycaffe"
LAYERS = """
    import caffe

    class Times(caffe.Layer):
        k = 1
        def setup(self, bottom, top):
            self.blobs.add_blob(2)
        def reshape(self, bottom, top):
            top[0].reshape(*bottom[0].data.shape)
        def forward(self, bottom, top):
            top[0].data[...] = self.k * bottom[0].data
        def backward(self, top, propagate_down, bottom):
            bottom[0].diff[...] = self.k * top[0].diff

    class Wrong(caffe.Layer):
        def setup(self, bottom, top):
            raise RuntimeError("as told")
"""


@pytest.fixture
def make_net(tmp_path, monkeypatch):
    (tmp_path / f"{MODULE}.py").write_text(textwrap.dedent(LAYERS))
    monkeypatch.syspath_prepend(tmp_path)

    def make(layer):
        path = tmp_path / "net.prototxt"
        path.write_text(f"""
            input: "data" input_shape {{ dim: 1 }}
            layer {{ name: "own" type: "Python" bottom: "data" top: "own"
              python_param {{ module: "{MODULE}" layer: "{layer}" }} }}
        """)
        return caffe.Net(str(path), caffe.TEST)

    yield make
    sys.modules.pop(MODULE, None)


def test_the_layer_is_the_users_object(make_net):
    net = make_net("Times")
    layer = net.layers[1]
    assert type(layer) is sys.modules[MODULE].Times
    assert isinstance(layer, caffe.Layer)
    assert net.layer_dict["own"] is layer
    assert layer.type == "Python"
    assert [blob.shape for blob in layer.blobs] == [(2,)]
    assert layer.blobs is net.params["own"]
    layer.k = 5
    assert net.forward(data=[3])["own"] == [15]


def test_its_weights_are_saved_copied_and_shared(make_net, tmp_path):
    net, other = make_net("Times"), make_net("Times")
    net.layers[1].blobs[0].data[...] = 4
    net.save(tmp_path / "own.caffemodel")
    net.layers[1].blobs[0].data[...] = 0
    other.copy_from(tmp_path / "own.caffemodel")
    assert (other.layers[1].blobs[0].data == 4).all()
    net.share_with(other)
    assert (net.layers[1].blobs[0].data == 4).all()
    assert (net.get_state().keys()) == {"input", "own"}


def test_what_its_setup_raises_arrives(make_net):
    with pytest.raises(RuntimeError, match=r"^as told$"):
        make_net("Wrong")


def test_every_layer_counts_as_one(net_file):
    layers = caffe.Net(net_file, caffe.TEST).layers
    assert [layer.type for layer in layers] == ["Input", "InnerProduct", "ReLU", "Softmax"]
    assert all(isinstance(layer, caffe.Layer) for layer in layers)


def test_types_are_listed():
    assert {"Data", "Python", "Convolution"} <= {*caffe.layer_type_list()}
