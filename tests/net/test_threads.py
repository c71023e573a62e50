"""Nets and threads: how many work changes no bit, nets side by side do not disturb each other."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import blobnet
from blobnet.ops import parallel

NET = """
    name: "small LeNet"
    layer { name: "in" type: "Input" top: "x" top: "label"
            input_param { shape { dim: 32 dim: 1 dim: 28 dim: 28 } shape { dim: 32 } } }
    layer { name: "conv1" type: "Convolution" bottom: "x" top: "conv1"
            convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: "xavier" } } }
    layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
            pooling_param { kernel_size: 2 stride: 2 } }
    layer { name: "norm1" type: "LRN" bottom: "pool1" top: "norm1" lrn_param { alpha: 0.1 } }
    layer { name: "conv2" type: "Convolution" bottom: "norm1" top: "conv2"
            convolution_param { num_output: 50 kernel_size: 5 weight_filler { type: "xavier" } } }
    layer { name: "bn" type: "BatchNorm" bottom: "conv2" top: "conv2" }
    layer { name: "scale" type: "Scale" bottom: "conv2" top: "conv2"
            scale_param { bias_term: true } }
    layer { name: "dw" type: "Convolution" bottom: "conv2" top: "dw"
            convolution_param { num_output: 50 group: 50 kernel_size: 3 pad: 1
                                weight_filler { type: "xavier" } } }
    layer { name: "pool2" type: "Pooling" bottom: "dw" top: "pool2"
            pooling_param { pool: AVE kernel_size: 3 stride: 2 } }
    layer { name: "ip1" type: "InnerProduct" bottom: "pool2" top: "ip1"
            inner_product_param { num_output: 500 weight_filler { type: "xavier" } } }
    layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
    layer { name: "drop" type: "Dropout" bottom: "ip1" top: "ip1" }
    layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
            inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }
"""
SECONDS = 120


@pytest.fixture(autouse=True)
def _threads_as_before():
    yield
    blobnet.set_num_threads(None)


def make_solver(kind="SGD", seed=1):
    param = blobnet.parse_solver(
        f'type: "{kind}" base_lr: 0.01 lr_policy: "fixed" random_seed: {seed} weight_decay: 0.001'
        " snapshot_after_train: false"
    )
    param.momentum = 0.9 if kind in ("SGD", "Nesterov", "Adam") else 0
    param.net_param.CopyFrom(blobnet.parse_net(NET))
    solver = blobnet.get_solver(param)
    rng = np.random.default_rng(seed)
    solver.net.blobs["x"].data[...] = rng.normal(size=(32, 1, 28, 28))
    solver.net.blobs["label"].data[...] = rng.integers(10, size=32)
    return solver


def trained(kind="SGD", seed=1, threads=None):
    """All weights after three steps, as bytes."""
    blobnet.set_num_threads(threads)
    return steps(make_solver(kind, seed))


def steps(solver):
    solver.step(3)
    assert np.isfinite(solver.loss)
    return [param.data.tobytes() for param in solver.net.learnable_params]


# --- one net --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_training_with_any_number_of_threads_gives_the_same_bits(kind):
    alone = trained(kind, threads=1)
    assert trained(kind, threads=2) == alone
    assert trained(kind, threads=3) == alone


@pytest.mark.parametrize("inference", [False, True])
@pytest.mark.parametrize("batch", [1, 5])
def test_a_forward_with_any_number_of_threads_gives_the_same_bits(batch, inference, rng):
    net = blobnet.Net(blobnet.parse_net(NET), "TEST", seed=1, inference=inference, keep=["ip2"])
    for number, blob in enumerate(net.params["bn"]):
        blob.data[...] = number + 1
    net.blobs["x"].reshape(batch, 1, 28, 28)
    net.blobs["label"].reshape(batch)
    x, scores = rng.normal(size=(batch, 1, 28, 28)), []
    for threads in (1, 2, 3):
        blobnet.set_num_threads(threads)
        scores.append(net.forward(["ip2"], x=x, label=np.zeros(batch))["ip2"].tobytes())
    assert scores[0] == scores[1] == scores[2]


# --- several at once ------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_two_nets_side_by_side_give_what_they_give_one_after_the_other(threads):
    seeds = (1, 2)
    expected = [trained(seed=seed, threads=threads) for seed in seeds]
    solvers = [make_solver(seed=seed) for seed in seeds]
    starting = threading.Barrier(2, timeout=SECONDS)

    def run(solver):
        starting.wait()
        return steps(solver)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, solvers)) == expected


def test_the_number_of_threads_may_change_while_a_net_runs():
    expected = trained(threads=2)
    solver, done = make_solver(), threading.Event()

    def change():
        while not done.is_set():
            for number in (1, 3, 2):
                blobnet.set_num_threads(number)

    changer = threading.Thread(target=change)
    changer.start()
    try:
        assert steps(solver) == expected
    finally:
        done.set()
        changer.join(SECONDS)


# --- after a fork ---------------------------------------------------------------------------------


def _forked(work):
    """What `work` returns in a forked process; a process that hangs is ended."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sending.send(work()))
    child.start()
    try:
        assert receiving.poll(SECONDS), "the forked process hangs"
        return receiving.recv()
    finally:
        child.join(1)
        child.kill()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_trains_on_as_its_parent_does():
    blobnet.set_num_threads(2)
    solver = make_solver()
    steps(solver)
    in_child = _forked(lambda: steps(solver))
    assert in_child == steps(solver)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_forked_while_another_thread_computes_does_not_hang():
    blobnet.set_num_threads(2)
    expected, busy, done = steps(make_solver()), make_solver(seed=2), threading.Event()

    def compute():
        while not done.is_set():
            busy.step(1)

    computing = threading.Thread(target=compute)
    computing.start()
    try:
        assert _forked(lambda: steps(make_solver())) == expected
    finally:
        done.set()
        computing.join(SECONDS)


# --- the setting ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, -1, 1.5, "2", True])
def test_what_is_no_number_of_threads_is_refused(number):
    blobnet.set_num_threads(3)
    with pytest.raises(blobnet.BlobnetError, match=r"no number of threads\n.*1 or more\n.*got"):
        blobnet.set_num_threads(number)
    assert blobnet.num_threads() == 3


def test_numpys_integers_are_numbers_too():
    blobnet.set_num_threads(np.int64(2))
    assert blobnet.num_threads() == 2


@pytest.mark.parametrize("number", [None, 5])
def test_a_with_block_gives_the_setting_back(number):
    blobnet.set_num_threads(3)
    with parallel.threads_set_to(number):
        assert blobnet.num_threads() == (number or 3)
    assert blobnet.num_threads() == 3
