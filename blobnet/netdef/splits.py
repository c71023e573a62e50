"""A Split layer wherever several layers read one blob, so that their gradients are added.

Caffe: insert_splits.cpp. Names and order are Caffe's: Split layers are written into weight files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from blobnet.errors import NetError, did_you_mean, explain
from blobnet.netdef.bare import without_layers
from blobnet.proto import LayerParameter, NetParameter

SPLIT = "Split"

_Top = tuple[int, int]  # (layer index, top index): one version of a blob
LossWeights = Callable[[LayerParameter], Sequence[float]]


def stated_loss_weights(layer: LayerParameter) -> Sequence[float]:
    return layer.loss_weight


def insert_splits(
    net_param: NetParameter, loss_weights: LossWeights = stated_loss_weights
) -> NetParameter:
    """A copy of the net in which every blob has at most one reader.

    loss_weights  the weights of a layer's tops in the loss: as stated, or as its type has them

    A loss weight on a top counts as a reader, and goes to the first of the split's tops. (Caffe
    overlooks weights that are not stated: the loss's gradient then is what its reader makes it.)
    Raises NetError where a layer reads a blob that no layer above it makes.
    """
    source_of = _sources(net_param)
    readers = Counter(source_of.values())
    loss_tops = {
        (i, j): weight
        for i, layer in enumerate(net_param.layer)
        for j, weight in enumerate(loss_weights(layer)[: len(layer.top)])
    }
    readers.update(top for top, weight in loss_tops.items() if weight)

    result = without_layers(net_param)
    next_split: Counter[_Top] = Counter()
    for i, layer in enumerate(net_param.layer):
        new_layer = result.layer.add()
        new_layer.CopyFrom(layer)
        for j in range(len(layer.bottom)):
            top = source_of[i, j]
            if readers[top] > 1:
                producer = net_param.layer[top[0]]
                new_layer.bottom[j] = _split_name(producer, top[1], next_split[top])
                next_split[top] += 1
        for j in range(len(layer.top)):
            if readers[i, j] > 1:
                weight = loss_tops.get((i, j), 0.0)
                _configure_split(result.layer.add(), layer, j, readers[i, j], weight)
                if weight:
                    next_split[i, j] += 1  # the loss itself reads the first one
                    _take_loss_weight(new_layer, j, loss_weights)
    return result


def _take_loss_weight(layer: LayerParameter, top_index: int, loss_weights: LossWeights) -> None:
    """The split has it now. A type that counts unless told otherwise is told: or it would twice."""
    if layer.loss_weight:
        layer.loss_weight[top_index] = 0
        if not any(layer.loss_weight):
            del layer.loss_weight[:]
    if any(loss_weights(layer)) and not layer.loss_weight:
        layer.loss_weight.extend([0.0] * len(layer.top))


def is_inserted_split(layer: LayerParameter) -> bool:
    """Whether `insert_splits` has put this layer there: what a person writes has other names."""
    names = [f"{layer.name}_{k}" for k in range(len(layer.top))]
    return layer.type == SPLIT and layer.name.endswith("_split") and list(layer.top) == names


def is_split_of(layer: LayerParameter, blob: str) -> bool:
    """The same, for the several readers of this blob."""
    return is_inserted_split(layer) and list(layer.bottom) == [blob]


def _sources(net_param: NetParameter) -> dict[tuple[int, int], _Top]:
    """(layer, bottom index) to the top that it reads: the latest one of that name."""
    latest: dict[str, _Top] = {}
    source_of: dict[tuple[int, int], _Top] = {}
    for i, layer in enumerate(net_param.layer):
        for j, name in enumerate(layer.bottom):
            if name not in latest:
                raise NetError(
                    explain(
                        f"Unknown bottom blob '{name}' (layer '{layer.name}', bottom index {j})",
                        expected="a top of a layer further up",
                        fix=_later_producer(net_param, name) or did_you_mean(name, latest),
                    )
                )
            source_of[i, j] = latest[name]
        latest.update({name: (i, j) for j, name in enumerate(layer.top)})
    return source_of


def _later_producer(net_param: NetParameter, name: str) -> str | None:
    producers: Iterator[str] = (
        layer.name for layer in net_param.layer if name in layer.top and name not in layer.bottom
    )
    producer = next(producers, None)
    return f"move layer '{producer}', which makes it, further up" if producer else None


def _split_name(producer: LayerParameter, top_index: int, split_index: int | None) -> str:
    name = f"{producer.top[top_index]}_{producer.name}_{top_index}_split"
    return name if split_index is None else f"{name}_{split_index}"


def _configure_split(
    split: LayerParameter, producer: LayerParameter, top_index: int, count: int, loss_weight: float
) -> None:
    split.name = _split_name(producer, top_index, None)
    split.type = SPLIT
    split.bottom.append(producer.top[top_index])
    split.top.extend(_split_name(producer, top_index, k) for k in range(count))
    if loss_weight:
        split.loss_weight.extend([loss_weight] + [0.0] * (count - 1))
