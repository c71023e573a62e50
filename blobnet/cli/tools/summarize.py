"""`blobnet summarize`: a net in a line per layer. Caffe: tools/extra/summarize.py."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

import click
import numpy as np

from blobnet.cli.options import FILE, import_option
from blobnet.errors import NetError, explain, printable
from blobnet.input_files import shown
from blobnet.netdef import upgrade_net
from blobnet.proto import LayerParameter, NetParameter, ParamSpec
from blobnet.serialization.prototxt import read_text

# Codes of a terminal, for one blob after the other. That 444 is none is Caffe's slip: such a blob
# has no colour.
_COLORS = (
    *("92", "93", "94", "95", "97", "96", "42", "43;30", "100", "444", "103;30", "107;30"),
)  # fmt: skip
_UNKNOWN_COLOR = "41"  # of a bottom that no layer above makes
_CODE = re.compile(r"\033\[[\d;]+m")


@click.command(
    help="""List a net's layers as the prototxt has them, in a line each; nothing is computed.

    Name, type, learning rates and decays that are not 1, bottoms -> tops, and of windows: size,
    /stride, +pad, outputs, /groups. A blob has one colour everywhere; tops that nobody
    reads are underlined. `blobnet summary` tells shapes and costs. NO_COLOR=1 leaves colours out.
    """,
    epilog="Example: blobnet summarize models/lenet5/train_test.prototxt",
)
@click.argument("net", type=FILE, metavar="FILE")
@click.option(
    "-w",
    "--max-width",
    "max_width",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    metavar="N",
    help="Letters that a column takes at most; longer words reach into the next.",
)
@import_option
def command(net: str, max_width: int) -> None:
    definition = read_text(net, NetParameter())
    if definition.layers:
        definition = upgrade_net(definition)
    if not definition.layer:
        raise NetError(explain(f"{shown(net)}: a net without layers"))
    for line in _lines(list(_table(definition)), max_width):
        click.echo(_CODE.sub("", line) if os.environ.get("NO_COLOR") else line, color=True)


def _lines(table: Sequence[Sequence[str]], max_width: int) -> Iterator[str]:
    """The rows with columns below each other, as far as no cell is wider than they may be."""
    columns = zip(*table, strict=True)
    widths = [min(max(map(_length, column)) + 1, max_width) for column in columns]
    for row in table:
        line, end = "", 0
        for cell, width in zip(row, widths, strict=True):
            end += width
            line += f"{cell} "
            line += " " * (end - _length(line))
        yield line


def _length(text: str) -> int:
    """Letters that are seen."""
    return len(_CODE.sub("", text))


def _table(net: NetParameter) -> Iterator[list[str]]:
    unread: set[str] = set()
    for layer in net.layer:
        unread = (unread | set(layer.top)) - set(layer.bottom)
    colors: dict[str, str] = {}
    for layer in net.layer:
        tops = ", ".join(_top(layer, index, colors, unread) for index in range(len(layer.top)))
        bottoms = ", ".join(
            _colored(printable(name), colors.get(name, _UNKNOWN_COLOR)) for name in layer.bottom
        )
        specs = [_spec(param) for param in layer.param]
        yield [
            printable(layer.name),
            printable(_type(layer)),
            f"({', '.join(specs)})" if any(specs) else "",
            bottoms,
            "->",
            tops,
            _window(layer),
        ]


def _top(layer: LayerParameter, index: int, colors: dict[str, str], unread: set[str]) -> str:
    name = layer.top[index]
    color = colors.setdefault(name, _COLORS[len(colors) % len(_COLORS)])
    text = f"\033[1;4m{printable(name)}" if name in unread else printable(name)
    if index < len(layer.loss_weight):
        text = f"{_number(layer.loss_weight[index])} * {text}"
    return _colored(text, color)


def _colored(text: str, color: str) -> str:
    return f"\033[{color}m{text}\033[0m"


def _spec(param: ParamSpec) -> str:
    """What a layer says of one of its weights, where that is not what it is anyway."""
    words = [printable(param.name)] if param.name else []
    words += [f"x{_number(param.lr_mult)}"] if param.lr_mult != 1 else []
    words += [f"Dx{_number(param.decay_mult)}"] if param.decay_mult != 1 else []
    return " ".join(words)


def _number(value: float) -> str:
    """As short as it is still the same float: 0.1, 2.0."""
    return str(np.float32(value))


def _type(layer: LayerParameter) -> str:
    if layer.type == "Python":
        return f"{layer.python_param.module}.{layer.python_param.layer}"
    return layer.type


def _window(layer: LayerParameter) -> str:
    """Size, stride and pad, of convolutions also outputs and groups: `5/2+1 96/2`."""
    conv, pool = layer.convolution_param, layer.pooling_param
    if layer.type in ("Convolution", "Deconvolution") and len(conv.kernel_size) == 1:
        groups = f"/{conv.group}" if conv.group != 1 else ""
        stride, pad = next(iter(conv.stride), 1), next(iter(conv.pad), 0)
        return f"{_window_words(conv.kernel_size[0], stride, pad)} {conv.num_output}{groups}"
    if layer.type == "Pooling":
        return _window_words(pool.kernel_size, pool.stride, pool.pad)
    return ""


def _window_words(size: int, stride: int, pad: int) -> str:
    return f"{size}{f'/{stride}' if stride != 1 else ''}{f'+{pad}' if pad else ''}"
