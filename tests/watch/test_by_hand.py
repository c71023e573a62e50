"""Every number of the sheet of models/by_hand is on the page, where the sheet has it."""

from __future__ import annotations

import pytest

from tests.watch.trainings import by_hand

EXACT = {"abs": 5e-10}  # the sheet has nine digits behind the point


@pytest.fixture(scope="module")
def session():
    made = by_hand()
    made.look()
    return made


def view(session, layer, weight=None):
    return session.view(session.position(layer), weight=weight)


def top(session, layer, part="values"):
    [told] = view(session, layer)["layer"]["tops"]
    values = told["values"] if part == "values" else told["delta"]["values"]
    return values[0]


@pytest.mark.parametrize(
    ("layer", "values"),
    [
        ("input", [0.05, 0.10]),
        ("target", [0.01, 0.99]),
        ("hidden", [0.3775, 0.3925]),
        ("hidden_sigmoid", [0.593269992, 0.596884378]),
        ("output", [1.105905967, 1.224921404]),
        ("output_sigmoid", [0.751365070, 0.772928465]),
    ],
)
def test_forward(session, layer, values):
    assert top(session, layer) == pytest.approx(values, **EXACT)


def test_the_error(session):
    told = view(session, "error")
    assert told["frame"]["loss"] == pytest.approx(0.298371109, **EXACT)
    assert told["layer"]["loss"] == pytest.approx(0.298371109, **EXACT)


@pytest.mark.parametrize(
    ("layer", "deltas"),
    [
        ("output_sigmoid", [0.741365070, -0.217071535]),
        ("output", [0.138498562, -0.038098237]),
        ("hidden_sigmoid", [0.036350306, 0.041370323]),
        ("hidden", [0.008771355, 0.009954255]),
    ],
)
def test_deltas(session, layer, deltas):
    assert top(session, layer, "delta") == pytest.approx(deltas, **EXACT)


@pytest.mark.parametrize(
    ("layer", "place", "gradient"),
    [("output", 0, 0.082167041), ("hidden", 0, 0.000438568), ("hidden", 1, 0.000877135)],
)
def test_gradients(session, layer, place, gradient):
    [weight, _] = view(session, layer)["layer"]["weights"]
    assert weight["gradient"]["values"][place // 2][place % 2] == pytest.approx(gradient, **EXACT)


def products(link):
    return [(term["delta"], term["slope"], term["product"]) for term in link["terms"]]


def test_the_chain_rule_of_w5_has_its_three_slopes(session):
    links = view(session, "output", (0, 0))["weight"]["chain"]["links"]
    assert [link["of"] for link in links] == ["output blobs_[0]", "output_sum", "o"]
    assert [link["layer"] for link in links] == ["output", "output_sigmoid", "error"]
    found = [term for link in links for term in products(link)]
    expected = [
        (0.138498562, 0.593269992, 0.082167041),
        (0.741365070, 0.186815602, 0.138498562),
        (1, 0.741365070, 0.741365070),
    ]
    for got, right in zip(found, expected, strict=True):
        assert got == pytest.approx(right, **EXACT)


def test_the_chain_rule_of_w1_goes_both_ways_to_the_error(session):
    links = view(session, "hidden", (0, 0))["weight"]["chain"]["links"]
    assert links[0]["value"] == pytest.approx(0.000438568, **EXACT)
    assert products(links[0])[0] == pytest.approx((0.008771355, 0.05, 0.000438568), **EXACT)
    assert links[2]["of"] == "h"
    assert links[2]["value"] == pytest.approx(0.036350306, **EXACT)
    for got, right in zip(
        products(links[2]), [(0.138498562, 0.40), (-0.038098237, 0.50)], strict=True
    ):
        assert got[:2] == pytest.approx(right, **EXACT)
    assert len(links) == 7
    assert all(link["agrees"] and link["told"] for link in links)


def test_one_step():
    session = by_hand()
    session.step()
    after = {
        "hidden": [0.149780716, 0.199561432, 0.249751144, 0.299502287],
        "output": [0.358916480, 0.408666186, 0.511301270, 0.561370121],
    }
    for layer, expected in after.items():
        told = view(session, layer)["layer"]["weights"][0]
        assert [*told["values"][0], *told["values"][1]] == pytest.approx(expected, **EXACT)
        for place, weight in enumerate(expected):
            update = view(session, layer, (0, place))["weight"]["update"]
            assert update["rate"] == 0.5
            assert update["change"] == pytest.approx(0.5 * update["gradient"], **EXACT)
            assert update["after"] == pytest.approx(weight, **EXACT)


def test_the_biases_do_not_learn(session):
    told = view(session, "hidden", (1, 0))
    assert told["layer"]["weights"][1]["learns"] is False
    assert told["weight"]["chain"] is None


@pytest.mark.parametrize(("steps", "error"), [(1, 0.291), (10, 0.221), (100, 0.02)])
def test_and_on(steps, error):
    session = by_hand()
    session.step(steps)
    session.look()
    assert session.view()["frame"]["loss"] == pytest.approx(error, rel=5e-3)
