"""Gradients in one row of memory: the same values, in parts that backward completes in turn."""

from __future__ import annotations

import numpy as np

import blobnet
from blobnet.distributed.buckets import make_buckets
from tests.distributed.trainings import SHARED
from tests.solver.training import RANDOM_DATA, make_solver, weights_of

FROZEN = SHARED.replace(
    'name: "ip1" type: "InnerProduct" bottom: "two" top: "ip1"\n      param { lr_mult: 1 }',
    'name: "ip1" type: "InnerProduct" bottom: "two" top: "ip1"\n      param { lr_mult: 0 }',
)


def make() -> blobnet.Solver:
    return make_solver(RANDOM_DATA + SHARED, "momentum: 0.9 iter_size: 2")


def test_a_training_is_the_same_with_its_gradients_in_one_row():
    one, other = make(), make()
    one.step(1)
    other.step(1)
    buckets = make_buckets(other.net, size=1)
    one.step(3)
    other.step(3)
    for mine, theirs in zip(weights_of(one), weights_of(other), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    row = np.concatenate([bucket.arrays[0] for bucket in buckets])
    diffs = [blob.diff.ravel() for blob in other.net.learnable_params]
    np.testing.assert_array_equal(np.sort(row), np.sort(np.concatenate(diffs)))
    assert all(np.shares_memory(buckets[0].arrays[0].base, diff) for diff in diffs)


def test_parts_come_in_the_order_of_backward_and_shared_weights_with_their_last_user():
    net = make().net
    buckets = make_buckets(net, size=1)
    names = [net.layer_names[bucket.layer] for bucket in buckets]
    assert names == ["ip2", "ip2", "ip1", "ip1", "one"]
    assert buckets[-1].arrays[0].size == net.params["one"][0].count


def test_small_parts_are_joined():
    (bucket,) = make_buckets(make().net)
    assert bucket.arrays[0].size == sum(blob.count for blob in make().net.learnable_params)


def test_gradients_that_no_layer_computes_stay_where_they_are():
    assert FROZEN != SHARED
    net = make_solver(RANDOM_DATA + FROZEN).net
    (bucket,) = make_buckets(net)
    assert not np.shares_memory(bucket.arrays[0], net.params["ip1"][0].diff)
    assert np.shares_memory(bucket.arrays[0], net.params["ip1"][1].diff)
