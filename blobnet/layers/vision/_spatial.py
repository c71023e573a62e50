"""Kernel, stride, pad and dilation: from the forms that prototxts use to a Window."""

from __future__ import annotations

from blobnet.layer import Layer
from blobnet.layers.vision._margins import has_margins
from blobnet.ops.pooling_argmax import is_wide
from blobnet.ops.window import Window
from blobnet.proto import ConvolutionParameter, PoolingParameter
from blobnet.types import Shape


def convolution_window(
    layer: Layer, param: ConvolutionParameter, dims: int, *, takes_margins: bool = False
) -> Window:
    """The window that `param` states, over `dims` spatial axes. Raises the layer's error.

    Each of the four is given once for all axes or once per axis; the first three may be given
    as `_h` and `_w` instead, over two axes. Where the layer takes margins, it asks for them itself.
    """
    if has_margins(layer, param) and (not takes_margins or dims != 2):
        raise layer.error(
            "pad_l, pad_r, pad_t, pad_b and pad_type are for Convolution, over two axes",
            got=f"{layer.type} over {dims}",
            fix="write pad, or pad_h and pad_w",
        )
    _refuse_volumes(layer, param, "kernel_depth temporal_stride temporal_pad filter_group")
    window = Window(
        kernel=_values(layer, param, "kernel", "kernel_size", dims, None),
        stride=_values(layer, param, "stride", "stride", dims, 1),
        pad=(0,) * dims if param.pad_type else _values(layer, param, "pad", "pad", dims, 0),
        dilation=_dilation(layer, param, dims),
    )
    if 0 in window.kernel:
        raise layer.error("Filter dimensions must be nonzero.", got=f"kernel {window.kernel}")
    if 0 in window.stride:
        raise layer.error("Stride dimensions must be nonzero.", got=f"stride {window.stride}")
    return window


def check_output_size(layer: Layer, window: Window, size: Shape, places: Shape) -> None:
    """Raise the layer's error where a window has no place on an image."""
    if any(count < 1 for count in places):
        raise layer.error(
            "the kernel does not fit into the padded input",
            expected=f"spatial axes of at least {window.input_size((1,) * len(size))}",
            got=f"spatial axes {size} under kernel {window.kernel}, stride {window.stride}, "
            f"pad {window.pad}, dilation {window.dilation}",
            fix="feed larger inputs, or choose a smaller kernel or a larger pad",
        )


def pooled_size(window: Window, size: Shape, *, round_down: bool = False) -> Shape:
    """How many places a pooling window has on an image of `size`, as Caffe counts them.

    A window may stick out at the end unless `round_down` is set; but where there is padding,
    the last one must begin inside the image or its padding at the front.
    """
    places = []
    for length, extent, stride, pad in zip(
        size, window.extent, window.stride, window.pad, strict=True
    ):
        room = length + 2 * pad - extent
        count = (room // stride if round_down else -(-room // stride)) + 1
        if any(window.pad) and (count - 1) * stride >= length + pad:
            count -= 1
        places.append(count)
    return tuple(places)


def rounds_down(layer: Layer, param: PoolingParameter) -> bool:
    """Whether a last pooling window that sticks out is left out. Raises the layer's error."""
    is_floor = param.round_mode == PoolingParameter.FLOOR
    are_both = param.HasField("round_mode") and param.HasField("ceil_mode")
    if are_both and param.ceil_mode == is_floor:
        raise layer.error(
            "round_mode and ceil_mode contradict each other",
            got=f"round_mode: {'FLOOR' if is_floor else 'CEIL'} and "
            f"ceil_mode: {str(param.ceil_mode).lower()}",
            fix="write one of them",
        )
    return is_floor or not param.ceil_mode


def is_dilated_too_wide(window: Window, size: Shape) -> bool:
    """Whether a window has holes and reaches so far that almost all it sees is padding."""
    return set(window.dilation) != {1} and is_wide(window, size)


def pooling_window(layer: Layer, param: PoolingParameter, size: Shape) -> Window:
    """The window that `param` states, over images of `size`. Raises the layer's error."""
    _refuse_volumes(layer, param, "kernel_depth temporal_stride")
    dims = len(size)
    window = Window(
        kernel=size if param.global_pooling else _pooling_kernel(layer, param, dims),
        stride=_by_axis(layer, param, "stride", dims),
        pad=(0,) * dims if param.pad_type else _by_axis(layer, param, "pad", dims),
        dilation=_repeated(layer, param, "dilation", dims, 1),
    )
    if 0 in window.dilation:
        raise layer.error("Dilation must be nonzero.", got=f"dilation {window.dilation}")
    if param.global_pooling:
        is_sized = any(param.HasField(f) for f in ("kernel_size", "kernel_h", "kernel_w"))
        if is_sized or param.kernel_size_3d:
            raise layer.error("With Global_pooling: true Filter size cannot specified")
        if any(window.pad) or set(window.stride) != {1}:
            raise layer.error(
                "With Global_pooling: true; only pad = 0 and stride = 1",
                got=f"pad {window.pad} and stride {window.stride}",
            )
    if 0 in window.kernel:
        raise layer.error("Filter dimensions cannot be zero.", got=f"kernel {window.kernel}")
    if 0 in window.stride:
        raise layer.error("Stride dimensions must be nonzero.", got=f"stride {window.stride}")
    if any(pad and pad >= kernel for pad, kernel in zip(window.pad, window.kernel, strict=True)):
        raise layer.error(
            "pad must be smaller than the kernel, else a window sees nothing but padding",
            got=f"pad {window.pad} and kernel {window.kernel}",
        )
    return window


def _refuse_volumes(
    layer: Layer, param: ConvolutionParameter | PoolingParameter, fields: str
) -> None:
    """Raise the layer's error where a setting is that of C3D's layers for clips, or a shape."""
    shapes = [n for n in ("kernel_shape", "stride_shape", "pad_shape") if param.HasField(n)]
    if shapes:
        raise layer.error(
            f"`{shapes[0]}` is for NdConvolution and NdPooling",
            fix="write kernel_size, stride and pad, once for each axis",
        )
    given = [field.name for field, _ in param.ListFields() if field.name in fields.split()]
    if given:
        raise layer.error(
            f"`{given[0]}` is a setting of clips",
            fix=f'write type: "{layer.type}3D"'
            if layer.type in ("Convolution", "Deconvolution", "Pooling")
            else f"take `{given[0]}` out",
        )


def _pooling_kernel(layer: Layer, param: PoolingParameter, dims: int) -> Shape:
    """kernel_size, or kernel_h and kernel_w; the same strictness as Caffe's."""
    if param.kernel_size_3d or (dims != 2 and param.HasField("kernel_size")):
        return _by_axis(layer, param, "kernel_size", dims)
    both = param.HasField("kernel_h") and param.HasField("kernel_w")
    if param.HasField("kernel_size"):
        if both:
            raise layer.error("Filter size is kernel_size OR kernel_h and kernel_w; not both")
        return (param.kernel_size,) * 2
    if not both:
        raise layer.error(
            "For non-square filters both kernel_h and kernel_w are required.",
            fix="give kernel_size, or kernel_h and kernel_w, or global_pooling: true",
        )
    if dims != 2:
        raise layer.error(
            "kernel_h and kernel_w are for two spatial axes",
            got=f"{dims} spatial axes",
            fix="write kernel_size, once or once per axis",
        )
    return (param.kernel_h, param.kernel_w)


def _by_axis(layer: Layer, param: PoolingParameter, what: str, dims: int) -> Shape:
    """`what` for all axes, or `what`_h and `what`_w; or for each axis, `what`_3d."""
    stem = what.removesuffix("_size")
    names = (what, f"{stem}_h", f"{stem}_w")
    given = [name for name in names if param.HasField(name)]
    if getattr(param, f"{what}_3d"):
        if given:
            raise layer.error(
                f"{what} is stated in several ways", got=f"{what}_3d and {' and '.join(given)}"
            )
        return _repeated(layer, param, f"{what}_3d", dims, None)
    if given in ([], [what]):
        return (getattr(param, what),) * dims
    if given == [f"{what}_h", f"{what}_w"] and dims == 2:
        return (getattr(param, f"{what}_h"), getattr(param, f"{what}_w"))
    raise layer.error(
        f"{what.capitalize()} is {what} OR {what}_h and {what}_w are required.",
        got=" and ".join(given),
    )


def _dilation(layer: Layer, param: ConvolutionParameter, dims: int) -> Shape:
    """`dilation`, or what forks call it: `hole`, `filter_stride`; or by axis, with _h and _w."""
    names = ("dilation", "hole", "filter_stride")
    fields = {field.name for field, _ in param.ListFields()}
    given = {name: [n for n in (f"{name}_h", f"{name}_w") if n in fields] for name in names}
    stated = [name for name in names if given[name] or name in fields]
    if len(stated) > 1 or any(name in fields and given[name] for name in stated):
        raise layer.error(
            "the dilation is stated in several ways",
            got=", ".join(n for name in stated for n in (name, *given[name])),
            fix="write `dilation`, once or once per axis",
        )
    name = stated[0] if stated else "dilation"
    if not given[name]:
        values = _repeated(layer, param, name, dims, 1) if name == "dilation" else ()
        return values or (getattr(param, name),) * dims
    if dims != 2 or (len(given[name]) < 2 and name != "hole"):
        raise layer.error(
            f"{name}_h & {name}_w are for 2D convolution, both of them.",
            got=f"{' and '.join(given[name])} over {dims} spatial axes",
        )
    return (getattr(param, f"{name}_h"), getattr(param, f"{name}_w"))


def _values(
    layer: Layer,
    param: ConvolutionParameter,
    what: str,
    field: str,
    dims: int,
    default: int | None,
) -> Shape:
    """One value per axis, from `field` or from `what`_h and `what`_w."""
    if not (param.HasField(f"{what}_h") or param.HasField(f"{what}_w")):
        return _repeated(layer, param, field, dims, default)
    if dims != 2:
        raise layer.error(
            f"{what}_h & {what}_w can only be used for 2D convolution.",
            got=f"{dims} spatial axes",
            fix=f"use {field}, once per axis",
        )
    if len(getattr(param, field)):
        raise layer.error(f"Either {field} or {what}_h/w should be specified; not both.")
    return (getattr(param, f"{what}_h"), getattr(param, f"{what}_w"))


def _repeated(
    layer: Layer,
    param: ConvolutionParameter | PoolingParameter,
    field: str,
    dims: int,
    default: int | None,
) -> Shape:
    """One value per axis, from a field that may hold none, one, or one per axis."""
    values = tuple(getattr(param, field))
    if len(values) == dims:
        return values
    if len(values) == 1:
        return values * dims
    if not values and default is not None:
        return (default,) * dims
    raise layer.error(
        f"{field} must be specified once, or once per spatial dimension",
        expected=f"1 value, or {dims}",
        got=f"{len(values)} values",
    )
