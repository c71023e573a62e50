"""Layer: the base of classes for Python layers, by pycaffe's name."""

from __future__ import annotations

from abc import ABCMeta

from blobnet.layer import Layer as AnyLayer
from blobnet.layers import PythonLayer


class Layer(PythonLayer, metaclass=ABCMeta):
    """The base of a class whose objects do the work of a Python layer.

        import caffe

        class Double(caffe.Layer):
            def setup(self, bottom, top): ...
            def reshape(self, bottom, top): top[0].reshape(*bottom[0].data.shape)
            def forward(self, bottom, top): top[0].data[...] = 2 * bottom[0].data
            def backward(self, top, propagate_down, bottom):
                bottom[0].diff[...] = 2 * top[0].diff

    In the prototxt: `layer { type: "Python" ... python_param { module: "file" layer: "Double" } }`.
    `net.layers[i]` is that object. All other layers count as instances of this class, as in
    pycaffe. What a method finds and is given: see `help(blobnet.PythonLayer)`.
    """

    @property
    def type(self) -> str:  # type: ignore[override]  # as in pycaffe, it cannot be set
        """The `type` that the prototxt states: "Python"."""
        return self.layer_param.type


Layer.register(AnyLayer)
