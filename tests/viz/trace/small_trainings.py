"""Trainings small enough to follow by hand."""

from __future__ import annotations

import blobnet


def parameter(name: str, values: str) -> str:
    """A layer that gives these two numbers."""
    return f"""layer {{ name: "{name}" type: "Parameter" top: "{name}" param {{ lr_mult: 0 }}
        parameter_param {{ shape {{ dim: 1 dim: 2 }} }}
        blobs {{ shape {{ dim: 1 dim: 2 }} double_data: [{values}] }} }}
    """


def inner_product(name: str, bottom: str, weights: str, biases: str) -> str:
    return f"""layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}"
        param {{ lr_mult: 1 }} param {{ lr_mult: 0 }} inner_product_param {{ num_output: 2 }}
        blobs {{ shape {{ dim: 2 dim: 2 }} double_data: [{weights}] }}
        blobs {{ shape {{ dim: 2 }} double_data: [{biases}] }} }}
    """


# Matt Mazur's step by step back-propagation example, known to many from its own page.
BY_HAND = (
    'name: "by hand"'
    + parameter("x", "0.05, 0.10")
    + parameter("target", "0.01, 0.99")
    + inner_product("ip1", "x", "0.15, 0.20, 0.25, 0.30", "0.35, 0.35")
    + 'layer { name: "h" type: "Sigmoid" bottom: "ip1" top: "h" }'
    + inner_product("ip2", "h", "0.40, 0.45, 0.50, 0.55", "0.60, 0.60")
    + 'layer { name: "o" type: "Sigmoid" bottom: "ip2" top: "o" }'
    + 'layer { name: "error" type: "EuclideanLoss" bottom: "o" bottom: "target" top: "E" }'
)

SMALL = """
    name: "small"
    layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
      shape { dim: 6 dim: 4 } shape { dim: 6 dim: 3 }
      data_filler { type: "gaussian" } data_filler { type: "uniform" } } }
    layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
      param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 0 }
      inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
    layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
    layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip2" bottom: "y" top: "loss" }
"""


def make_solver(net: str = SMALL, settings: str = "", **options: object) -> blobnet.Solver:
    """A solver of a net given as text; where nothing else is said, rate 0.5 and nothing more."""
    param = blobnet.parse_solver('base_lr: 0.5 lr_policy: "fixed" random_seed: 1')
    param.MergeFrom(blobnet.parse_solver(settings))
    param.net_param.CopyFrom(blobnet.parse_net(net))
    return blobnet.get_solver(param, **options)
