"""Traced steps as one page of HTML that needs nothing else: to fold, to scroll, on a phone too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from os import PathLike
from pathlib import Path

import numpy as np

from blobnet.net import Net
from blobnet.ops.overflow import overflow_allowed
from blobnet.serialization.files import atomic_write
from blobnet.shapes import by_axes
from blobnet.types import Array
from blobnet.viz.names import visible
from blobnet.viz.trace.array_note import ArrayNote, number
from blobnet.viz.trace.parts import LayerTrace, Named, PassTrace, StepTrace, UpdateTrace
from blobnet.viz.trace.pictures import NEGATIVE, POSITIVE, histogram, images, net_picture
from blobnet.viz.trace.text import (
    check,
    how,
    numbered,
    rule_settings,
    shared,
    stays,
    update_columns,
    value_rows,
)

_FEW_LAYERS = 10  # so many are shown unfolded
_LONGEST = 4000  # letters that are quoted in one piece

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #767676; --card: #8881; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 0.8rem; }
body > p { max-width: 60rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.25rem; border-top: 2px solid var(--line); }
h2, h3 { padding-top: 0.6rem; } h3 { font-size: 1.05rem; margin: 0.8rem 0 0.4rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: 0.35rem 0; }
summary { cursor: pointer; padding: 0.5rem 0.6rem; background: var(--card); }
summary { overflow-wrap: anywhere; }
details > div { padding: 0.2rem 0.6rem 0.6rem; }
.quiet { color: var(--quiet); font-size: 0.88em; }
p { margin: 0.35rem 0; overflow-wrap: anywhere; }
code { font-size: 0.92em; }
.scroll { overflow-x: auto; }
.array { margin: 0.5rem 0; min-width: 0; }
.pass { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); }
.pass { gap: 0 1.2rem; } .pass > div { min-width: 0; }
.arrays { display: flex; flex-wrap: wrap; gap: 0 1.6rem; align-items: flex-start; }
.pictures { display: flex; gap: 0.8rem; align-items: flex-end; margin: 0.3rem 0; }
img.net { max-width: 100%; max-height: 90vh; background: #fff; border-radius: 6px; }
img.images { image-rendering: pixelated; width: 9rem; border: 1px solid var(--line); }
svg.histogram { fill: currentColor; opacity: 0.7; border-bottom: 1px solid; }
table { border-collapse: collapse; font: 0.82rem ui-monospace, monospace; }
td, th { padding: 0.15rem 0.5rem; text-align: right; border: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
.ok::before { content: "\\2713  "; } .differs::before { content: "\\26a0  "; }
"""


def write_trace_page(
    steps: Sequence[StepTrace], path: str | PathLike[str], net: Net | None = None
) -> Path:
    """Write the page: the whole file or, where that fails, nothing."""
    with atomic_write(path) as temporary:
        temporary.write_text(trace_page(steps, net), encoding="utf-8")
    return Path(path)


def trace_page(steps: Sequence[StepTrace], net: Net | None = None) -> str:
    """The page's text; every name in it is escaped.

    net  the one that learned, to be drawn above its steps
    """
    name = steps[0].net if steps else ""
    title = _text(f"How {name or 'a net'} learns, step by step")
    unfolded = all(len(told.layers) <= _FEW_LAYERS for step in steps for told in step.passes)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{title}</h1>",
            f"<p>Tap a layer to {'fold or unfold' if unfolded else 'unfold'} it. Forward, each "
            "takes its bottoms and makes its tops; backward, it is given delta, the gradient of "
            "the loss for its tops, and makes of it the gradients of its weights and the delta of "
            "its bottoms; the update changes the weights. Blue is negative, orange positive, the "
            "stronger the further from 0.</p>",
            *([_card("The net", "", [net_picture(net)], unfolded)] if net is not None else []),
            *(f"<p>{words}</p>" for words in _rule_of_size(steps)),
            *(part for step in steps for part in _step(step)),
            "</body></html>",
        ]
    )


def _rule_of_size(steps: Sequence[StepTrace]) -> Iterator[str]:
    if steps:
        yield (
            f"Arrays of up to {steps[0].few} values are shown in full, larger ones by their "
            "smallest, mean and largest value, the mean of absolute values, the share of zeros and "
            "a histogram between the two ends; maps and filters by the first of them, too."
        )


def _text(words: str) -> str:
    return escape(visible(words, _LONGEST))


def _step(step: StepTrace) -> Iterator[str]:
    yield f"<section><h2>Iteration {step.iteration}</h2>"
    yield f"<p>{_text(rule_settings(step))}; loss = {number(step.loss)}</p>"
    for index, told in enumerate(step.passes):
        yield from _pass(told, numbered(step, index), "gradient")
    yield f"<h3>Update: {_text(step.solver)}</h3><p><code>{_text(step.rule)}</code></p>"
    unfolded = len(step.updates) <= _FEW_LAYERS
    for update in step.updates:
        yield _update(step, update, unfolded)
    yield "</section>"


def _card(head: str, quiet: str, body: Iterable[str], unfolded: bool) -> str:
    state = " open" if unfolded else ""
    return (
        f"<details{state}><summary><b>{_text(head)}</b> "
        f'<span class="quiet">{_text(quiet)}</span></summary><div>{"".join(body)}</div></details>'
    )


# --- a pass ---------------------------------------------------------------------------------------


def _pass(told: PassTrace, which: str, gradient: str) -> Iterator[str]:
    unfolded = len(told.layers) <= _FEW_LAYERS
    yield f'<div class="pass"><div><h3>Forward{which}</h3>'
    for layer in told.layers:
        made = "in place" if layer.in_place else _shapes(layer.top)
        yield _card(layer.name, f"{layer.type}  {made}", _forward(layer), unfolded)
    yield f"<p><b>loss = {number(told.loss)}</b></p></div><div><h3>Backward{which}</h3>"
    for layer in told.backward:
        size = ", ".join(f"{note.mean_abs:.3g}" for _, note in layer.top_diff or [])
        quiet = f"{layer.type}  mean abs delta {size}"
        yield _card(layer.name, quiet, _backward(layer, gradient), unfolded)
    if told.idle:
        yield f'<p class="quiet">No gradient is needed in {_text(", ".join(told.idle))}.</p>'
    yield "</div></div>"


def _forward(layer: LayerTrace) -> Iterator[str]:
    if layer.formula:
        yield f"<p><code>{_text(layer.formula)}</code></p>"
    if layer.settings:
        yield f'<p class="quiet">{_text(layer.settings)}</p>'
    yield '<div class="arrays">'
    yield from _arrays("in", layer.bottom)
    yield from _arrays("weights", layer.weights)
    yield from _arrays("out", layer.top)
    yield "</div>"


def _backward(layer: LayerTrace, gradient: str) -> Iterator[str]:
    if layer.gradient:
        yield f"<p><code>{_text(layer.gradient)}</code></p>"
    yield '<div class="arrays">'
    yield from _arrays("delta in", layer.top_diff or [], ".diff")
    yield from _arrays(gradient, layer.weight_diff, ".diff")
    yield from _arrays("delta out", layer.bottom_diff, ".diff")
    yield "</div>"


def _shapes(arrays: Iterable[Named]) -> str:
    return ", ".join(f"{name} {by_axes(note.shape)}" for name, note in arrays)


def _arrays(role: str, arrays: Iterable[Named], part: str = "") -> Iterator[str]:
    for name, note in arrays:
        head = f"<b>{role}</b> {_text(name)}{part} <span class=quiet>{by_axes(note.shape)}</span>"
        yield f'<div class="array">{head}<div class="scroll">{_array(note)}</div></div>'


# --- arrays ---------------------------------------------------------------------------------------


def _array(note: ArrayNote) -> str:
    if note.values is None:
        pictures = images(note) + histogram(note)
        shown = f'<div class="pictures">{pictures}</div>' if pictures else ""
        return _statistics([("", note)]) + shown
    if not note.values.size:
        return "no values"
    if note.values.ndim <= 2:
        return _matrix(np.atleast_2d(note.values))
    blocks = (
        f"<p class=quiet>[{','.join(map(str, place))}]</p>{_matrix(note.values[place])}"
        for place in np.ndindex(note.shape[:-2])
    )
    return "".join(blocks)


def _matrix(values: Array) -> str:
    with overflow_allowed():
        largest = float(np.nanmax(np.abs(values), initial=0))
    rows = ("".join(_cell(value, largest) for value in row) for row in values)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _cell(value: float, largest: float) -> str:
    share = abs(float(value)) / largest if 0 < largest < float("inf") else 0.0
    if not 0 < share <= 1:
        return f"<td>{number(value)}</td>"
    color = ",".join(map(str, NEGATIVE if value < 0 else POSITIVE))
    return f'<td style="background:rgba({color},{0.5 * share:.2f})">{number(value)}</td>'


def _statistics(notes: Sequence[tuple[str, ArrayNote]]) -> str:
    """One line for each array, one column for each number."""
    columns = list(dict.fromkeys(name for _, note in notes for name in note.statistics))
    head = "".join(f"<th>{name}</th>" for name in columns)
    first = "<th></th>" if any(name for name, _ in notes) else ""
    rows = [f"<tr>{first}{head}</tr>"]
    for name, note in notes:
        cells = "".join(f"<td>{note.statistics.get(column, '')}</td>" for column in columns)
        rows.append(f"<tr>{f'<th>{name}</th>' if first else ''}{cells}</tr>")
    return f"<table>{''.join(rows)}</table>"


# --- an update ------------------------------------------------------------------------------------


def _update(step: StepTrace, update: UpdateTrace, unfolded: bool) -> str:
    shape = f"{by_axes(update.before.shape)}{shared(update)}"
    if stays(update):
        return _card(update.name, f"{shape}  stays as it is, lr_mult is 0", [], False)
    share = ""
    if update.change is not None and update.before.mean_abs:
        part = update.change.mean_abs / update.before.mean_abs
        share = f"  changes by {100 * part:.2g} %"
    return _card(update.name, shape + share, _change(step, update), unfolded)


def _change(step: StepTrace, update: UpdateTrace) -> Iterator[str]:
    yield f"<p>{_text(how(step, update))}</p>"
    columns = update_columns(update)
    notes = [note for _, note in columns]
    if all(note.values is not None for note in notes):
        head = "".join(f"<th>{name}</th>" for name in ["", *(name for name, _ in columns)])
        body = "".join(
            f"<tr><th>{place}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
            for place, *cells in value_rows(notes)
        )
        table = f"<table><tr>{head}</tr>{body}</table>"
    else:
        table = _statistics(columns)
    yield f'<div class="scroll">{table}</div>'
    yield f'<p class="{"differs" if update.error else "ok"}">{_text(check(update))}</p>'
