"""What is wrong with a definition whose layers cannot be connected, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blobnet.errors import NetError, did_you_mean, explain
from blobnet.netdef import is_split_of
from blobnet.proto import LayerParameter, NetParameter
from blobnet.wired_layer import WiredLayer


def check_propagate_down(layer_param: LayerParameter) -> None:
    """Raise NetError where a layer states it for some of its bottoms only."""
    stated, bottoms = len(layer_param.propagate_down), len(layer_param.bottom)
    if stated not in (0, bottoms):
        raise NetError(
            explain(
                "propagate_down param must be specified either 0 or bottom_size times "
                f"(layer '{layer_param.name}')",
                expected=f"0 or {bottoms} values",
                got=f"{stated} values",
            )
        )


def unknown_bottom(layer_param: LayerParameter, index: int, known: Iterable[str]) -> NetError:
    """A bottom that no layer above makes, or that another layer has taken."""
    name = layer_param.bottom[index]
    return NetError(
        explain(
            f"Unknown bottom blob '{name}' (layer '{layer_param.name}', bottom index {index})",
            expected="a top of a layer further up",
            fix=did_you_mean(name, known),
        )
    )


def produced_twice(
    layer_param: LayerParameter,
    index: int,
    name: str,
    *,
    above: Sequence[WiredLayer],
    net_param: NetParameter,
) -> NetError:
    """Why a top cannot have this name: another layer makes it, or reads it as it was before.

    index  the position of the top
    above  the layers further up
    """
    what = f"Top blob '{name}' produced by multiple sources."
    bottom = layer_param.bottom[index] if index < len(layer_param.bottom) else ""
    splits = (w for w in above if is_split_of(w.layer.layer_param_, name))
    shared = next((split for split in splits if bottom in split.top_names), None)
    if shared is None:
        return NetError(
            explain(
                what,
                got=f"layer '{layer_param.name}' makes it again",
                fix="rename the top; a layer that works in place names the same blob as "
                "bottom and top, at the same position",
            )
        )
    others = [
        f"layer '{layer.name}' reads it too"
        for layer in net_param.layer
        if any(top in layer.bottom for top in shared.top_names if top != bottom)
    ]
    if any(shared.layer.loss(k) for k in range(len(shared.top))):
        others.append("it counts in the loss: it has a loss_weight")
    return NetError(
        explain(
            f"{what} Layer '{layer_param.name}' cannot work in place on it",
            expected=f"that nobody else reads '{name}' as it was before",
            got=f"'{name}': {'; '.join(others)}",
            fix=f"give layer '{layer_param.name}' a top of another name, and let the layers "
            "behind it read that one",
        )
    )
