"""Convolution by windows that reach much farther than the image."""

import numpy as np
import pytest
from hypothesis import given, settings

from blobnet.ops import conv
from blobnet.ops.conv import wide
from blobnet.ops.window import Window
from tests.ops import plain_loops
from tests.ops.conv.test_conv import problems
from tests.ops.windows import seeds


@settings(deadline=None, max_examples=150)
@given(problems(max_dims=3), seeds)
def test_all_are_those_of_plain_loops(problem, seed):
    x, weight, bias, window, y = problem
    result = np.full_like(y, np.nan)
    wide.forward(x, weight, bias, window, result)
    np.testing.assert_allclose(
        result, plain_loops.convolution(x, weight, bias, window), rtol=1e-12, atol=1e-12
    )
    rng = np.random.default_rng(seed)
    dy, z, v = (rng.normal(size=array.shape) for array in (y, x, weight))
    dx, dweight = np.full_like(x, np.nan), np.ones_like(weight)
    wide.input_gradient(dy, weight, window, dx)
    wide.weight_gradient(x, dy, window, dweight)
    along_z, along_v = np.empty_like(y), np.empty_like(y)
    wide.forward(z, weight, None, window, along_z)
    wide.forward(x, v, None, window, along_v)
    np.testing.assert_allclose(np.vdot(dx, z), np.vdot(dy, along_z), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.vdot(dweight - 1, v), np.vdot(dy, along_v), rtol=1e-9, atol=1e-9)


FAR = 2**31
WINDOWS = {
    # name: (window, size, the taps that see anything, the same window without all others)
    "dilation": (
        Window((3, 3), (1, 1), (FAR, FAR), (FAR, FAR)),
        (4, 4),
        slice(1, 2),
        Window((1, 1), (1, 1), (0, 0), (1, 1)),
    ),
    "kernel, by its pixels": (
        Window((4200,), (400,), (4199,), (1,)),
        (4,),
        slice(0, 4200),
        Window((4200,), (400,), (4199,), (1,)),
    ),
    "kernel, by its places": (
        Window((4200,), (4200,), (4199,), (1,)),
        (4,),
        slice(0, 4200),
        Window((4200,), (4200,), (4199,), (1,)),
    ),
    "stride": (
        Window((3, 3), (FAR, FAR), (0, 0), (1, 1)),
        (4, 4),
        slice(0, 3),
        Window((3, 3), (2, 2), (0, 0), (1, 1)),
    ),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_what_sees_only_padding_changes_nothing(case, rng):
    window, size, taps, small = WINDOWS[case]
    tap_index = (..., *(taps,) * len(size))
    x = rng.normal(size=(2, 2, *size))
    weight = rng.normal(size=(3, 2, *window.kernel))
    seen = np.ascontiguousarray(weight[tap_index])
    expected = plain_loops.convolution(x, seen, np.zeros(3), small)
    y = np.full((2, 3, *window.output_size(size)), np.nan)
    conv.forward(x, weight, None, window, y)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    dy = rng.normal(size=y.shape)
    dx, dweight = np.full_like(x, np.nan), np.zeros_like(weight)
    conv.input_gradient(dy, weight, window, dx)
    conv.weight_gradient(x, dy, window, dweight)
    z, v = rng.normal(size=x.shape), rng.normal(size=seen.shape)
    along_z = plain_loops.convolution(z, seen, np.zeros(3), small)
    along_v = plain_loops.convolution(x, v, np.zeros(3), small)
    np.testing.assert_allclose(np.vdot(dx, z), np.vdot(dy, along_z), rtol=1e-9)
    part = dweight[tap_index]
    np.testing.assert_allclose(np.vdot(part, v), np.vdot(dy, along_v), rtol=1e-9)
    assert np.count_nonzero(dweight) == np.count_nonzero(part)


@pytest.mark.parametrize("dims", [1, 2])
def test_what_is_laid_far_apart_is_added_where_it_belongs(dims, rng):
    """Forward, a deconvolution: an image much larger than the weights and the places."""
    window = Window(*((value,) * dims for value in (3, 5000 if dims == 1 else 100, 1, 1)))
    places = (2, 3)[:dims]
    size = window.input_size(places)
    dy, weight = rng.normal(size=(1, 2, *places)), rng.normal(size=(2, 1, *window.kernel))
    dx = np.full((1, 1, *size), np.nan)
    assert wide.suits(window, dx, dy)
    conv.input_gradient(dy, weight, window, dx)
    expected = np.zeros_like(dx)
    for place in plain_loops.places_of(places):
        for tap in plain_loops.places_of(window.kernel):
            pixel = plain_loops.looked_at(window, place, tap)
            if plain_loops.is_inside(pixel, size):
                expected[(0, 0, *pixel)] += (
                    dy[(0, slice(None), *place)] @ weight[(slice(None), 0, *tap)]
                )
    np.testing.assert_allclose(dx, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("window", "size"),
    [
        (Window((3, 3), (1, 1), (1, 1), (1, 1)), (8, 8)),
        (Window((3, 3), (1, 1), (36, 36), (36, 36)), (33, 33)),
        (Window((11, 11), (4, 4), (0, 0), (1, 1)), (227, 227)),
        (Window((64, 64), (32, 32), (0, 0), (1, 1)), (568, 568)),
        (Window((64, 64), (64, 64), (0, 0), (1, 1)), (64, 64)),
        (Window((7, 7), (1, 1), (0, 0), (1, 1)), (7, 7)),
        (Window((), (), (), ()), ()),
    ],
)
def test_windows_of_ordinary_nets_are_not_wide(window, size):
    x, y = np.empty((1, 1, *size)), np.empty((1, 1, *window.output_size(size)))
    assert not wide.suits(window, x, y)
