"""Names that weights are kept under: a net that would lose some is refused when it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from blobnet.errors import NetError, explain
from blobnet.proto import LayerParameter, NetParameter
from blobnet.weights.params import Param
from blobnet.wired_layer import WiredLayer


def check_texts(net_param: NetParameter) -> None:
    """Raise NetError for names that are no text: a binary message may hold any bytes."""
    for number, layer in enumerate(net_param.layer):
        for kind, name in _names(layer):
            if not isinstance(name, str):
                raise NetError(
                    explain(
                        f"layer #{number}: its {kind} is no text",
                        expected="UTF-8",
                        got=repr(name),
                        fix="write the definition in UTF-8",
                    )
                )


def _names(layer: LayerParameter) -> Iterable[tuple[str, object]]:
    yield "name", layer.name
    yield from (("bottom", name) for name in layer.bottom)
    yield from (("top", name) for name in layer.top)
    yield from (("param name", spec.name) for spec in layer.param)


def check_weights_names(layers: Sequence[WiredLayer], params: Iterable[Param]) -> None:
    """Raise NetError where two layers with weights have one name.

    Weights are saved, loaded and handed to test nets by the names of layers, so those of the second
    would be lost. Layers that share all of their weights may have one name: there is one memory.
    """
    memory = {id(param.blob): id((param.owner or param).blob) for param in params}
    first: dict[str, WiredLayer] = {}
    for wired in layers:
        if not wired.layer.blobs_:
            continue
        earlier = first.setdefault(wired.layer.name, wired)
        ours, theirs = ([memory[id(b)] for b in w.layer.blobs_] for w in (wired, earlier))
        if ours != theirs:
            raise NetError(
                explain(
                    f"two layers with weights have the name '{wired.layer.name}'",
                    expected="a name of its own for each: weights are saved and loaded by it",
                    got=f"{_describe(earlier)} and {_describe(wired)}",
                    fix="rename one of them; layers that are to share their weights say so by "
                    'param { name: "..." }',
                )
            )


def unique_names(names: Sequence[str]) -> Iterator[str]:
    """The names of layers, with a number behind those that an earlier layer has."""
    seen: Counter[str] = Counter()
    taken = set(names)
    for name in names:
        seen[name] += 1
        key = name
        while seen[name] > 1 and (key := f"{name} ({seen[name]})") in taken:
            seen[name] += 1  # a layer really has that name
        yield key


def _describe(wired: WiredLayer) -> str:
    tops = ", ".join(f"'{name}'" for name in wired.top_names)
    return f"the {wired.layer.type} layer that makes {tops or 'nothing'}"
