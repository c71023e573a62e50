"""What the definition says of itself: whose it is, and what cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf import text_format

from blobnet.doctor.case import Case
from blobnet.doctor.finding import LIKELY, NOTE, Finding, several
from blobnet.errors import ProtoError
from blobnet.input_files import shown
from blobnet.netdef.upgrade import net_changes
from blobnet.proto import NetParameter
from blobnet.proto.forks import Fork, forks_with_type, named
from blobnet.serialization.weights import read_caffemodel
from blobnet.text_files import read_text_file
from blobnet.wired_layer import WiredLayer


def examine(case: Case) -> Iterator[Finding]:
    """Forks and versions as notes; losses that get what they do not expect."""
    yield Finding(_whose(case), _told_by(case), "", NOTE)
    if case.weights_path is not None:
        yield from _weights_whose(case)
    net = case.train_net or case.net
    for wired in net.wired:
        yield from _scores_of_loss(wired, net.wired)


def _whose(case: Case) -> str:
    forks = _forks_of(case.definition)
    whose = f"has layer types of {named(forks, 1)}" if forks else "has Caffe's own layer types"
    return f"{shown(case.net_path)} {whose}"


def _told_by(case: Case) -> str:
    """Which types tell the fork, and what is old in the file."""
    types = sorted({layer.type for layer in case.definition.layer if forks_with_type(layer.type)})
    words = [several(types, 8)] if types else []
    raw = text_format.Parse(_text(case), NetParameter(), allow_unknown_field=True)
    return "; ".join([*words, *_age(raw)])


def _text(case: Case) -> str:
    return read_text_file(case.net_path, ProtoError, setting="the net")


def _age(net: NetParameter) -> list[str]:
    """What today's form has otherwise, without the layers."""
    return [change.partition(":")[0] for change in net_changes(net)]


def _forks_of(net: NetParameter) -> list[Fork]:
    """The forks that have all the types that Caffe has not; if none has, the first of each."""
    needed = [forks for layer in net.layer if (forks := forks_with_type(layer.type))]
    if not needed:
        return []
    common = [fork for fork in needed[0] if all(fork in forks for forks in needed)]
    return common or list(dict.fromkeys(forks[0] for forks in needed))


def _weights_whose(case: Case) -> Iterator[Finding]:
    if case.weights_path is None or case.weights_path.suffix == ".h5":
        return
    stored, fork = read_caffemodel(case.weights_path)
    whose = f"in the numbers of {fork.name}" if fork else "in Caffe's own numbers"
    age = _age(stored)
    yield Finding(
        f"{shown(case.weights_path)} has weights {whose}",
        f"{sum(map(bool, case.stored.values()))} layers with weights"
        + "".join(f"; {each}" for each in age),
        "",
        NOTE,
    )


def _scores_of_loss(wired: WiredLayer, layers: list[WiredLayer]) -> Iterator[Finding]:
    """A loss that applies the softmax itself, behind a layer that has done it already."""
    layer = wired.layer
    if not (layer.type == "SoftmaxWithLoss" and layer.loss(0) and wired.bottom_names):
        return
    scores = wired.bottom_names[0]
    makers = [each.layer for each in layers if scores in each.top_names]
    if not makers:
        return
    if makers[-1].type == "Softmax":
        yield Finding(
            f"loss '{layer.name}' gets probabilities where it takes scores: softmax is done twice",
            f"'{scores}' comes from layer '{makers[-1].name}', a Softmax",
            f"let the loss read '{_bottom_of(makers[-1].name, layers)}'",
            LIKELY,
        )
    elif makers[-1].dead_value == 0:
        yield Finding(
            f"loss '{layer.name}' gets scores that cannot be negative",
            f"'{scores}' has been through layer '{makers[-1].name}', which cuts at 0",
            "leave that layer out: classes whose score is cut get no gradient",
            LIKELY,
        )


def _bottom_of(name: str, layers: list[WiredLayer]) -> str:
    return next(each.bottom_names[0] for each in layers if each.layer.name == name)
