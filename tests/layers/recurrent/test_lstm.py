import numpy as np
import pytest

import blobnet
from blobnet.blob import Blob
from blobnet.testing import run_layer
from tests.layers.recurrent.streams import CONTS, D, carry, recurrent
from tests.ops.test_lstm import one_value

STATIC = {"no static input": None, "static input": (4,), "static input of more axes": (2, 2)}


def lstm(x, cont, blobs, static, h, c):
    """h of every timestep, then the last h and c: stream by stream, value by value."""
    *input_weights, W_hc = (blob.data for blob in blobs)
    T, N = cont.shape
    shown = np.empty((T, N, D))
    last = np.empty((2, N, D))
    for n in range(N):
        hidden, cells = list(h[n]), list(c[n])
        for t in range(T):
            sums = []
            for row in range(4 * D):
                total = input_weights[1][row]
                total += sum(input_weights[0][row] * x[t, n].ravel())
                if static is not None:
                    total += sum(input_weights[2][row] * static[n].ravel())
                total += sum(W_hc[row, d] * cont[t, n] * hidden[d] for d in range(D))
                sums.append(total)
            pairs = [one_value(*sums[d::D], cells[d], cont[t, n]) for d in range(D)]
            cells, hidden = [c for c, _ in pairs], [h for _, h in pairs]
            shown[t, n] = hidden
        last[:, n] = hidden, cells
    return shown, last


@pytest.mark.parametrize("cont", CONTS.values(), ids=CONTS)
@pytest.mark.parametrize("static", STATIC.values(), ids=STATIC)
@pytest.mark.parametrize("item", [(2,), (2, 1, 3)])
def test_it_remembers_and_forgets_as_the_formula_says(cont, static, item, rng):
    run = recurrent("LSTM", rng, cont, item=item, static=static)
    first = rng.normal(size=(2, np.shape(cont)[1], D))
    carry(run, first)
    run.forward()
    x_static = run.bottom[2].data if static else None
    bottom = (run.bottom[0].data, run.bottom[1].data)
    shown, _ = lstm(*bottom, run.layer.blobs_, x_static, *first)
    np.testing.assert_allclose(run.top[0].data, shown, rtol=1e-11)


def test_a_bias_makes_it_remember(rng):
    x, cont = rng.normal(size=(3, 2, 4)), np.array([[0, 0], [1, 0], [1, 1]])
    text = f'name: "l" type: "LSTM" recurrent_param {{ num_output: {D} forget_bias: 0.75 }}'
    run = run_layer(text, x, cont)
    for blob in run.layer.blobs_:
        blob.data[...] = rng.normal(size=blob.shape)
    run.forward()
    own = [Blob(dtype=np.float64) for _ in run.layer.blobs_]
    for copy, blob in zip(own, run.layer.blobs_, strict=True):
        copy.reshape(blob.shape)
        copy.data[...] = blob.data
    own[1].data[D : 2 * D] += 0.75
    shown, _ = lstm(x, cont, own, None, *np.zeros((2, 2, D)))
    np.testing.assert_allclose(run.top[0].data, shown, rtol=1e-11)


@pytest.mark.parametrize("cont", CONTS.values(), ids=CONTS)
@pytest.mark.parametrize("static", [None, (4,)])
def test_exposed_states_come_in_and_go_out(cont, static, rng):
    run = recurrent("LSTM", rng, cont, static=static, exposed=True)
    x, cont, *others = (blob.data for blob in run.bottom)
    h_0, c_0 = others[-2:]
    x_static = others[0] if static else None
    shown, last = lstm(x, cont, run.layer.blobs_, x_static, h_0[0], c_0[0])
    np.testing.assert_allclose(run.top[0].data, shown, rtol=1e-11)
    for top, state in zip(run.top[1:], last, strict=True):
        assert top.shape == (1, *state.shape)
        np.testing.assert_allclose(top.data[0], state, rtol=1e-11)


def unrolled(shape):
    """The net that Caffe builds inside of this layer, for x of (T, N, 5) and x_static of (N, 4)."""
    T, N = shape
    no_bias = f"num_output: {4 * D} bias_term: false"
    steps = range(1, T + 1)
    cont_tops = "".join(f'top: "cont_{t}" ' for t in steps)
    x_tops = "".join(f'top: "W_xc_x_{t}" ' for t in steps)
    text = f"""
        layer {{ name: "in" type: "Input" top: "x" top: "cont" top: "x_static" top: "h_0" top: "c_0"
                 input_param {{ shape {{ dim: {T} dim: {N} dim: 5 }} shape {{ dim: {T} dim: {N} }}
                   shape {{ dim: {N} dim: 4 }} shape {{ dim: 1 dim: {N} dim: {D} }}
                   shape {{ dim: 1 dim: {N} dim: {D} }} }} }}
        layer {{ name: "cont_slice" type: "Slice" bottom: "cont" {cont_tops}
                 slice_param {{ axis: 0 }} }}
        layer {{ name: "x_transform" type: "InnerProduct" bottom: "x" top: "W_xc_x"
                 propagate_down: true inner_product_param {{ num_output: {4 * D} axis: 2 }} }}
        layer {{ name: "static" type: "InnerProduct" bottom: "x_static" top: "static"
                 propagate_down: true inner_product_param {{ {no_bias} }} }}
        layer {{ name: "static_reshape" type: "Reshape" bottom: "static" top: "W_xc_x_static"
                 reshape_param {{ shape {{ dim: 1 dim: -1 dim: {4 * D} }} }} }}
        layer {{ name: "x_slice" type: "Slice" bottom: "W_xc_x" {x_tops}
                 slice_param {{ axis: 0 }} }}
    """
    for t in steps:
        text += f"""
            layer {{ name: "h_conted_{t - 1}" type: "Scale" bottom: "h_{t - 1}" bottom: "cont_{t}"
                     top: "h_conted_{t - 1}" scale_param {{ axis: 0 }} }}
            layer {{ name: "transform_{t}" type: "InnerProduct" bottom: "h_conted_{t - 1}"
                     top: "W_hc_h_{t - 1}" param {{ name: "W_hc" }}
                     inner_product_param {{ {no_bias} axis: 2 }} }}
            layer {{ name: "gate_input_{t}" type: "Eltwise" bottom: "W_hc_h_{t - 1}"
                     bottom: "W_xc_x_{t}" bottom: "W_xc_x_static" top: "gate_input_{t}" }}
            layer {{ name: "unit_{t}" type: "LSTMUnit" bottom: "c_{t - 1}" bottom: "gate_input_{t}"
                     bottom: "cont_{t}" top: "c_{t}" top: "h_{t}" }}
        """
    bottoms = "".join(f'bottom: "h_{t}" ' for t in steps)
    text += f"""
        layer {{ name: "h_concat" type: "Concat" {bottoms} top: "h" concat_param {{ axis: 0 }} }}
        layer {{ name: "loss" type: "Reduction" bottom: "h" top: "loss" loss_weight: 1 }}
    """
    return blobnet.Net(blobnet.parse_net(text), dtype=np.float64)


@pytest.mark.parametrize("cont", [CONTS[name] for name in ("starts inside", "fractions")])
def test_it_does_what_the_net_does_that_caffe_unrolls(cont, rng):
    run = recurrent("LSTM", rng, cont, item=(5,), static=(4,), exposed=True)
    run.top[0].diff[...] = 1
    run.backward()
    net = unrolled(np.shape(cont))
    inner = ("x_transform", "static", "transform_1")
    weights = [blob for name in inner for blob in net.params[name]]
    for blob, own in zip(weights, run.layer.blobs_, strict=True):
        blob.data[...] = own.data
    names = ("x", "cont", "x_static", "h_0", "c_0")
    net.forward(**dict(zip(names, (blob.data for blob in run.bottom), strict=True)))
    net.backward()
    np.testing.assert_allclose(run.top[0].data, net.blobs["h"].data, rtol=1e-12)
    for name, bottom in (("x", run.bottom[0]), ("x_static", run.bottom[2])):
        np.testing.assert_allclose(bottom.diff, net.blobs[name].diff, rtol=1e-10, atol=1e-14)
    for blob, own in zip(weights, run.layer.blobs_, strict=True):
        assert blob.diff.any()
        np.testing.assert_allclose(own.diff, blob.diff, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("static", [None, (4,)])
def test_the_weights_stand_in_the_order_of_caffe(static, rng):
    run = recurrent("LSTM", rng, item=(2, 5), static=static)
    expected = [(4 * D, 10), (4 * D,), (4 * D, 4), (4 * D, D)]
    if static is None:
        del expected[2]
    assert [blob.shape for blob in run.layer.blobs_] == expected


def test_a_caffemodel_fills_the_weights(tmp_path, rng):
    definition = blobnet.parse_net("""
        layer { name: "in" type: "Input" top: "x" top: "cont" top: "x_static"
                input_param { shape { dim: 4 dim: 2 dim: 5 } shape { dim: 4 dim: 2 }
                              shape { dim: 2 dim: 3 } } }
        layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" bottom: "x_static" top: "h"
                recurrent_param { num_output: 6 } }
    """)
    stored = blobnet.proto.NetParameter()
    layer = stored.layer.add(name="lstm", type="LSTM")
    arrays = [rng.normal(size=shape) for shape in ((24, 5), (24,), (24, 3), (24, 6))]
    for array in arrays:
        blob = layer.blobs.add()
        blob.shape.dim.extend(array.shape)
        blob.data.extend(array.ravel())
    path = tmp_path / "lstm.caffemodel"
    path.write_bytes(stored.SerializeToString())
    net = blobnet.Net(definition, "TEST", weights=path)
    for blob, array in zip(net.params["lstm"], arrays, strict=True):
        np.testing.assert_allclose(blob.data, array, rtol=1e-6)
