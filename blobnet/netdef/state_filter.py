"""Which layers belong to a net in a given phase, level and set of stages.

Caffe: Net::FilterNet and Net::StateMeetsRule in net.cpp.
"""

from __future__ import annotations

from blobnet.errors import NetError, explain
from blobnet.netdef.bare import without_layers
from blobnet.proto import LayerParameter, NetParameter, NetState, NetStateRule


def filter_net(net_param: NetParameter) -> NetParameter:
    """A copy of the net with the layers that its `state` keeps.

    A layer with `include` rules stays if any of them is met, one with `exclude` rules goes if
    any of them is met. Raises NetError for a layer that has both.
    """
    filtered = without_layers(net_param)
    filtered.layer.extend(
        layer for layer in net_param.layer if _is_included(layer, net_param.state)
    )
    return filtered


def _is_included(layer: LayerParameter, state: NetState) -> bool:
    if layer.include and layer.exclude:
        raise NetError(
            explain(
                "Specify either include rules or exclude rules; not both.",
                got=f"both in layer '{layer.name}'",
                fix="say it with include rules alone, or with exclude rules alone",
            )
        )
    if layer.include:
        return any(state_meets_rule(state, rule) for rule in layer.include)
    return not any(state_meets_rule(state, rule) for rule in layer.exclude)


def state_meets_rule(state: NetState, rule: NetStateRule) -> bool:
    """Phase equal, level within bounds, all stages present, no forbidden stage present.

    And, in drafts of early 2014, whether a solver makes the net.
    """
    stages = set(state.stage)
    return (
        (not rule.HasField("phase") or rule.phase == state.phase)
        and (not rule.HasField("min_level") or state.level >= rule.min_level)
        and (not rule.HasField("max_level") or state.level <= rule.max_level)
        and (not rule.HasField("solver") or rule.solver == state.solver)
        and stages.issuperset(rule.stage)
        and stages.isdisjoint(rule.not_stage)
    )
