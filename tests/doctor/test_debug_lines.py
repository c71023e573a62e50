"""Logs with debug_info: in which iteration which layer was the first without numbers."""

from __future__ import annotations

import pytest

import blobnet
from blobnet.doctor import Case
from blobnet.doctor.debug_lines import first_broken
from tests.doctor.cases import NET, faults

HEAD = "I0101 10:00:00.000000  1 net.cpp:591] "


def iteration(number, loss, conv="0.1", weight="0.05", diff="0.01", gradient="0.02"):
    """Caffe's lines of an iteration that is displayed."""
    lines = [
        "    [Forward] Layer data, top blob data data: 0.4",
        f"    [Forward] Layer conv1, top blob conv1 data: {conv}",
        f"    [Forward] Layer conv1, param blob 0 data: {weight}",
        "    [Forward] Layer conv1, param blob 1 data: 0",
        f"    [Forward] Layer loss, top blob loss data: {loss}",
        f"    [Backward] Layer loss, bottom blob conv1 diff: {gradient}",
        f"    [Backward] Layer conv1, param blob 0 diff: {gradient}",
        "    [Backward] All net params (data, diff): L1 norm = (3, 1); L2 norm = (1, 1)",
        f"Iteration {number}, loss = {loss}",
        f"    [Update] Layer conv1, param 0 data: {weight}; diff: {diff}",
        "    [Update] Layer conv1, param 1 data: 1e-9; diff: 0.2",
        f"Iteration {number}, lr = 0.1",
    ]
    return "".join(f"{HEAD}{line}\n" for line in lines)


def broken_in(folder, *iterations):
    path = folder / "train.log"
    path.write_text("".join(iterations))
    return first_broken(path)


def test_a_sound_log_tells_of_nothing(tmp_path):
    assert broken_in(tmp_path, iteration(0, 2.3), iteration(10, 2.1)) is None
    assert broken_in(tmp_path, f"{HEAD}Iteration 0, loss = nan\n") is None


def test_a_top_is_told_with_what_led_to_it(tmp_path):
    sound = [iteration(i, 2.3, conv=10.0**i) for i in range(5)]
    found = broken_in(tmp_path, *sound, iteration(5, "nan", conv="inf"), iteration(6, "nan"))
    assert (found.stage, found.layer, found.what, found.value) == (
        *("forward", "conv1", "top blob conv1"),
        "inf",
    )
    assert found.iteration == 5
    assert found.before == [(2, 100), (3, 1000), (4, 10000)]
    assert found.weights == []
    assert found.update.words == "conv1, param 0: 0.01 on 0.05 in iteration 4"


def test_weights_that_were_thrown_before_are_told(tmp_path):
    thrown = iteration(20, 7.1, diff="4e20")
    found = broken_in(tmp_path, thrown, iteration(40, "nan", conv="nan", weight="-nan"))
    assert found.weights == ["conv1"]
    assert found.iteration == 40
    assert found.update.share == pytest.approx(8e21)


def test_a_gradient_and_an_update_are_told(tmp_path):
    found = broken_in(tmp_path, iteration(0, 2.3), iteration(1, 2.2, gradient="nan"))
    assert (found.stage, found.layer, found.what) == ("backward", "loss", "bottom blob conv1")
    assert found.iteration == 1
    found = broken_in(tmp_path, iteration(0, 2.3), iteration(1, 2.2, diff="inf"))
    assert (found.stage, found.layer, found.what, found.iteration) == (
        *("update", "conv1", "param 0"),
        1,
    )


def test_a_test_is_told_apart(tmp_path):
    test = (
        f"{HEAD}Iteration 10, Testing net (#0)\n"
        f"{HEAD}    [Forward] Layer conv1, top blob conv1 data: nan\n"
        f"{HEAD}    Test net output #0: loss = nan (* 1 = nan loss)\n"
    )
    found = broken_in(tmp_path, iteration(9, 2.3), test, iteration(10, 2.3))
    assert found.is_test
    assert found.iteration == 10


def test_of_several_trainings_the_last_counts(tmp_path):
    begin = f"{HEAD}Solving net\n"
    assert broken_in(tmp_path, begin, iteration(3, "nan"), begin, iteration(0, 2.3)) is None


def test_a_log_that_ends_early_has_no_iteration(tmp_path):
    found = broken_in(tmp_path, f"{HEAD}    [Forward] Layer a b, c, top blob x data: 1.#INF\n")
    assert (found.layer, found.what, found.iteration) == ("a b, c", "top blob x", None)


SOLVER = 'net: "NET" base_lr: 1e9 lr_policy: "fixed" max_iter: 30 display: 7 random_seed: 1 MORE'

TRAINED = """
layer { name: "data" type: "DummyData" top: "data" top: "truth" dummy_data_param {
  shape { dim: 4 dim: 5 } shape { dim: 4 dim: 2 }
  data_filler { type: "gaussian" } data_filler { type: "gaussian" } } }
layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1"
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "ip2" bottom: "truth" top: "loss" }
"""


def test_what_ends_a_training_here_is_told_without_debug_info(tmp_path):
    (tmp_path / "net.prototxt").write_text(TRAINED)
    text = SOLVER.replace("NET", (tmp_path / "net.prototxt").as_posix()).replace("MORE", "")
    (tmp_path / "solver.prototxt").write_text(text)
    with pytest.raises(blobnet.BlobnetError) as error:
        blobnet.get_solver(tmp_path / "solver.prototxt").solve()
    path = tmp_path / "train.log"
    path.write_text(f"{HEAD}Iteration 0, loss = 3.1\nblobnet: {error.value}\n")
    found = first_broken(path)
    assert f'layer "{found.layer}"' in str(error.value)
    assert f"iteration {found.iteration}:" in str(error.value)


@pytest.mark.parametrize(
    ("lines", "words", "advice"),
    [
        (iteration(1, "nan", conv="inf"), "'conv1' was the first in iteration 1", "what 'conv1'"),
        (iteration(1, "nan", conv="nan", weight="nan"), "in the forward", "updates throw"),
        (iteration(1, "nan", gradient="nan", conv="0.2"), "layer 'loss'", "what 'loss' reads"),
    ],
)
def test_the_doctor_tells_it_in_words(lines, words, advice, tmp_path):
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "train.log").write_text(iteration(0, 2.3) + lines)
    (fault,) = faults(Case(tmp_path / "net.prototxt", log=tmp_path / "train.log"))
    assert fault.what.startswith("the loss is no number: layer ")
    assert words in fault.what
    assert advice in fault.advice


def test_layers_without_numbers_are_told_where_the_loss_has_one(tmp_path):
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "train.log").write_text(iteration(0, 2.3) + iteration(1, 2.2, gradient="inf"))
    (fault,) = faults(Case(tmp_path / "net.prototxt", log=tmp_path / "train.log"))
    assert fault.what == "layer 'loss' was the first in iteration 1, in the backward"
    assert "the forward was sound" in fault.advice


def test_a_log_without_debug_info_says_how_to_get_it(tmp_path):
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "train.log").write_text(f"{HEAD}Iteration 0, loss = nan\n")
    (fault,) = faults(Case(tmp_path / "net.prototxt", log=tmp_path / "train.log"))
    assert fault.what == "the loss is no number"
    assert "debug_info: true" in fault.advice
