"""What a layer type says of itself, for nets and pictures; what it does stands in `layer.py`."""

from __future__ import annotations

from math import isfinite
from numbers import Real
from typing import Any, ClassVar

from blobnet.blob import Blobs
from blobnet.inherited_declarations import drop_outdated
from blobnet.proto.own_messages import OwnField


class LayerDeclarations:
    """Class attributes, and methods that answer a question; all of them may be left as they are.

    Those that are no ClassVar may be set in `setup`, where the prototxt decides. A subclass that
    overrides `forward_cpu` or `backward_cpu` does not inherit what its base says of them: it says
    so itself, or the answers here hold (`inherited_declarations.py`).
    """

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        drop_outdated(cls, LayerDeclarations)

    exact_num_bottom_blobs: ClassVar[int | None] = None
    min_bottom_blobs: ClassVar[int | None] = None
    max_bottom_blobs: ClassVar[int | None] = None
    exact_num_top_blobs: ClassVar[int | None] = None
    min_top_blobs: ClassVar[int | None] = None
    max_top_blobs: ClassVar[int | None] = None
    equal_num_bottom_top_blobs: bool = False
    auto_top_blobs: ClassVar[bool] = False
    """Whether the net names tops that the prototxt leaves out, up to the number required."""

    # What a net must know to keep values that are still needed. These are the safe answers: see
    # `blobnet/aliasing/`. A subclass that needs less says so, here or in `setup`.
    backward_reads_bottom: bool = True
    """Whether `backward_cpu` reads the bottoms' data."""
    backward_reads_top: bool = True
    """Whether `backward_cpu` reads the tops' data."""
    works_in_place: ClassVar[bool] = False
    """Whether a top may be the bottom at its position: then the layer itself keeps what backward
    needs of that bottom, and a bottom's diff may be the memory of the top's."""
    lends_memory: ClassVar[bool] = False
    """Whether tops may be the bottom's memory under another name, which forward leaves alone."""
    makes_tops_once: ClassVar[bool] = False
    """Whether values that a top was given before must stay for later forwards."""
    can_overwrite_diffs: ClassVar[frozenset[int]] = frozenset()
    """Indices of `blobs_` whose diff `backward_cpu` writes, instead of adding to it, where
    `accumulate` is false: that saves clearing it before."""
    runs_foreign_code: ClassVar[bool] = False
    """Whether a prototxt says what program runs here: refused where a net is only looked at."""
    has_side_effects: ClassVar[bool] = False
    """Whether forward leaves something behind that counts even where nothing is learned."""
    can_be_recorded: bool = False
    """Whether forward computes by launching kernels of `blobnet/ops`, on the layer's blobs and on
    memory that it keeps: then the inference mode can launch them again without the layer. What
    `ops` compute without a kernel they say themselves (`ops/recording.py`)."""
    is_input: ClassVar[bool] = False
    """Whether the tops are the net's inputs: `net.forward(name=array)` fills them."""

    finds_boxes: ClassVar[bool] = False
    """Whether the top's rows are what a detector has found: image, class (-1: nothing), score, and
    the corners x1, y1, x2, y2 as shares of the image's sides."""
    chooses_classes: bool = False
    """Whether the top's values are numbers of classes."""

    own_field_: ClassVar[OwnField | None] = None
    """Where `register_layer(..., param=...)` put the type's own message in `layer_param_`."""

    # What pictures, traces, tables and findings tell of a layer: a subclass says what it knows,
    # here or in `setup`.
    formula: str = ""
    """What forward computes, in one line: "y = x @ W.T + b"."""
    gradient_formula: str = ""
    """How backward makes the gradients of its bottoms and weights: "dx = dy @ W"."""
    limits: tuple[float, float] | None = None
    """What the outputs of an activation come near to, at either end, where its slope vanishes:
    a unit that stays near them is saturated."""
    dead_value: float | None = None
    """What an activation puts out where it passes no gradient at all: 0 for a ReLU. A unit that
    never puts out anything else is dead."""

    def allow_force_backward(self, bottom_index: int) -> bool:
        """Whether `force_backward` may ask for a gradient of this bottom (labels: no)."""
        return True

    def default_loss_weights(self, num_top: int) -> list[float]:
        """The loss weights where the prototxt states none: nothing, except for losses."""
        return []

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """What one forward costs with blobs of these shapes, for the whole batch.

        Counted as papers do: the products with learned matrices; biases, pooling, normalizing and
        whatever works value by value count nothing.
        """
        return 0


def wrong_declaration(declared: LayerDeclarations) -> tuple[str, str, object] | None:
    """What cannot be declared so, what was expected, and what came; None where all makes sense."""
    for name in ("formula", "gradient_formula"):
        words: Any = getattr(declared, name)
        if not isinstance(words, str):
            return f"`{name}` is no text", 'one line: "y = x ** 2"', words
    dead_value: Any = declared.dead_value
    if dead_value is not None and not isinstance(dead_value, Real):
        return "`dead_value` is no number", "a number or None", dead_value
    if declared.limits is not None and not _are_limits(declared.limits):
        expected = "two finite numbers (low, high), low < high; or None"
        return "`limits` are no limits", expected, declared.limits
    return None


def _are_limits(limits: object) -> bool:
    if not (isinstance(limits, (tuple, list)) and len(limits) == 2):
        return False
    are_numbers = all(isinstance(limit, Real) and isfinite(limit) for limit in limits)
    return are_numbers and bool(limits[0] < limits[1])


def wrong_blob_counts(
    declared: LayerDeclarations, type_name: str, num_bottom: int, num_top: int
) -> tuple[str, object] | None:
    """In Caffe's words, why a layer type cannot have so many blobs, and what came; else None."""
    for verb, number, unit, exact, least, most in (
        ("takes", num_bottom, "bottom blob(s) as input", declared.exact_num_bottom_blobs,
         declared.min_bottom_blobs, declared.max_bottom_blobs),
        ("produces", num_top, "top blob(s) as output", declared.exact_num_top_blobs,
         declared.min_top_blobs, declared.max_top_blobs),
    ):  # fmt: skip
        for limit, word, fits in (
            (exact, "", number == exact),
            (least, "at least ", least is None or number >= least),
            (most, "at most ", most is None or number <= most),
        ):
            if limit is not None and not fits:
                return f"{type_name} Layer {verb} {word}{limit} {unit}.", number
    if declared.equal_num_bottom_top_blobs and num_bottom != num_top:
        what = f"{type_name} Layer produces one top blob as output for each bottom blob input."
        return what, f"{num_bottom} bottoms and {num_top} tops"
    return None
