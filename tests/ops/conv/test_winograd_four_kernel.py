"""Winograd's convolution in tiles of four by four against sums over taps."""

from functools import partial

import numpy as np
import pytest

from blobnet.ops import conv
from blobnet.ops.conv import winograd_four
from blobnet.ops.jit import compiled
from blobnet.ops.recording import record
from blobnet.ops.window import Window
from tests.ops.conv.problem import Problem

pytestmark = pytest.mark.skipif(
    compiled("conv.winograd_four_kernel") is None, reason="numba is not at hand"
)

# images, channels, outputs, groups, size, pad, and dilation
CASES = {
    "whole tiles": (2, 9, 10, 1, (16, 16), (1, 1)),
    "odd sizes": (3, 5, 7, 1, (13, 19), (1, 1)),
    "no padding": (2, 4, 12, 1, (9, 22), (0, 0)),
    "wide padding": (2, 3, 4, 1, (6, 5), (3, 2)),
    "groups": (2, 6, 8, 2, (14, 11), (1, 0)),
    "one place": (3, 2, 5, 1, (3, 3), (0, 0)),
    "many images": (37, 8, 6, 1, (7, 7), (1, 1)),
    "many strips": (1, 70, 9, 1, (120, 70), (1, 1)),
    "many strips and blocks": (1, 30, 20, 1, (130, 130), (1, 1)),
    "dilation": (2, 5, 4, 1, (19, 17), (6, 6), (6, 6)),
    "dilation, no padding": (1, 3, 6, 1, (11, 12), (0, 0), (2, 3)),
    "dilation, groups": (2, 4, 6, 2, (4, 9), (3, 4), (3, 2)),
    "wide rows": (1, 3, 3, 1, (5, 90), (1, 1)),
}


def problem(name, dtype="f4"):
    *sizes, pad = CASES[name][:6]
    dilation = CASES[name][6] if len(CASES[name]) > 6 else (1, 1)
    return Problem(winograd_four, (*sizes, (3, 3), (1, 1), pad, dilation), dtype)


def forward(its, slope=1.0, *, has_bias=True):
    y, bias = np.full_like(its.dy, np.nan), its.bias if has_bias else None
    frequencies = winograd_four.transformed(its.weight)
    winograd_four.forward(its.x, its.weight, bias, its.window, y, frequencies, slope)
    return y


@pytest.fixture(params=CASES)
def name(request):
    return request.param


@pytest.mark.parametrize(("dtype", "tolerance"), [("f4", 2e-4), ("f8", 1e-12)])
@pytest.mark.parametrize("has_bias", [False, True])
def test_the_sums_are_those_over_taps(name, dtype, tolerance, has_bias):
    its = problem(name, dtype)
    expected = np.empty_like(its.dy)
    conv.forward(its.x, its.weight, its.bias if has_bias else None, its.window, expected)
    found = forward(its, has_bias=has_bias)
    np.testing.assert_allclose(found, expected, atol=tolerance * np.abs(expected).max())


def test_a_rectifier_behind():
    its = problem("odd sizes")
    y = forward(its)
    np.testing.assert_array_equal(forward(its, 0.25), np.where(y > 0, y, 0.25 * y))


def test_the_number_of_threads_changes_no_bit(name, shared_work, monkeypatch):
    its = problem(name)
    monkeypatch.setattr(its, "forward", partial(forward, its))
    its.check_threads_change_no_bit("forward")
    assert set(shared_work) == {2, 3}


@pytest.mark.parametrize(
    ("name", "launches"),
    [
        ("whole tiles", 2),
        ("many strips", 2),
        ("many strips and blocks", 1),
        ("groups", 1),
        ("wide padding", 1),
        ("dilation", 3),
    ],
)
def test_images_are_transformed_once_where_several_blocks_of_outputs_see_them(name, launches):
    """Not where there are images, strips or groups enough for all threads, or a single block."""
    with record() as found:
        forward(problem(name))
    assert len(found.launches) - 1 == launches  # but for the weights


def test_errors_are_a_few_times_those_of_sums():
    rng, window = np.random.default_rng(5), Window((3, 3), (1, 1), (1, 1), (1, 1))
    x, weight = rng.normal(size=(2, 48, 20, 20)), rng.normal(size=(32, 48, 3, 3))
    exact = np.zeros((2, 32, 20, 20))
    conv.forward(x, weight, None, window, exact)
    x, weight = x.astype("f4"), weight.astype("f4")
    direct, found = exact.astype("f4"), exact.astype("f4")
    conv.direct.forward(x, weight, None, window, direct)
    winograd_four.forward(x, weight, None, window, found, winograd_four.transformed(weight))
    error, of_direct = (np.abs(y - exact).mean() for y in (found, direct))
    assert error < 8 * of_direct


def test_only_where_it_pays():
    def pays(channels, outputs, size, window):
        shape = window.output_size((size, size))
        weight = (outputs, channels, *window.kernel)
        return winograd_four.pays((1, channels, size, size), weight, (1, outputs, *shape), window)

    three = Window((3, 3), (1, 1), (1, 1), (1, 1))
    assert pays(64, 64, 56, three)
    assert pays(512, 84, 38, three)
    assert pays(16, 64, 56, three)
    assert pays(160, 320, 14, three)
    assert not pays(256, 256, 14, three)  # as many weights are read for as few tiles
    assert not pays(16, 16, 14, three)  # too few products
    assert not pays(3, 64, 224, three)  # transforms take longer than products
    assert not pays(512, 512, 7, three)  # weights are read for too few tiles
    assert not pays(64, 64, 56, Window((3, 3), (2, 2), (1, 1), (1, 1)))
    assert pays(512, 1024, 19, Window((3, 3), (1, 1), (6, 6), (6, 6)))
    assert not pays(512, 1024, 19, Window((3, 3), (1, 1), (5, 6), (6, 6)))
    assert not pays(64, 64, 56, Window((5, 5), (1, 1), (2, 2), (1, 1)))
