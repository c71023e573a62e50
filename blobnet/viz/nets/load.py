"""A net to look at, not to run: data that is not there is replaced by its shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from os import PathLike

from blobnet.errors import DataError, NetError, did_you_mean, explain
from blobnet.net import Net
from blobnet.netdef import upgrade_net
from blobnet.proto import InputParameter, LayerParameter, NetParameter
from blobnet.serialization.prototxt import read_net
from blobnet.types import Shape


def load_net(
    source: str | PathLike[str] | NetParameter,
    phase: str | int | None = None,
    *,
    level: int | None = None,
    stages: Iterable[str] = (),
    shapes: Mapping[str, Shape] | None = None,
    allow_python: bool = True,
    inference: bool = False,
    keep: Iterable[str] = (),
    seed: int | None = None,
) -> Net:
    """The net as `blobnet.Net` makes it, with the given shapes in place of data.

    shapes  blob name to shape: the layer that reads this blob from somewhere becomes an Input;
            a second blob of it, the labels, has one value per item unless it is given too
    allow_python  false to refuse a net whose Python layers would run a program
    inference, keep  as `blobnet.Net` has them

    Raises DataError, with a way out, where data is missing whose shape is not given.
    """
    param = upgrade_net(source) if isinstance(source, NetParameter) else read_net(source)
    given = dict(shapes or {})
    known = {name for layer in _sources(param) for name in layer.top}
    for name in given:
        if name not in known:
            raise NetError(
                explain(
                    f"a shape is given for '{name}', which no data layer makes",
                    expected=f"one of {', '.join(sorted(known))}" if known else None,
                    fix=did_you_mean(name, known),
                )
            )
    for layer in _sources(param):
        if any(name in given for name in layer.top):
            _become_input(layer, given)
    try:
        return Net(
            param,
            phase,
            level=level,
            stages=stages,
            allow_python=allow_python,
            inference=inference,
            keep=keep,
            seed=seed,
        )
    except DataError as error:
        raise DataError(f"{error}\n  or:       {_way_out(param)}") from error


def _sources(param: NetParameter) -> Iterator[LayerParameter]:
    """The layers that read blobs from outside of the net."""
    return (layer for layer in param.layer if layer.top and not layer.bottom)


def _become_input(layer: LayerParameter, given: Mapping[str, Shape]) -> None:
    first = layer.top[0]
    if first not in given:
        raise NetError(
            explain(
                f"no shape is given for '{first}', which layer '{layer.name}' makes too",
                got=f"one for {', '.join(name for name in layer.top if name in given)}",
                fix="give the shapes of both",
            )
        )
    param = InputParameter()
    for name in layer.top:
        param.shape.add().dim.extend(given.get(name, given[first][:1]))
    made = LayerParameter(name=layer.name, type="Input", top=layer.top, input_param=param)
    made.include.extend(layer.include)
    made.exclude.extend(layer.exclude)
    layer.CopyFrom(made)


def _way_out(param: NetParameter) -> str:
    """How to look at the net without its data; the batch size is known, unless phases differ."""
    batches: dict[str, set[int]] = {}
    for layer in _sources(param):
        for field, value in layer.ListFields():
            if field.name.endswith("data_param") and hasattr(value, "batch_size"):
                batches.setdefault(layer.top[0], set()).add(value.batch_size)
    shapes = [
        f"--shape {name}={min(sizes) if len(sizes) == 1 else 'N'},C,H,W"
        for name, sizes in batches.items()
    ]
    return f"do without the data by saying its shape, {' '.join(shapes)}"
