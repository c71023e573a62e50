import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer
from tests.ops.test_ctc import oracle


def ctc_loss(x, goes_on, texts, options="", extra=""):
    text = f'name: "it" type: "CTCLoss" {extra} ctc_loss_param {{ {options} }}'
    return run_layer(text, x, goes_on, texts)


def column(*values, steps=5):
    return [*values, *[-1] * (steps - len(values))]


def by_paths(x, steps, texts, blank, *, delay=0, merges=True):
    y = np.exp(x) / np.exp(x).sum(2, keepdims=True)
    return [
        -np.log(oracle(y[delay:count, n], text, blank, merges)[0])
        for n, (count, text) in enumerate(zip(steps, texts, strict=True))
    ]


STEPS = np.array([[0, 0, 1], [1, 1, 0], [1, 1, 1], [1, 0, 1], [1, 1, 1]])  # 5, 3 and 1


@pytest.mark.parametrize(
    ("options", "settings", "read"),
    [
        ("", {"blank": 2}, (0, 0, 1)),
        ("blank_index: 2 ctc_merge_repeated: false", {"blank": 2, "merges": False}, (0, 0, 1)),
        ("preprocess_collapse_repeated: true loss_calculation_t: 1", {"blank": 2}, (0, 1)),
        ("output_delay: 1", {"blank": 2, "delay": 1}, (0, 0, 1)),
    ],
)
def test_the_loss_is_that_of_all_paths(options, settings, read, rng):
    x = rng.normal(size=(5, 3, 3))
    texts = np.array([column(0, 0, 1), column(1, 2), column()]).T
    run = ctc_loss(x, STEPS, texts, options)
    losses = by_paths(x, (5, 3), (read, (1,)), **settings)
    np.testing.assert_allclose(run.top[0].data, sum(losses) / 3)  # the third counts in N alone
    run.backward()
    dx = run.bottom[0].diff
    delay = settings.get("delay", 0)
    assert dx[delay:, 0].all()
    assert not dx[:delay].any()
    assert not dx[3:, 1].any()
    assert not dx[:, 2].any()


@pytest.mark.parametrize("options", ["blank_index: 0", "blank_index: 0 ctc_merge_repeated: false"])
def test_one_sequence_has_the_true_derivative(options, rng):
    x, texts = rng.normal(size=(5, 1, 3)), np.array([column(2, 1)]).T
    check_gradients(ctc_loss(x, np.ones((5, 1)), texts, options))


@pytest.mark.parametrize("weight", [1, 7])
def test_neither_batch_nor_loss_weight_scale_the_gradient(weight, rng):
    x, texts = rng.normal(size=(5, 2, 3)), np.array([column(0, 1), column(1)]).T
    both = ctc_loss(x, np.ones((5, 2)), texts, "", f"loss_weight: {weight}")
    both.backward()
    for n in range(2):
        one = ctc_loss(x[:, n : n + 1], np.ones((5, 1)), texts[:, n : n + 1])
        one.backward()
        np.testing.assert_allclose(both.bottom[0].diff[:, n], one.bottom[0].diff[:, 0], atol=1e-15)


def test_without_a_path_the_gradient_is_the_softmax(rng):
    x, texts = rng.normal(size=(3, 1, 3)), [[0], [0], [-1]]
    run = ctc_loss(x[:2], np.ones((2, 1)), texts[:2])
    assert run.top[0].data == np.inf
    run.backward()
    np.testing.assert_allclose(
        run.bottom[0].diff, np.exp(x[:2]) / np.exp(x[:2]).sum(2, keepdims=True)
    )


@pytest.mark.parametrize(
    ("goes_on", "texts", "options", "message"),
    [
        ([0, 1, 0, 1], [0, 1, 1, -1], "", "Not enough time"),
        ([0, 1, 1, 1], [0, 1, 0, 1], "output_delay: 1", "Not enough time"),
        ([0, 1, 1, 1], [-1, -1, -1, -1], "", "without text must have one step"),
        ([0, 1, 1, 1], [0, 2, 1, -1], "", "non-null label following a null"),
        ([0, 1, 1, 1], [0, np.nan, 1, -1], "", "no number"),
        ([0, 1, 1, 1], [0, 1, 1, -1], "blank_index: 3", "blank_index is none"),
        ([0, 1, 1, 1], [0, 1, 1, -1], "output_delay: -1", "not be negative"),
        ([0, 1, 1, 1], [0, 1, 1, -1], "time_step: 4", "time_step is a field of CtcLoss"),
    ],
)
def test_wrong_settings_are_refused(goes_on, texts, options, message):
    columns = [np.reshape(values, (4, 1)) for values in (goes_on, texts)]
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        ctc_loss(np.zeros((4, 1, 3)), *columns, options)


@pytest.mark.parametrize("shapes", [[(4, 1, 3), (4, 2), (4, 1)], [(4, 1, 3), (4, 1), (3, 1)]])
def test_shapes_that_do_not_fit_are_refused(shapes):
    with pytest.raises(LayerError, match="must have one value for each step"):
        ctc_loss(*map(np.zeros, shapes))
