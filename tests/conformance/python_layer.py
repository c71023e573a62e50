"""A class for the Python layer that the suite checks."""

from __future__ import annotations

from blobnet import PythonLayer


class Times(PythonLayer):
    """y = a * b * w with a weight w, which is `param_str` at first."""

    def setup(self, bottom, top):
        self.blobs.add_blob(1)
        self.blobs[0].data[...] = float(self.param_str)

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        top[0].data[...] = bottom[0].data * bottom[1].data * self.blobs[0].data

    def backward(self, top, propagate_down, bottom):
        a, b = bottom
        for wanted, mine, other in zip(propagate_down, (a, b), (b, a), strict=True):
            if wanted:
                mine.diff[...] = top[0].diff * other.data * self.blobs[0].data
        self.blobs[0].diff[...] += (top[0].diff * a.data * b.data).sum()
