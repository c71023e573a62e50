"""What LSTM and RNN have in common: states that carry over, shapes, gradients' manners."""

import json

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.layer_register import create_layer
from blobnet.ops.parallel import set_num_threads
from blobnet.serialization.blob_proto import blob_to_proto
from blobnet.testing import run_layer
from tests.layers.recurrent.streams import (
    CONTS,
    NUM_STATES,
    D,
    carried,
    carry,
    prototxt,
    recurrent,
)

pytestmark = pytest.mark.parametrize("kind", ["LSTM", "RNN"])

GOES_ON = CONTS["goes on from before"]


def set_streams(run, x, cont):
    for blob, values in zip(run.bottom, (x, cont), strict=True):
        blob.reshape(np.shape(values))
        blob.data[...] = values


# --- states that carry over -----------------------------------------------------------------------


def test_two_batches_are_one_long_sequence(kind, rng):
    x = rng.normal(size=(8, 2, 5))
    cont = np.ones((8, 2))
    cont[[0, 3, 6], [0, 1, 1]] = 0
    long = run_layer(prototxt(kind), x, cont)
    short = run_layer(prototxt(kind), x[:4], cont[:4])
    np.testing.assert_allclose(short.top[0].data, long.top[0].data[:4], rtol=1e-12)
    set_streams(short, x[4:], cont[4:])
    short.forward()
    np.testing.assert_allclose(short.top[0].data, long.top[0].data[4:], rtol=1e-12)


def test_reset_makes_it_forget(kind, rng):
    run = recurrent(kind, rng, GOES_ON)
    carry(run, np.zeros((NUM_STATES[kind], 2, D)))
    run.forward()
    fresh = run.top[0].data.copy()
    run.forward()
    assert not np.allclose(run.top[0].data, fresh)
    run.layer.reset()
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, fresh)


def test_exposed_states_do_not_carry_over(kind, rng):
    run = recurrent(kind, rng, GOES_ON, exposed=True)
    before = run.top[0].data.copy()
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, before)


def test_states_carry_over_to_the_streams_that_there_are(kind, rng):
    run = recurrent(kind, rng, np.ones((1, 4)))
    states = rng.normal(size=(NUM_STATES[kind], 4, D))

    def carried_to(streams):
        set_streams(run, rng.normal(size=(1, streams, 2)), np.ones((1, streams)))
        run.layer.update_shapes(run.bottom, run.top)
        return carried(run)[:, :streams]

    carry(run, states)
    np.testing.assert_array_equal(carried_to(2), states[:, :2])
    run.forward()
    states[:, :2] = carried(run)[:, :2]
    np.testing.assert_array_equal(carried_to(4), states)  # the last two as they were
    assert not carried_to(5).any()  # more than ever: all begin anew
    run.forward()
    assert carried(run).all()


@pytest.mark.parametrize("streams", [1, 4])
def test_a_new_number_of_streams_gives_the_numbers_of_a_new_layer(kind, streams, rng):
    run = recurrent(kind, rng)
    x = rng.normal(size=(4, streams, 2))
    cont = np.resize(CONTS["starts inside"], (4, streams))
    set_streams(run, x, cont)
    run.layer.reset()
    run.forward()
    expected = run_layer(prototxt(kind), x, cont)
    assert run.top[0].shape == (4, streams, D)
    np.testing.assert_array_equal(run.top[0].data, expected.top[0].data)
    for same in (run, expected):
        same.top[0].diff[...] = 1
        same.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, expected.bottom[0].diff)


@pytest.mark.parametrize("exposed", [False, True])
def test_no_streams_at_all(kind, exposed, rng):
    run = recurrent(kind, rng, np.ones((3, 0)), static=(2,), exposed=exposed, dtype=np.float32)
    run.backward()
    assert run.top[0].shape == (3, 0, D)
    for blob in run.layer.blobs_:
        assert not blob.diff.any()


def test_a_state_goes_through_json_bit_for_bit(kind, rng):
    run = recurrent(kind, rng, GOES_ON, dtype=np.float32)
    state = json.loads(json.dumps(run.layer.get_state()))
    run.forward()
    expected = run.top[0].data.copy()
    other = recurrent(kind, np.random.default_rng(5), GOES_ON, dtype=np.float32)
    other.bottom[0].data[...] = run.bottom[0].data
    other.layer.set_state(state)
    other.forward()
    np.testing.assert_array_equal(other.top[0].data, expected)


RESUMED = """
    layer {{ name: "data" type: "DummyData" top: "x" top: "cont" top: "y"
      dummy_data_param {{ shape {{ dim: 3 dim: 2 dim: 4 }} shape {{ dim: 3 dim: 2 }}
        shape {{ dim: 3 dim: 2 dim: 5 }} data_filler {{ type: "gaussian" std: 1 }}
        data_filler {{ value: 1 }} data_filler {{ type: "uniform" }} }} }}
    layer {{ name: "memory" type: "{kind}" bottom: "x" bottom: "cont" top: "h"
      recurrent_param {{ num_output: 5 weight_filler {{ type: "gaussian" std: 1 }} }} }}
    layer {{ name: "loss" type: "EuclideanLoss" bottom: "h" bottom: "y" top: "loss" }}
"""


@pytest.mark.parametrize("snapshot_format", ["BINARYPROTO", "HDF5"])
def test_a_resumed_training_remembers_what_it_had_read(kind, snapshot_format, tmp_path):
    if snapshot_format == "HDF5":
        pytest.importorskip("h5py")

    def solver():
        return blobnet.get_solver(
            blobnet.parse_solver(
                f'base_lr: 0.1 lr_policy: "fixed" momentum: 0.9 random_seed: 7 max_iter: 9 '
                f'snapshot_prefix: "{tmp_path}/run" snapshot_format: {snapshot_format} '
                f"net_param {{ {RESUMED.format(kind=kind)} }}"
            )
        )

    unbroken = solver()
    unbroken.step(3)
    snapshot = unbroken.snapshot()
    unbroken.step(3)
    resumed = solver()
    resumed.restore(snapshot)
    resumed.step(3)
    assert resumed.net.get_state() == unbroken.net.get_state()
    for mine, other in zip(
        resumed.net.learnable_params, unbroken.net.learnable_params, strict=True
    ):
        assert mine.data.tobytes() == other.data.tobytes()


# --- gradients ------------------------------------------------------------------------------------


def test_only_wanted_gradients_are_written(kind, rng):
    run = recurrent(kind, rng, static=(2,), exposed=True)
    for top in run.top:
        top.diff[...] = rng.normal(size=top.shape)
    run.backward()
    all_of_them = [blob.diff.copy() for blob in (*run.bottom, *run.layer.blobs_)]
    num_bottoms, num_blobs = len(run.bottom), len(run.layer.blobs_)
    for wanted in {*range(num_bottoms), *range(num_bottoms, num_bottoms + num_blobs)} - {1}:
        for blob in (*run.bottom, *run.layer.blobs_):
            blob.diff[...] = 0
        run.layer.param_propagate_down_ = [num_bottoms + i == wanted for i in range(num_blobs)]
        run.backward([i == wanted for i in range(num_bottoms)])
        for i, blob in enumerate((*run.bottom, *run.layer.blobs_)):
            np.testing.assert_array_equal(blob.diff, all_of_them[i] if i == wanted else 0)


@pytest.mark.parametrize("cont", CONTS.values(), ids=CONTS)
@pytest.mark.parametrize("static", [None, (2,)])
def test_exposed_states_neither_take_nor_give_gradients(kind, cont, static, rng):
    run = recurrent(kind, rng, cont, static=static, exposed=True)
    carrying = run_layer(prototxt(kind), *(blob.data for blob in run.bottom[: run_streams(run)]))
    for blob, own in zip(carrying.layer.blobs_, run.layer.blobs_, strict=True):
        blob.data[...] = own.data
    carry(carrying, [blob.data[0] for blob in run.bottom[run_streams(run) :]])
    carrying.forward()  # from the same states on; its gradients are checked by differences
    np.testing.assert_array_equal(carrying.top[0].data, run.top[0].data)

    for top in run.top:
        top.diff[...] = rng.normal(size=top.shape)
    carrying.top[0].diff[...] = run.top[0].diff
    for blob in run.bottom:
        blob.diff[...] = np.nan
    run.backward([index != 1 for index in range(len(run.bottom))])
    carrying.backward()
    pairs = zip(carrying.bottom, run.bottom, strict=False)
    for blob, own in [*pairs, *zip(carrying.layer.blobs_, run.layer.blobs_, strict=True)]:
        if blob is not carrying.bottom[1]:
            np.testing.assert_array_equal(own.diff, blob.diff)
    for blob in run.bottom[run_streams(run) :]:
        np.testing.assert_array_equal(blob.diff, 0)


def run_streams(run):
    """How many bottoms stand before the exposed states."""
    return len(run.bottom) - len(run.top) + 1


@pytest.mark.parametrize("static", [None, (2,)])
def test_exposed_states_are_not_asked_for_gradients(kind, static, rng):
    run = recurrent(kind, rng, static=static, exposed=True)
    inputs = [True, False] if static is None else [True, False, True]
    assert run.propagate_down() == inputs + [False] * NUM_STATES[kind]


def test_the_gradient_does_not_depend_on_what_later_layers_make_of_the_tops(kind, rng):
    run = recurrent(kind, rng, exposed=True)
    for top in run.top:
        top.diff[...] = rng.normal(size=top.shape)
    run.backward()
    expected = run.bottom[0].diff.copy()
    for top in run.top:
        top.data[...] = 77  # as a layer that works in place does
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


def test_the_indicators_get_no_gradient(kind, rng):
    run = recurrent(kind, rng, static=(2,), exposed=True)
    with pytest.raises(LayerError, match="Cannot backpropagate to sequence indicators"):
        run.backward([True] * len(run.bottom))


def test_the_number_of_threads_changes_nothing(kind, rng):
    x, cont = rng.normal(size=(2, 48, 200)), np.ones((2, 48))
    results = []
    try:
        for number in (1, 3):
            set_num_threads(number)
            run = run_layer(f'type: "{kind}" recurrent_param {{ num_output: 220 }}', x, cont)
            for blob, fresh in zip(run.layer.blobs_, draws(run.layer.blobs_), strict=True):
                blob.data[...] = fresh
            run.forward()
            run.top[0].diff[...] = 1
            run.backward()
            results.append([run.top[0].data, *(blob.diff for blob in run.layer.blobs_)])
    finally:
        set_num_threads(None)
    for one, three in zip(*results, strict=True):
        np.testing.assert_array_equal(one, three)


def draws(blobs):
    rng = np.random.default_rng(3)
    return [rng.normal(size=blob.shape) * 0.1 for blob in blobs]


# --- in a net -------------------------------------------------------------------------------------


def net_of(layers, **options):
    data = """
        layer { name: "in" type: "Input" top: "x" top: "cont"
                input_param { shape { dim: 4 dim: 2 dim: 5 } shape { dim: 4 dim: 2 } } }
    """
    return blobnet.Net(blobnet.parse_net(data + layers), seed=1, **options)


def memory(kind, name, bottom, params=""):
    return f"""
        layer {{ name: "{name}" type: "{kind}" bottom: "{bottom}" bottom: "cont" top: "{name}"
                 {params} loss_weight: 1
                 recurrent_param {{ num_output: 5 weight_filler {{ type: "xavier" }} }} }}
    """


def test_two_layers_share_their_weights_by_name(kind, rng):
    count = 3 if kind == "LSTM" else 5
    named = "".join(f'param {{ name: "p{i}" }}' for i in range(count))
    shared, apart = (
        net_of(memory(kind, "m1", "x", params) + memory(kind, "m2", "m1", params), dtype=np.float64)
        for params in (named, "")
    )
    assert len(shared.learnable_params) == count
    for own, other in zip(apart.params["m1"], apart.params["m2"], strict=True):
        other.data[...] = own.data
    for blob, values in zip(shared.params["m1"], apart.params["m1"], strict=True):
        blob.data[...] = values.data
    x, cont = rng.normal(size=(4, 2, 5)), CONTS["starts inside"]
    for net in (shared, apart):
        net.forward(x=x, cont=cont)
        net.backward()
    assert shared.loss == apart.loss
    for blob, one, two in zip(
        shared.params["m2"], apart.params["m1"], apart.params["m2"], strict=True
    ):
        np.testing.assert_allclose(blob.diff, one.diff + two.diff, rtol=1e-10)


def test_every_weight_has_a_rate_of_its_own(kind, rng):
    net = net_of(memory(kind, "m", "x", "param { lr_mult: 2 } param { lr_mult: 0 }"))
    assert net.params_lr == [2, 0] + [1] * (len(net.params["m"]) - 2)
    net.forward(x=rng.normal(size=(4, 2, 5)), cont=CONTS["starts inside"])
    net.backward()
    has_gradient = [blob.diff.any() for blob in net.params["m"]]
    assert has_gradient == [i != 1 for i in range(len(net.params["m"]))]


def test_weights_may_come_with_the_definition(kind, rng):
    run = recurrent(kind, rng)
    layer_param = run.layer.layer_param_
    layer_param.blobs.extend(blob_to_proto(blob) for blob in run.layer.blobs_)
    layer = create_layer(layer_param, phase=blobnet.TRAIN, dtype=np.float64)
    layer.initialize(run.bottom, run.top)
    for mine, other in zip(layer.blobs_, run.layer.blobs_, strict=True):
        np.testing.assert_array_equal(mine.data, other.data)


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "static", "message"),
    [
        ((5, 2, 5), (2, 3), r"input number of timesteps changed\n.*4 timesteps.*\n.*5 "),
        ((4, 2, 6), (2, 3), r"no longer fits the weights\n.*5 values .*bottom\[0\]\n.*6 "),
        ((4, 2, 5), (2, 7), r"no longer fits the weights\n.*3 values .*bottom\[2\]\n.*7 "),
    ],
)
def test_sizes_that_cannot_change_are_refused(kind, x, static, message, rng):
    run = recurrent(kind, rng, item=(5,), static=(3,))
    for blob, shape in zip(run.bottom, (x, x[:2], static), strict=True):
        blob.reshape(shape)
    with pytest.raises(LayerError, match=f'"memory": .*{message}'):
        run.forward()


def test_num_output_must_be_given(kind):
    with pytest.raises(LayerError, match="num_output must be positive"):
        run_layer(f'type: "{kind}"', np.zeros((4, 2, 5)), np.zeros((4, 2)))


def test_it_does_not_work_in_place(kind, rng):
    run = recurrent(kind, rng, item=(D,))
    with pytest.raises(LayerError, match="does not allow in-place computation"):
        run.layer.initialize(run.bottom, run.bottom[:1])


STATES = {"LSTM": "hc", "RNN": "h"}


@pytest.mark.parametrize("learns", ["by the last state", "of the first state", "of neither"])
def test_that_nothing_is_learned_through_exposed_states_is_said_once(kind, learns, caplog):
    """The gradient is 0, as in Caffe: whoever counts on it hears of it."""
    shapes = {"x": (2, 3, 4), "cont": (2, 3)} | {f"{s}0": (1, 3, 5) for s in STATES[kind]}
    text = "".join(
        f'''layer {{ name: "{name}" type: "Input" top: "{name}"
        input_param {{ shape {{ {" ".join(f"dim: {d}" for d in shape)} }} }} }}'''
        for name, shape in shapes.items()
    )
    if learns == "of the first state":
        text += 'layer { name: "learned" type: "Bias" bottom: "h0" top: "h0" }'
    bottoms = " ".join(f'bottom: "{name}"' for name in shapes)
    tops = " ".join(f'top: "{s}T"' for s in STATES[kind])
    text += f'''layer {{ name: "r" type: "{kind}" {bottoms} top: "y" {tops}
        recurrent_param {{ num_output: 5 expose_hidden: true
        weight_filler {{ type: "xavier" }} }} }}'''
    end = "hT" if learns == "by the last state" else "y"
    text += f'''layer {{ name: "end" type: "Reduction" bottom: "{end}" top: "end"
        loss_weight: 1 }}'''
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN", seed=0)
    with caplog.at_level("WARNING", "blobnet"):
        for _ in range(3):
            net.forward(**{name: np.ones(shape) for name, shape in shapes.items()})
            net.backward()
    said = [line for line in caplog.messages if "nothing is learned through" in line]
    assert len(said) == (learns != "of neither")
    assert all(f'{kind} layer "r"' in line for line in said)
    assert net.params["r"][0].diff.any() == (learns != "by the last state")
