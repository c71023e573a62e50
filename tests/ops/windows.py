"""Random windows, and images that they fit on, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from blobnet.ops.window import Window


@st.composite
def windows_and_sizes(draw, max_dims=3):
    """A window over 0 to `max_dims` axes, and the size of an image where it has places."""
    dims = draw(st.integers(0, max_dims))
    if draw(st.integers(0, 4)) == 0:
        return Window(*((value,) * dims for value in (1, 1, 0, 1))), draw(sizes(dims))

    def values(low, high):
        return tuple(draw(st.lists(st.integers(low, high), min_size=dims, max_size=dims)))

    window = Window(values(1, 3), values(1, 3), values(0, 2), values(1, 3))
    smallest = (max(1, length) for length in window.input_size((1,) * dims))
    return window, tuple(length + draw(st.integers(0, 3)) for length in smallest)


def sizes(dims):
    return st.lists(st.integers(1, 5), min_size=dims, max_size=dims).map(tuple)


@st.composite
def pooling_windows(draw):
    """A pooling window, the size of an image, and the places that Caffe gives the window."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    pad = tuple(draw(st.integers(0, k - 1)) for k in kernel)
    size = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    places = []
    for length, k, s, p in zip(size, kernel, stride, pad, strict=True):
        count = -(-(length + 2 * p - k) // s) + 1
        if any(pad) and (count - 1) * s >= length + p:
            count -= 1
        places.append(max(count, 1))
    return Window(kernel, stride, pad, (1, 1)), size, tuple(places)


seeds = st.integers(0, 2**32 - 1)
