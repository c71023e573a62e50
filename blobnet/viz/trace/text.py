"""A traced step as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from blobnet.shapes import by_axes
from blobnet.viz.names import visible
from blobnet.viz.trace.array_note import ArrayNote, number
from blobnet.viz.trace.parts import LayerTrace, Named, PassTrace, StepTrace, UpdateTrace

_WIDTH = 100
_LONGEST = 4000  # letters of a line that quotes a definition


def trace_text(step: StepTrace) -> str:
    """Forward, backward and update, layer by layer."""
    return "\n".join(visible(line, _LONGEST) for line in _step(step))


def _step(step: StepTrace) -> Iterator[str]:
    yield f"=== iteration {step.iteration} of {step.net or 'the net'}"
    yield f"    arrays of up to {step.few} values in full, larger ones by what they are like"
    for index, told in enumerate(step.passes):
        yield from _pass(told, numbered(step, index), "gradient")
    yield ""
    yield f"--- update: {step.solver}, {step.rule}"
    yield f"    {rule_settings(step)}"
    for update in step.updates:
        yield from _update(step, update)


def rule_settings(step: StepTrace) -> str:
    """`rate = 0.01, momentum = 0.9, ...`."""
    values = {"rate": step.rate, **step.settings}
    return ", ".join(
        f"{name} = {value if isinstance(value, str) else f'{value:g}'}"
        for name, value in values.items()
    )


# --- a pass ---------------------------------------------------------------------------------------


def numbered(step: StepTrace, index: int) -> str:
    """Which pass of the step it is, where there are several: ` 1 of 2`."""
    return f" {index + 1} of {len(step.passes)}" if len(step.passes) > 1 else ""


def _pass(told: PassTrace, which: str, gradient: str) -> Iterator[str]:
    yield ""
    yield f"--- forward{which}"
    for layer in told.layers:
        yield from _forward(layer)
    yield f"    loss = {number(told.loss)}"
    yield ""
    yield f"--- backward{which}, from the loss to the data"
    for layer in told.backward:
        yield from _backward(layer, gradient)
    if idle := told.idle:
        yield f"    no gradient is needed in {', '.join(idle)}"


def _forward(layer: LayerTrace) -> Iterator[str]:
    yield f"  {layer.name} ({layer.type}){', in place' if layer.in_place else ''}"
    if layer.formula:
        yield f"    {layer.formula}"
    if layer.settings:
        yield f"    {layer.settings}"
    yield from _arrays("in", layer.bottom)
    yield from _arrays("weights", layer.weights)
    yield from _arrays("out", layer.top)


def _backward(layer: LayerTrace, gradient: str) -> Iterator[str]:
    yield f"  {layer.name} ({layer.type}){', in place' if layer.in_place else ''}"
    if layer.gradient:
        yield f"    {layer.gradient}"
    yield from _arrays("delta in", layer.top_diff or [], "diff")
    yield from _arrays(gradient, layer.weight_diff, "diff")
    yield from _arrays("delta out", layer.bottom_diff, "diff")


def _arrays(role: str, arrays: Iterable[Named], part: str = "") -> Iterator[str]:
    for name, note in arrays:
        yield from _array(f"    {role} {name}{'.' if part else ''}{part}", note)


def _array(label: str, note: ArrayNote) -> Iterator[str]:
    head = f"{label}  {by_axes(note.shape)}"
    if note.values is None:
        yield f"{head}  {', '.join(f'{name} {value}' for name, value in note.statistics.items())}"
        return
    lines = in_full(note).splitlines()
    if len(lines) == 1 and len(head) + len(lines[0]) < _WIDTH:
        yield f"{head}  {lines[0]}"
        return
    yield head
    yield from (f"        {line}" for line in lines)


def in_full(note: ArrayNote) -> str:
    """All the values, as numpy writes them; nothing of an empty array."""
    if note.values is None or not note.values.size:
        return "no values"
    if not note.shape:
        return number(note.values[()])
    return np.array2string(note.values, precision=8, max_line_width=_WIDTH - 8, threshold=2**31)


# --- an update ------------------------------------------------------------------------------------


def _update(step: StepTrace, update: UpdateTrace) -> Iterator[str]:
    head = f"  {update.name}  {by_axes(update.before.shape)}{shared(update)}"
    if stays(update):
        yield f"{head}: stays as it is, lr_mult is 0"
        return
    yield head
    yield f"    {how(step, update)}"
    columns = update_columns(update)
    notes = [note for _, note in columns]
    if all(note.values is not None for note in notes):
        yield from _table(["", *(name for name, _ in columns)], value_rows(notes))
    else:
        width = max(len(name) for name, _ in columns)
        for name, note in columns:
            yield from _array(f"    {name:<{width}}", note)
    yield f"    check: {check(update)}"


def stays(update: UpdateTrace) -> bool:
    """Whether the weight is one that does not learn."""
    return not update.lr_mult and update.change is not None and update.change.is_zero


def shared(update: UpdateTrace) -> str:
    return f", shared with {', '.join(update.shared_with)}" if update.shared_with else ""


def how(step: StepTrace, update: UpdateTrace) -> str:
    """The weight's own rate, and what g is."""
    gradient = "gradient"
    if "clip_gradients" in step.settings:
        gradient = "gradient (clipped if need be)"
    if "iter_size" in step.settings:
        gradient += f" / {step.settings['iter_size']:g}"
    if update.decay:
        gradient += f" + {update.decay:g} * {'the sign of before' if update.is_l1 else 'before'}"
    rate = "" if update.rate is None else f"rate = {step.rate:g} * lr_mult {update.lr_mult:g}"
    return ";  ".join(filter(None, [rate, f"g = {gradient}"]))


def update_columns(update: UpdateTrace) -> list[tuple[str, ArrayNote]]:
    """What is told of each weight, from before to after."""
    columns = [("before", update.before), ("gradient", update.gradient)]
    if update.g is not None and not update.g.equals(update.gradient):
        columns.append(("g", update.g))
    for name, old, new in update.history:
        columns += [(f"{name} before", old), (name, new)]
    for name, note in (("change", update.change), ("after", update.after)):
        if note is not None:
            columns.append((name, note))
    return columns


def value_rows(notes: list[ArrayNote]) -> Iterator[list[str]]:
    """For each weight its place, `[0,1]`, and its number in every note."""
    arrays = [note.values for note in notes if note.values is not None]
    for place in np.ndindex(notes[0].shape):
        where = ",".join(map(str, place))
        yield [f"[{where}]", *(number(array[place]) for array in arrays)]


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        cells = (f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(cells)}"


def check(update: UpdateTrace) -> str:
    """Whether the change accounts for the weight."""
    if update.after is None:
        return "the step has not come to its end"
    count = int(np.prod(update.before.shape))
    if update.error == 0:
        return f"before - change = after, exactly, in all {count:,} values"
    return f"before - change differs from after, by up to {update.error:g}"
