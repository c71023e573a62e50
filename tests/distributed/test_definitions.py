"""Batches divided among ranks."""

from __future__ import annotations

from pathlib import Path

import pytest

import blobnet
from blobnet import SolverError
from blobnet.distributed.definitions import split_batches
from blobnet.solverdef.nets import net_definitions
from blobnet.solverdef.settings import SolverDefinition

NET = """
    layer { name: "train" type: "HDF5Data" top: "x" include { phase: TRAIN }
      hdf5_data_param { source: "a.txt" batch_size: 12 } }
    layer { name: "test" type: "HDF5Data" top: "x" include { phase: TEST }
      hdf5_data_param { source: "a.txt" batch_size: 7 } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
      inner_product_param { num_output: 2 } }
"""


def definition(net=NET):
    param = blobnet.parse_solver('base_lr: 1 lr_policy: "fixed" test_iter: 1 test_interval: 5')
    param.net_param.CopyFrom(blobnet.parse_net(net))
    return SolverDefinition(param, Path())


def sizes(net):
    return [layer.hdf5_data_param.batch_size for layer in net.param.layer[:2]]


def test_the_train_nets_batches_are_divided_and_the_test_nets_are_not():
    before = definition()
    train, test = net_definitions(split_batches(before, 3).param, Path())
    assert sizes(train) == [4, 7]
    assert sizes(test) == [12, 7]
    assert (train.phase, test.phase) == (blobnet.TRAIN, blobnet.TEST)
    assert before.param.net_param.layer[0].hdf5_data_param.batch_size == 12


def test_a_batch_that_cannot_be_divided_is_an_error():
    with pytest.raises(SolverError, match=r'layer "train"(.*\n)*.*a multiple of 5(.*\n)*.*12'):
        split_batches(definition(), 5)


def test_a_net_without_batches_is_an_error():
    net = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 4 } } }'
    with pytest.raises(SolverError, match="no batch to divide"):
        split_batches(definition(net), 2)
