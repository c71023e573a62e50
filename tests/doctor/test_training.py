"""Solvers, logs, data, and what a definition says."""

from __future__ import annotations

import math

import numpy as np
import pytest

import blobnet
from blobnet.datasets.database_writer import new_database
from blobnet.doctor import Case
from blobnet.proto import BlobProto, Datum
from tests.doctor.cases import NET, faults, notes, trained_like

TRAIN = """
layer { name: "train" type: "Data" top: "data" top: "label" include { phase: TRAIN }
  data_param { source: "SOURCE/train" backend: LMDB batch_size: 50 } MORE }
layer { name: "test" type: "Data" top: "data" top: "label" include { phase: TEST }
  data_param { source: "SOURCE/test" backend: LMDB batch_size: 50 } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""


def case_of(folder, text=NET, **files):
    (folder / "net.prototxt").write_text(text)
    paths = {}
    for name, content in files.items():
        paths[name] = folder / f"{name}.txt"
        paths[name].write_text(content)
    return Case(folder / "net.prototxt", **paths)


# --- solvers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("solver", "what"),
    [
        ('base_lr: 0.1 lr_policy: "poly" power: 0.9', "poly"),
        ('base_lr: 0.1 lr_policy: "fixed"', "no max_iter"),
        ('base_lr: 0.1 lr_policy: "step" max_iter: 100', "step"),
        ('base_lr: 0.1 lr_policy: "fixed" momentum: 1.5 max_iter: 9', "momentum"),
        ('base_lr: 500 lr_policy: "fixed" max_iter: 9', "higher than any"),
        ('base_lr: 1 lr_policy: "step" gamma: 0 stepsize: 5 max_iter: 900', "0 long before"),
        ('base_lr: 1 lr_policy: "stp" max_iter: 900', "stp"),
    ],
)
def test_solvers_that_cannot_work_are_told(solver, what, tmp_path):
    told = faults(case_of(tmp_path, solver=solver))
    assert any(what in each.what + each.evidence for each in told)


@pytest.mark.parametrize(
    "solver",
    [
        'base_lr: 0.01 momentum: 0.9 lr_policy: "inv" gamma: 1e-4 power: 0.75 max_iter: 10000',
        'base_lr: 0.1 momentum: 0.9 lr_policy: "multistep" gamma: 0.1 stepvalue: 32000 '
        "stepvalue: 48000 max_iter: 64000",
        'base_lr: 0.5 lr_policy: "poly" power: 1 max_iter: 600000 momentum: 0.9',
        'type: "Adam" base_lr: 0.001 momentum: 0.9 momentum2: 0.999 lr_policy: "fixed" '
        "max_iter: 100",
        'type: "AdaDelta" base_lr: 1 lr_policy: "fixed" momentum: 0.95 delta: 1e-6 max_iter: 99',
        'base_lr: 1e-10 lr_policy: "fixed" momentum: 0.99 max_iter: 100000',
    ],
)
def test_published_solvers_are_well(solver, tmp_path):
    assert faults(case_of(tmp_path, solver=solver)) == []


@pytest.mark.parametrize(
    ("rate", "what"),
    [("1e4", "the rate is too high for these"), ("1e-12", "the rate is too low for these")],
)
def test_a_rate_that_does_not_fit_the_weights_is_told(rate, what, tmp_path, rng):
    case = trained_on(tmp_path, rng.integers(4, size=300), rng.integers(4, size=100), rng)
    case.solver_path = tmp_path / "solver.prototxt"
    settings = f'net: "{case.net_path.as_posix()}" lr_policy: "fixed" max_iter: 9 base_lr: '
    case.solver_path.write_text(settings + rate)
    assert any(each.what.startswith(what) for each in faults(case))
    sound = case_again(case, settings + "1e-5")
    assert faults(sound) == []
    assert not list(tmp_path.glob("*.caffemodel"))


def test_a_first_step_without_numbers_names_the_layer(tmp_path, rng):
    case = trained_on(tmp_path, rng.integers(4, size=300), rng.integers(4, size=100), rng)
    case.solver_path = tmp_path / "solver.prototxt"
    settings = f'net: "{case.net_path.as_posix()}" base_lr: 0.1 lr_policy: "fixed" max_iter: 9'
    case.solver_path.write_text(settings)
    text = case.net_path.read_text().replace('type: "xavier"', 'type: "constant" value: 1e38')
    case.net_path.write_text(text)
    (fault,) = [each for each in faults(case) if each.what.startswith("the first step")]
    assert fault.evidence.startswith('the first: top "ip" of InnerProduct layer "ip"')


def test_a_gradient_that_is_no_number_names_the_layer(tmp_path, rng):
    case = trained_on(tmp_path, rng.integers(4, size=300), rng.integers(4, size=100), rng)
    case.solver_path = tmp_path / "solver.prototxt"
    settings = f'net: "{case.net_path.as_posix()}" base_lr: 0.1 lr_policy: "fixed" max_iter: 9'
    case.solver_path.write_text(settings)
    weight = 'loss_weight: 1e38 name: "loss"'
    case.net_path.write_text(case.net_path.read_text().replace('name: "loss"', weight))
    told = [each.evidence for each in faults(case) if each.what.startswith("the first step")]
    assert told == ['the first: the gradient of weight 0 of layer "ip"']


def case_again(case, solver):
    case.solver_path.write_text(solver)
    return Case(case.net_path, solver=case.solver_path)


# --- logs -----------------------------------------------------------------------------------------


def log_of(losses, test=None):
    """Caffe's lines for a loss every 100 iterations."""
    lines = []
    for index, loss in enumerate(losses):
        head = f"I0101 10:00:{index % 60:02}.000000  1 solver.cpp:"
        lines.append(f"{head}218] Iteration {100 * index} (9 iter/s, 9s/100 iters), loss = {loss}")
        if test is not None:
            lines.append(f"{head}330] Iteration {100 * index}, Testing net (#0)")
            value = f"{test[index]} (* 1 = {test[index]} loss)"
            lines.append(f"{head}397]     Test net output #0: loss = {value}")
    return "\n".join(lines) + "\n"


FALLING = [2.3 * 0.93**i + 0.1 for i in range(40)]


@pytest.mark.parametrize(
    ("losses", "what"),
    [
        ([2.3, 5.1, "nan", "nan"], "the loss is no number"),
        ([2.3, 5.1, "inf", "nan"], "the loss is no number"),
        ([2.3, 87.3365, 87.3365, 87.3365], "the loss is 87.3365"),
        ([math.log(10) + 0.01 * (-1) ** i for i in range(30)], "the loss stays at ln(10)"),
        ([2.3 + 0.3 * i for i in range(30)], "the loss grows"),
        ([1.5 - 1e-4 * i for i in range(30)], "the loss hardly moves"),
    ],
)
def test_losses_tell_what_is_wrong(losses, what, tmp_path):
    text = NET.replace('type: "Softmax" bottom: "ip"', 'type: "SoftmaxWithLoss" bottom: "ip" L')
    text = text.replace("L top", 'bottom: "label" top')
    text += 'layer { name: "l" type: "Input" top: "label" input_param { shape { dim: 1 } } }'
    parts = text.split("layer {")
    text = "layer {".join([parts[0], parts[-1], *parts[1:-1]])
    told = faults(case_of(tmp_path, text, log=log_of(losses)))
    assert [each.what.startswith(what) for each in told] == [True]


def test_a_loss_that_falls_is_well(tmp_path):
    assert faults(case_of(tmp_path, log=log_of(FALLING, FALLING))) == []
    noisy = [value + 0.1 * (-1) ** i for i, value in enumerate(FALLING)]
    assert faults(case_of(tmp_path, log=log_of(noisy))) == []


def test_images_that_are_learned_by_heart_are_told(tmp_path):
    test = [max(2.3 - 0.15 * i, 1.0) if i < 12 else 1.0 + 0.05 * (i - 12) for i in range(40)]
    (fault,) = faults(case_of(tmp_path, log=log_of(FALLING, test)))
    assert fault.what.startswith("the net learns its images by heart")


# --- data -----------------------------------------------------------------------------------------


def write_database(path, labels, rng, first=0):
    with new_database(path, "lmdb") as database:
        for index, label in enumerate(labels):
            pixels = np.random.default_rng(first + index).integers(256, size=12, dtype=np.uint8)
            datum = Datum(channels=3, height=2, width=2, data=pixels.tobytes(), label=int(label))
            database.put(f"{index:08}".encode(), datum.SerializeToString())


def trained_on(folder, train, test, rng, more="", first=10**6):
    write_database(folder / "train", train, rng)
    write_database(folder / "test", test, rng, first)
    return case_of(folder, TRAIN.replace("SOURCE", folder.as_posix()).replace("MORE", more))


def test_sound_data_is_well(tmp_path, rng):
    case = trained_on(tmp_path, rng.integers(4, size=300), rng.integers(4, size=100), rng)
    assert faults(case) == []


def test_weights_fit_the_size_that_the_data_has(tmp_path, rng):
    case = trained_on(tmp_path, rng.integers(4, size=300), rng.integers(4, size=100), rng)
    net = blobnet.Net(case.net_path, phase="TRAIN", seed=1)
    net.params["ip"][0].data[...] = trained_like(net.params["ip"][0].shape, rng)
    net.save(tmp_path / "w.caffemodel")
    assert faults(Case(case.net_path, tmp_path / "w.caffemodel")) == []


def test_labels_out_of_range_are_told(tmp_path, rng):
    labels = rng.integers(1, 5, size=300)
    case = trained_on(tmp_path, labels, rng.integers(4, size=100), rng)
    (fault,) = faults(case)
    assert fault.what == "labels are out of range: the net tells 4 classes apart, 0 to 3"
    assert fault.evidence == "1 to 4 in the first 300 records of the phase TRAIN"


def test_labels_that_are_all_the_same_are_told(tmp_path, rng):
    case = trained_on(tmp_path, [2] * 300, rng.integers(4, size=100), rng)
    assert faults(case)[0].what == "all labels of the phase TRAIN are the same"


def test_too_many_outputs_are_told(tmp_path, rng):
    case = trained_on(tmp_path, rng.integers(2, size=300), rng.integers(2, size=100), rng)
    told = faults(case)
    assert {each.what for each in told} == {"the net tells 4 classes apart, the data has 2"}


def test_data_that_is_not_shuffled_is_told(tmp_path, rng):
    labels = np.arange(300) * 4 // 300
    case = trained_on(tmp_path, labels, rng.integers(4, size=100), rng)
    (fault,) = faults(case)
    assert fault.what == "the training data is not shuffled"
    assert "changes 3 times in 300 records" in fault.evidence


def test_images_in_both_parts_are_told(tmp_path, rng):
    labels = rng.integers(4, size=300)
    case = trained_on(tmp_path, labels, labels[:100], rng, first=200)
    (fault,) = faults(case)
    assert fault.what.startswith("images of the training are tested with")
    assert fault.evidence.startswith("100 of the first 100 test images")


def test_a_solver_that_tests_nothing_has_no_images_in_both_parts(tmp_path, rng):
    labels = rng.integers(4, size=300)
    case = trained_on(tmp_path, labels, labels[:100], rng, first=200)
    case.solver_path = tmp_path / "solver.prototxt"
    settings = f'net: "{case.net_path.as_posix()}" base_lr: 0.1 lr_policy: "fixed" max_iter: 9'
    case.solver_path.write_text(settings)
    assert not any("tested with" in each.what for each in faults(case))
    case = case_again(case, f"{settings} test_iter: 1 test_interval: 5")
    assert any("tested with" in each.what for each in faults(case))


@pytest.mark.parametrize(
    ("more", "size", "what"),
    [
        ('transform_param { mean_file: "MEAN" }', (3, 4, 4), "the mean file does not fit"),
        ('transform_param { mean_file: "MEAN" }', (3, 2, 2), None),
        ("transform_param { crop_size: 2 }", (3, 2, 2), None),
        ("transform_param { crop_size: 9 }", (3, 2, 2), "crop"),
    ],
)
def test_a_mean_or_crop_of_another_size_is_told(more, size, what, tmp_path, rng):
    mean = BlobProto(num=1, channels=size[0], height=size[1], width=size[2])
    mean.data.extend([100.0] * math.prod(size))
    (tmp_path / "mean.binaryproto").write_bytes(mean.SerializeToString())
    more = more.replace("MEAN", (tmp_path / "mean.binaryproto").as_posix())
    case = trained_on(tmp_path, rng.integers(4, size=300), rng.integers(4, size=100), rng, more)
    told = [each.what + each.advice for each in faults(case)]
    assert len(told) == (what is not None)
    assert not what or what in told[0]


def test_data_that_is_not_there_is_a_note(tmp_path):
    case = case_of(tmp_path, TRAIN.replace("SOURCE", "nowhere").replace("MORE", ""))
    assert faults(case) == []
    assert "the data of the phase TRAIN was not looked at" in notes(case)


# --- definitions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "what"),
    [
        ('layer { name: "x" type: "Softmax" bottom: "ip" top: "x" }', "softmax is done twice"),
        ('layer { name: "x" type: "ReLU" bottom: "ip" top: "x" }', "cannot be negative"),
    ],
)
def test_losses_that_get_what_they_do_not_expect(layer, what, tmp_path):
    text = TRAIN.replace("SOURCE", "nowhere").replace("MORE", "")
    text = text.replace('bottom: "ip" bottom: "label"', 'bottom: "x" bottom: "label"')
    at = text.index('layer { name: "loss"')
    (fault,) = faults(case_of(tmp_path, text[:at] + layer + text[at:]))
    assert what in fault.what


def test_poolings_that_round_up_and_costs_are_notes(tmp_path):
    pool = """layer { name: "pool" type: "Pooling" bottom: "conv1" top: "pool"
      pooling_param { kernel_size: STRIDE stride: STRIDE } }"""
    told = notes(case_of(tmp_path, NET + pool.replace("STRIDE", "3")))
    assert "poolings round their size up, as Caffe does; other programs round down" in told
    assert any("multiply-adds an image" in each for each in told)
    told = notes(case_of(tmp_path, NET + pool.replace("STRIDE", "2")))
    assert not any(each.startswith("poolings") for each in told)


# --- a solver or a log alone ----------------------------------------------------------------------

LOG_WITH_NET = """I0101 10:00:00.000000  1 solver.cpp:44] Initializing solver from parameters:
base_lr: 0.01
I0101 10:00:00.000000  1 solver.cpp:87] Creating training net from net file: train_val.prototxt
I0101 10:00:00.000000  1 net.cpp:51] Initializing net from parameters:
{}
I0101 10:00:00.000000  1 layer_factory.hpp:77] Creating layer train
"""


def test_of_a_solver_alone_the_net_is_the_one_that_it_names(tmp_path, rng):
    labels = np.arange(300) * 4 // 300
    case = trained_on(tmp_path, labels, rng.integers(4, size=100), rng)
    solver = tmp_path / "solver.prototxt"
    solver.write_text('net: "net.prototxt" base_lr: 1e-5 lr_policy: "fixed" max_iter: 9')
    alone = Case(None, solver=solver)
    assert alone.net_path == case.net_path
    assert [each.what for each in faults(alone)] == ["the training data is not shuffled"]


def test_a_solver_whose_net_is_not_there_is_examined_by_itself(tmp_path):
    solver = tmp_path / "solver.prototxt"
    solver.write_text('net: "gone.prototxt" base_lr: 1 lr_policy: "poly" power: 1')
    case = Case(None, solver=solver)
    assert faults(case)[0].what.startswith('lr_policy "poly" without max_iter')
    assert notes(case) == ["the net of the solver is not there: it was not looked at"]


@pytest.mark.parametrize("number", [10, 4])
def test_a_log_alone_tells_the_classes_by_the_net_that_it_has(number, tmp_path):
    log = tmp_path / "train.log"
    net = TRAIN.replace("MORE", "").replace("num_output: 4", f"num_output: {number}")
    losses = [math.log(10) + 0.01 * (-1) ** i for i in range(30)]
    log.write_text(LOG_WITH_NET.format(net) + log_of(losses))
    (fault,) = faults(Case(None, log=log))
    is_chance = number == 10
    assert fault.what.startswith("the loss stays at ln(10)" if is_chance else "the loss hardly")


def test_a_log_whose_net_is_cut_off_is_examined_all_the_same(tmp_path):
    log = tmp_path / "train.log"
    log.write_text(LOG_WITH_NET.format(TRAIN[:200]) + log_of([2.3, 5.1, "nan", "nan"]))
    assert [each.what for each in faults(Case(None, log=log))] == ["the loss is no number"]
