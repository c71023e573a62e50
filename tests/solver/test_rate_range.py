from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import SolverError
from blobnet.solver.rate_range import RateRange, find_rates

# the loss is (w - 1)^2 / 2 for each item: a step of rate r multiplies w - 1 by 1 - r
NET = """
    layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
        shape { dim: 4 dim: 1 } data_filler { type: "constant" value: 1 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param {
        num_output: 1 bias_term: false weight_filler { type: "constant" value: 3 } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "loss" }
"""


@pytest.fixture
def solver(tmp_path):
    (tmp_path / "net.prototxt").write_text(NET)
    return blobnet.get_solver(
        blobnet.parse_solver(
            f'net: "{tmp_path}/net.prototxt" snapshot_prefix: "{tmp_path}/run" base_lr: 1 '
            'lr_policy: "step" stepsize: 1 gamma: 0.5 snapshot: 1 test_iter: 1 test_interval: 1'
        )
    )


def test_each_step_has_its_rate_and_the_loss_before_it(solver, tmp_path):
    found = find_rates(solver, 0.01, 0.64, iterations=7)
    np.testing.assert_allclose(found.rates, 0.01 * 2.0 ** np.arange(7))
    factors = np.cumprod([1, *(1 - np.array(found.rates[:-1]))])
    np.testing.assert_allclose(found.losses, 2 * factors**2, rtol=1e-5)
    assert found.stop == ""
    assert not list(tmp_path.glob("*.caffemodel"))


def test_it_ends_where_the_loss_explodes(solver):
    found = find_rates(solver, 0.01, 1000, iterations=60)
    assert 2 < found.rates[-1] < 100  # from 2 on each step makes the loss larger
    assert "times its lowest" in found.stop
    assert found.lowest() < found.rates[-1]


def test_a_loss_that_is_no_number_ends_it(solver):
    solver.net.params["ip"][0].data[...] = np.nan
    found = find_rates(solver, 0.01, 1, iterations=5)
    assert found.rates == []
    assert found.stop


def test_the_steepest_and_the_lowest_place_of_a_curve():
    rates = np.geomspace(1e-6, 1, 61)
    at = np.log10(rates)
    falls = 2 - 1 / (1 + np.exp(-4 * (at + 3)))  # fastest at 1e-3
    rises = np.exp(6 * (at + 1))  # the lowest place is close to 10 ** -1.7
    found = RateRange(list(rates), list(falls + rises))
    assert found.steepest() == pytest.approx(1e-3, rel=0.3)
    assert found.lowest() == pytest.approx(rates[(falls + rises).argmin()], rel=0.3)
    assert found.suggestion() == pytest.approx((found.lowest() / 10 * 1e-3) ** 0.5, rel=0.2)


def test_smoothing_keeps_a_line_and_does_not_lag():
    found = RateRange([1.0] * 20, [float(i) for i in range(20)])
    np.testing.assert_allclose(found.smoothed()[3:-3], np.arange(3, 17))


@pytest.mark.parametrize("losses", [[1.0] * 3, [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]])
def test_without_a_fall_there_is_no_suggestion(losses):
    found = RateRange([10.0**i for i in range(len(losses))], losses)
    assert found.steepest() is None
    assert found.suggestion() is None


@pytest.mark.parametrize("words", [(0, 1, 5), (1, 1, 5), (0.1, 1, 1), (float("nan"), 1, 5)])
def test_rates_that_make_no_range_are_refused(words, solver):
    with pytest.raises(SolverError, match="make no range"):
        find_rates(solver, *words)
