"""What holds for the splits of every net, whatever is wired to what."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.netdef import insert_splits
from blobnet.proto import LayerParameter, NetParameter


@st.composite
def nets(draw: st.DrawFn) -> NetParameter:
    """Nets of layers that read and overwrite few blobs, so that sharing is the rule."""
    names = st.sampled_from("abcd")
    result = NetParameter()
    result.layer.add(name="input", top=sorted(draw(st.sets(names, min_size=1))))
    known = set(result.layer[0].top)
    for i in range(draw(st.integers(0, 8))):
        bottom = draw(st.lists(st.sampled_from(sorted(known)), max_size=3))
        top = sorted(draw(st.sets(names, max_size=2)))
        weights = draw(st.lists(st.sampled_from([0, 1, 2.5]), max_size=len(top)))
        result.layer.add(name=f"layer{i}", bottom=bottom, top=top, loss_weight=weights)
        known.update(top)
    return result


def readers(net_param: NetParameter) -> Counter[tuple[int, str]]:
    """How often each version of a blob is read, losses included; a version is (maker, name)."""
    maker: dict[str, int] = {}
    count: Counter[tuple[int, str]] = Counter()
    for i, layer in enumerate(net_param.layer):
        count.update((maker[name], name) for name in layer.bottom)
        maker.update(dict.fromkeys(layer.top, i))
        weighted = zip(layer.top, layer.loss_weight, strict=False)
        count.update((i, name) for name, weight in weighted if weight)
    return count


def total_loss_weight(layers: list[LayerParameter]) -> float:
    return sum(weight for layer in layers for weight in layer.loss_weight)


@settings(deadline=None)  # a slow machine is no failure
@given(nets())
def test_after_insertion_every_version_has_at_most_one_reader(net_param):
    result = insert_splits(net_param)
    assert max(readers(result).values(), default=0) <= 1
    assert insert_splits(result) == result
    assert total_loss_weight(list(result.layer)) == total_loss_weight(list(net_param.layer))


@settings(deadline=None)
@given(nets())
def test_the_layers_themselves_stay_and_read_what_they_read_before(net_param):
    """Through its split, if it has one, each bottom leads to the version it led to before."""
    result = insert_splits(net_param)
    originals = [layer for layer in result.layer if layer.type != "Split"]
    assert [layer.name for layer in originals] == [layer.name for layer in net_param.layer]
    assert [list(layer.top) for layer in originals] == [list(x.top) for x in net_param.layer]
    assert origins(result) == origins(net_param)


def origins(net_param: NetParameter) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each layer but splits: its name, and (maker, name) of each blob that it reads."""
    made_by: dict[str, tuple[str, str]] = {}
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for layer in net_param.layer:
        sources = [made_by[name] for name in layer.bottom]
        if layer.type == "Split":
            made_by.update(dict.fromkeys(layer.top, sources[0]))
        else:
            found.append((layer.name, sources))
            made_by.update({name: (layer.name, name) for name in layer.top})
    return found
