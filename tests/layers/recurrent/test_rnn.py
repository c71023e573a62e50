import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.recurrent.streams import CONTS, D, carry, recurrent

STATIC = {"no static input": None, "static input": (4,), "static input of more axes": (2, 2)}


def rnn(x, cont, blobs, static, h):
    """o of every timestep, then the last h: stream by stream, value by value."""
    *input_weights, W_hh, W_ho, b_o = (blob.data for blob in blobs)
    T, N = cont.shape
    shown, last = np.empty((T, N, D)), np.empty((N, D))
    for n in range(N):
        hidden = list(h[n])
        for t in range(T):
            new = []
            for row in range(D):
                total = input_weights[1][row] + sum(input_weights[0][row] * x[t, n].ravel())
                if static is not None:
                    total += sum(input_weights[2][row] * static[n].ravel())
                total += sum(W_hh[row, d] * cont[t, n] * hidden[d] for d in range(D))
                new.append(math.tanh(total))
            hidden = new
            for row in range(D):
                shown[t, n, row] = math.tanh(b_o[row] + sum(W_ho[row] * hidden))
        last[n] = hidden
    return shown, last


@pytest.mark.parametrize("cont", CONTS.values(), ids=CONTS)
@pytest.mark.parametrize("static", STATIC.values(), ids=STATIC)
@pytest.mark.parametrize("item", [(2,), (2, 1, 3)])
def test_it_remembers_as_the_formula_says(cont, static, item, rng):
    run = recurrent("RNN", rng, cont, item=item, static=static)
    first = rng.normal(size=(1, np.shape(cont)[1], D))
    carry(run, first)
    run.forward()
    x_static = run.bottom[2].data if static else None
    bottom = (run.bottom[0].data, run.bottom[1].data)
    shown, _ = rnn(*bottom, run.layer.blobs_, x_static, *first)
    np.testing.assert_allclose(run.top[0].data, shown, rtol=1e-11)


@pytest.mark.parametrize("cont", CONTS.values(), ids=CONTS)
@pytest.mark.parametrize("static", [None, (4,)])
def test_exposed_hidden_values_come_in_and_go_out(cont, static, rng):
    run = recurrent("RNN", rng, cont, static=static, exposed=True)
    x, cont, *others = (blob.data for blob in run.bottom)
    x_static = others[0] if static else None
    shown, last = rnn(x, cont, run.layer.blobs_, x_static, others[-1][0])
    np.testing.assert_allclose(run.top[0].data, shown, rtol=1e-11)
    assert run.top[1].shape == (1, *last.shape)
    np.testing.assert_allclose(run.top[1].data[0], last, rtol=1e-11)


@pytest.mark.parametrize("static", [None, (4,)])
def test_the_weights_stand_in_the_order_of_caffe(static, rng):
    run = recurrent("RNN", rng, item=(2, 5), static=static)
    expected = [(D, 10), (D,), (D, 4), (D, D), (D, D), (D,)]
    if static is None:
        del expected[2]
    assert [blob.shape for blob in run.layer.blobs_] == expected


# --- cbfinn/caffe ---------------------------------------------------------------------------------

FUNCTIONS = {"TanH": math.tanh, "Sigmoid": lambda x: 1 / (1 + math.exp(-x)), "AbsVal": abs}


def other(x, cont, options):
    """An RNN of 3 outputs, with random weights."""
    filler = 'filler { type: "gaussian" std: 0.7 }'
    text = f"""name: "memory" type: "RNN" rnn_param {{ {options} }}
        recurrent_param {{ num_output: 3 weight_{filler} bias_{filler} }}"""
    return run_layer(text, x, cont)


@pytest.mark.parametrize("of_states", ["TanH", "Sigmoid"])
@pytest.mark.parametrize("of_output", ["TanH", "AbsVal", "Flatten"])
@pytest.mark.parametrize("hidden", [2, 3])
def test_other_nonlinearities_and_hidden_values(of_states, of_output, hidden, rng):
    x, cont = rng.normal(size=(4, 2, 5)), np.array([[0, 0], [1, 1], [1, 0], [1, 1]])
    options = f'recurrent_nonlinearity: "{of_states}" output_nonlinearity: "{of_output}"'
    run = other(x, cont, f"num_hidden: {hidden} {options}")
    W_xh, b_h, W_hh, W_ho, b_o = (blob.data for blob in run.layer.blobs_)
    assert (W_hh.shape, W_ho.shape) == ((hidden, hidden), (3, hidden))
    expected = np.empty((4, 2, 3))
    for n in range(2):
        h = [0.0] * hidden
        for t in range(4):
            before = [value * cont[t, n] for value in h]
            h = [
                FUNCTIONS[of_states](b_h[d] + sum(W_xh[d] * x[t, n]) + sum(W_hh[d] * before))
                for d in range(hidden)
            ]
            for d in range(3):
                expected[t, n, d] = FUNCTIONS.get(of_output, float)(b_o[d] + sum(W_ho[d] * h))
    if of_output == "Flatten":  # (1, N, 3) becomes (1, N 3) in each timestep
        expected = expected.reshape(4, 6)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            'recurrent_nonlinearity: "Flatten"',
            r"must keep the shape of hidden values\n.*\(1, 2, 3\)",
        ),
        ('output_nonlinearity: "PReLU"', "must have no weights"),
        ('output_nonlinearity: "Tanh"', "TanH"),
    ],
)
def test_a_nonlinearity_that_is_none(options, message, rng):
    with pytest.raises(LayerError, match=message):
        other(rng.normal(size=(4, 2, 5)), np.ones((4, 2)), options)
