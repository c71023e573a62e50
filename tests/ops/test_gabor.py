"""Gabor filters against the formula, one value after the other; the settings are written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from blobnet.ops.gabor import BANKS, gabor_filters

WHITE = (1, 1, 1)
# (filters, size), the filter, and of it: amplitude, spread, omega, theta, phi, colour
KNOWN = [
    ((32, 5), 3, 0.5, 0.6, 2 * math.pi, 3 * math.pi / 8, 0, WHITE),
    ((32, 5), 9, 0.5, 0.6, math.pi, math.pi / 6 + math.pi / 12, 0, WHITE),
    ((32, 5), 13, 0.5, 0.6, math.pi, 5 * math.pi / 6 + math.pi / 12, 0, WHITE),
    ((32, 5), 15, 0.5, 0.75, math.pi / 4, 0, math.pi, (1, -1, 1)),
    ((32, 5), 18, 0.5, 0.6, math.pi / 2, math.pi + 3 * math.pi / 8, math.pi / 2, WHITE),
    ((32, 5), 23, 0.5, 0.6, math.pi / 2, 15 * math.pi / 8, math.pi / 2, (1, 0, -1)),
    ((32, 5), 25, 0.5, 0.6, math.pi / 2, 7 * math.pi / 8, math.pi / 2, (-1, 1, 1)),
    ((32, 5), 29, 0.5, 0.6, math.pi / 2, 5 * math.pi / 8, math.pi / 2, (-1, 1, -1)),
    ((32, 5), 30, 0.5, 0.6, math.pi / 2, 3 * math.pi / 8, math.pi / 2, (1, 1, 0)),
    ((64, 7), 13, 1 / 1.625, 0.525, 3 * math.pi / 3.5, math.pi / 4, 11 * math.pi / 8, WHITE),
    ((64, 7), 37, 0.5, 0.45, 3 * math.pi, 5 * math.pi / 8, math.pi, WHITE),
    ((64, 7), 41, 1 / 1.5, 0.5, math.pi / 4, 0, 13 * math.pi, (0.25, -1, 1)),
    ((64, 7), 46, 2 / 3, 1, math.pi / 4, 49 * math.pi / 8, math.pi / 2, (1, 0.1, -0.5)),
    ((64, 7), 50, 2 / 3, 1, math.pi / 4, 17 * math.pi / 32, math.pi / 2, (-0.5, 0.1, 1)),
    ((64, 7), 57, 1, 1, math.pi / 4, 5 * math.pi / 8, math.pi / 2, (0.25, -1, 1)),
    ((64, 7), 61, 2 / 3, 1, math.pi / 4, 21 * math.pi / 8, math.pi / 2, (-1, -1, 1)),
    ((64, 3), 13, 1 / 1.625, 1, math.pi / 3.5, math.pi / 4, 11 * math.pi / 8, WHITE),
    ((96, 11), 42, 1 / 3 / 1.25, 0.55, 5 * math.pi / 2, 5 * math.pi / 6, 3 * math.pi / 8, WHITE),
    ((96, 11), 54, 1 / 6, 1 / 1.5, math.pi / 4, 0, 13 * math.pi, (0.25, -1, 1)),
    ((96, 11), 57, 1 / 4.5, 0.75, 5 * math.pi / 8, 5 * math.pi / 8, math.pi / 2, (-1, 1, -0.5)),
    ((96, 11), 62, 1 / 9, 2, 5 * math.pi / 8, 9 * math.pi / 8, math.pi / 2, (1, -0.5, -0.75)),
    ((96, 11), 69, 1 / 4.5, 0.75, 5 * math.pi / 4, 41 * math.pi / 32, math.pi / 2, (1, 0.1, -0.75)),
    ((96, 11), 75, 1 / 4.5, 1, 5 * math.pi / 12, 25 * math.pi / 32, math.pi / 2, (-0.5, 0.1, 1)),
    ((96, 11), 86, 1 / 7.5, 1, 5 * math.pi / 8, 49 * math.pi / 32, math.pi / 2, (-1, -1, 1)),
    ((96, 11), 91, 1 / 3, 0.6, 5 * math.pi / 16, 25 * math.pi / 16, math.pi / 2, WHITE),
    ((96, 11), 95, 1 / 12, 0.75, 5 * math.pi / 4, 57 * math.pi / 32, math.pi / 2, (-1, -1, 1)),
]


@pytest.mark.parametrize(
    ("bank", "number", "amplitude", "spread", "omega", "theta", "phi", "colour"), KNOWN
)
def test_a_filter_is_a_wave_under_a_bell(
    bank, number, amplitude, spread, omega, theta, phi, colour
):
    size = bank[1]
    expected = np.empty((3, size, size))
    for channel in range(3):
        for row in range(size):
            for column in range(size):
                x, y = 2 * column / (size - 1) - 1, 2 * row / (size - 1) - 1
                bell = math.exp(-(x * x + y * y) / (2 * spread * spread))
                wave = math.cos((x * math.cos(theta) - y * math.sin(theta)) * omega + phi)
                expected[channel, row, column] = colour[channel] * amplitude * bell * wave
    np.testing.assert_allclose(gabor_filters(*bank)[number], expected, atol=1e-12)


@pytest.mark.parametrize("bank", BANKS)
def test_all_values_are_finite_and_some_are_large(bank):
    filters = gabor_filters(*bank).reshape(bank[0], -1)
    assert np.isfinite(filters).all()
    assert np.abs(filters).max() > 0.3


def test_there_is_no_bank_for_other_shapes():
    with pytest.raises(KeyError):
        gabor_filters(64, 5)
