import math

import numpy as np
import pytest

from blobnet.ops.lstm import lstm_unit, lstm_unit_backward
from blobnet.ops.overflow import overflow_allowed

N, D = 3, 2


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def one_value(i, f, o, g, c_prev, cont):
    """(c, h) of a single value."""
    c = cont * sigmoid(f) * c_prev + sigmoid(i) * math.tanh(g)
    return c, sigmoid(o) * math.tanh(c)


def one_gradient(i, f, o, g, c_prev, cont, c, dc, dh):
    """The gradients of a single i, f, o, g and c_prev: what Caffe computes on a CPU."""
    i, f, o, g, tanh_c = sigmoid(i), cont * sigmoid(f), sigmoid(o), math.tanh(g), math.tanh(c)
    slope = dc + dh * o * (1 - tanh_c**2)
    return (
        slope * g * i * (1 - i),
        slope * c_prev * f * (1 - f),
        dh * tanh_c * o * (1 - o),
        slope * i * (1 - g**2),
        slope * f,
    )


class Unit:
    """The arrays of one step."""

    def __init__(self, x, c_prev, cont):
        self.x, self.c_prev, self.cont = x, c_prev, cont
        self.gates = np.empty_like(x)
        self.c, self.tanh_c, self.h = (np.empty_like(c_prev) for _ in range(3))

    def forward(self):
        lstm_unit(self.x, self.c_prev, self.cont, self.gates, self.c, self.tanh_c, self.h)
        return self.c, self.h

    def backward(self, dc, dh):
        dx, dc_prev = np.full_like(self.x, np.nan), np.full_like(self.c_prev, np.nan)
        lstm_unit_backward(self.gates, self.c_prev, self.tanh_c, dc, dh, dx=dx, dc_prev=dc_prev)
        return dx, dc_prev


@pytest.fixture
def unit(rng):
    cont = np.array([[0], [1], [0.4]])
    return Unit(rng.normal(size=(N, 4 * D)) * 2, rng.normal(size=(N, D)), cont)


def test_every_value_follows_the_formula(unit):
    c, h = unit.forward()
    for n in range(N):
        for d in range(D):
            expected = one_value(*unit.x[n, d::D], unit.c_prev[n, d], unit.cont[n, 0])
            np.testing.assert_allclose((c[n, d], h[n, d]), expected, rtol=1e-13)


def test_the_gates_may_take_the_place_of_their_inputs(unit):
    expected = [values.copy() for values in (*unit.forward(), unit.gates)]
    unit.gates = unit.x
    for values, other in zip((*unit.forward(), unit.gates), expected, strict=True):
        np.testing.assert_array_equal(values, other)


def test_gradients(unit, rng):
    unit.cont = np.array([[0.0], [1.0], [1.0]])
    dc, dh = rng.normal(size=(2, N, D))

    def objective():
        c, h = unit.forward()
        return np.vdot(dc, c) + np.vdot(dh, h)

    objective()
    for values, gradient in zip((unit.x, unit.c_prev), unit.backward(dc, dh), strict=True):
        for index in np.ndindex(values.shape):
            kept = values[index]
            values[index] = kept + 1e-5
            above = objective()
            values[index] = kept - 1e-5
            slope = (above - objective()) / 2e-5
            values[index] = kept
            np.testing.assert_allclose(gradient[index], slope, rtol=1e-7, atol=1e-9)


def test_gradients_for_every_cont_are_those_of_caffe(unit, rng):
    dc, dh = rng.normal(size=(2, N, D))
    c, _ = unit.forward()
    dx, dc_prev = unit.backward(dc, dh)
    for n in range(N):
        for d in range(D):
            c_prev, cont = unit.c_prev[n, d], unit.cont[n, 0]
            diffs = one_gradient(*unit.x[n, d::D], c_prev, cont, c[n, d], dc[n, d], dh[n, d])
            np.testing.assert_allclose((*dx[n, d::D], dc_prev[n, d]), diffs, rtol=1e-12)


def test_one_gradient_may_take_the_place_of_the_other(unit, rng):
    dc, dh = rng.normal(size=(2, N, D))
    unit.forward()
    dx, dc_prev = unit.backward(dc, dh)
    also_dx = np.empty_like(dx)
    lstm_unit_backward(unit.gates, unit.c_prev, unit.tanh_c, dc, dh, dx=also_dx, dc_prev=dc)
    np.testing.assert_array_equal(dc, dc_prev)
    np.testing.assert_array_equal(also_dx, dx)


def test_where_a_sequence_starts_even_a_forget_gate_of_nan_lets_nothing_through():
    x = np.array([[0.3, np.nan, 0.2, 0.1]])
    unit = Unit(x, np.array([[5.0]]), np.array([[0.0]]))
    c, h = unit.forward()
    np.testing.assert_allclose((c[0, 0], h[0, 0]), one_value(0.3, 0, 0.2, 0.1, 5, 0))
    dx, dc_prev = unit.backward(np.ones((1, 1)), np.ones((1, 1)))
    assert dx[0, 1] == dc_prev[0, 0] == 0
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@overflow_allowed()
def test_large_inputs_saturate(dtype):
    x = np.array([[1e4, -1e4, 1e4, -1e4]], dtype)
    c, h = Unit(x, np.array([[7]], dtype), np.array([[1]], dtype)).forward()
    np.testing.assert_allclose((c[0, 0], h[0, 0]), (-1, math.tanh(-1)), rtol=1e-6)
