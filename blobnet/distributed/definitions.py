"""What is changed in a solver's definition before the ranks make their nets of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.message import Message

from blobnet.distributed.ranks import Ranks
from blobnet.errors import SolverError, explain, printable
from blobnet.proto import TEST, LayerParameter
from blobnet.solverdef.nets import net_definitions
from blobnet.solverdef.settings import SolverDefinition


def agree_on_seed(definition: SolverDefinition, ranks: Ranks) -> None:
    """Give a solver without `random_seed` one that is the same on all ranks."""
    seed = ranks.draw()
    if definition.param.random_seed < 0:
        definition.param.random_seed = seed


def split_batches(definition: SolverDefinition, count: int) -> SolverDefinition:
    """The same with the batches of the train net divided by `count`, and its nets within.

    Raises SolverError where a batch cannot be divided, or no layer has a batch_size.
    """
    train, *tests = net_definitions(definition.param, definition.folder)
    param = type(definition.param)()
    param.CopyFrom(definition.param)
    for field in ("net", "net_param", "train_net", "train_net_param", "test_net", "test_net_param"):
        param.ClearField(field)
    param.train_net_param.CopyFrom(train.param)
    param.test_net_param.extend(test.param for test in tests)
    found = list(_batch_sizes(param.train_net_param.layer))
    for layer, message in found:
        if message.batch_size % count:  # type: ignore[attr-defined]
            raise SolverError(
                explain(
                    f'layer "{printable(layer.name)}": its batches cannot be divided',
                    expected=f"a batch_size that is a multiple of {count}, the number of ranks",
                    got=message.batch_size,  # type: ignore[attr-defined]
                    fix="change it, or start another number of ranks",
                )
            )
        message.batch_size //= count  # type: ignore[attr-defined]
    if not found:
        raise SolverError(
            explain("no batch to divide", expected="a layer with a batch_size in the train net")
        )
    return SolverDefinition(param, definition.folder)


def _batch_sizes(layers: Iterable[LayerParameter]) -> Iterator[tuple[LayerParameter, Message]]:
    """Messages that state a batch_size, of layers that are not for tests alone."""
    for layer in layers:
        if layer.bottom or any(rule.phase == TEST for rule in layer.include):
            continue
        for _, value in layer.ListFields():
            known = isinstance(value, Message) and value.DESCRIPTOR.fields_by_name
            if known and "batch_size" in known and value.HasField("batch_size"):
                yield layer, value
