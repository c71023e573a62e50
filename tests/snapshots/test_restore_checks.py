"""What is found when a training is to go on from a state."""

from __future__ import annotations

import pytest

from blobnet import SnapshotError, WeightsError
from tests.solver.training import (
    RANDOM_REGRESSION,
    assert_same_bits,
    make_solver,
    rewritten,
    trained,
    weights_of,
)


@pytest.mark.parametrize("kind", ["BINARYPROTO", "HDF5"])
@pytest.mark.parametrize("field", ["iter", "current_step"])
@pytest.mark.parametrize(("value", "reason"), [(-3, "negative"), (2**31 - 1, "too large")])
def test_a_state_with_an_impossible_count_is_refused(field, value, reason, kind, tmp_path):
    settings = f'snapshot_prefix: "{tmp_path}/x" snapshot_format: {kind}'
    state = rewritten(trained(settings).snapshot(), **{field: value})
    fresh = make_solver(settings=settings)
    before = weights_of(fresh)
    with pytest.raises(SnapshotError, match=rf"x_iter_3.*: {field} is {reason}\n(.*\n)+.*damaged"):
        fresh.restore(state)
    assert fresh.iter == 0
    assert_same_bits(weights_of(fresh), before)


def test_a_state_of_another_schedule_is_warned_about(warnings, tmp_path):
    prefix = f'snapshot_prefix: "{tmp_path}/x" '
    steps = 'lr_policy: "multistep" gamma: 0.1 stepvalue: 1 stepvalue: 2 '
    state = trained(prefix + steps).snapshot()
    fresh = make_solver(settings=prefix + steps)
    assert warnings(fresh.restore, state) == []
    other = make_solver(settings=prefix + steps.replace("stepvalue: 2", "stepvalue: 200"))
    (message,) = warnings(other.restore, state)
    assert "had gone down 2 steps, by this solver's settings it would have been 1" in message
    assert warnings(other.restore, rewritten(state, current_step=0)) == []


def test_a_snapshot_does_not_leave_a_renamed_layer_at_its_first_weights(tmp_path):
    prefix = f'snapshot_prefix: "{tmp_path}/x"'
    state = trained(prefix).snapshot()
    renamed = make_solver(RANDOM_REGRESSION.replace('"ip2" type', '"score" type'), prefix)
    with pytest.raises(WeightsError, match=r"weights are missing\n(.*\n)+.*none for score\n"):
        renamed.restore(state)
