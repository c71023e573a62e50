"""Convolutions: Caffe pads both ends of an axis alike, so what differs is a Pad in front."""

from __future__ import annotations

from typing import Any

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads


@reads("Conv")
def convolution(node: NodeReader) -> None:
    weight = node.known(1, "weight")
    kernel = _kernel(node, weight.shape)
    begins, ends = pads(node, kernel)
    x = node.blob()
    if begins != ends:
        x = padded(node, x, begins, ends)
        begins = [0] * len(kernel)
    param = _words(node, kernel, begins)
    param["num_output"] = weight.shape[0]
    weights = [weight] + ([node.known(2, "bias")] if node.has(2) else [])
    param["bias_term"] = len(weights) > 1
    node.layer("Convolution", [x], weights, convolution_param=param, last=True)


@reads("ConvTranspose")
def deconvolution(node: NodeReader) -> None:
    """More at the end is caffe-windows' shape_offset."""
    weight = node.known(1, "weight")
    kernel = _kernel(node, weight.shape)
    if node.attributes.get("output_shape"):
        raise node.error("`output_shape` is not read", fix="state pads and output_padding")
    begins, ends = pads(node, kernel)
    param = _words(node, kernel, begins)
    param["num_output"] = weight.shape[1] * param["group"]
    more = node.attributes.get("output_padding") or [0] * len(kernel)
    more = [extra + begin - end for extra, begin, end in zip(more, begins, ends, strict=True)]
    if any(more):
        if any(not 0 <= one < step for one, step in zip(more, param["stride"], strict=True)):
            raise node.error("pads differ too much between both ends", got=[begins, ends])
        param["shape_offset"] = more
    weights = [weight] + ([node.known(2, "bias")] if node.has(2) else [])
    param["bias_term"] = len(weights) > 1
    node.layer("Deconvolution", [node.blob()], weights, convolution_param=param, last=True)


def _kernel(node: NodeReader, weight: tuple[int, ...]) -> list[int]:
    """The taps along each axis. Raises NetError where input and weight have not the same axes."""
    if len(weight) < 3 or len(weight) != len(node.shape()):
        raise node.error("input and weight do not fit", got=f"{node.shape()} and {weight}")
    return list(weight[2:])


def _words(node: NodeReader, kernel: list[int], pad: list[int]) -> dict[str, Any]:
    ones = [1] * len(kernel)
    return {
        "kernel_size": kernel,
        "stride": node.attributes.get("strides") or ones,
        "pad": pad,
        "dilation": node.attributes.get("dilations") or ones,
        "group": node.attributes.get("group", 1),
    }


def pads(node: NodeReader, kernel: list[int]) -> tuple[list[int], list[int]]:
    """Padding at the beginning and the end of each axis, also where a rule decides it."""
    axes = len(kernel)
    rule = node.attributes.get("auto_pad", "NOTSET") or "NOTSET"
    if rule in ("NOTSET", "VALID"):
        stated = node.attributes.get("pads") if rule == "NOTSET" else None
        both = stated or [0] * (2 * axes)
        if len(both) != 2 * axes or min(both) < 0:
            raise node.error("pads must be two for each axis, 0 or more", got=both)
        return both[:axes], both[axes:]
    if node.op_type == "ConvTranspose" or rule not in ("SAME_UPPER", "SAME_LOWER"):
        raise node.error("this auto_pad is not read", got=rule, fix="export it with stated pads")
    strides = node.attributes.get("strides") or [1] * axes
    dilations = node.attributes.get("dilations") or [1] * axes
    begins, ends = [], []
    for length, taps, stride, hole in zip(
        node.shape()[2:], kernel, strides, dilations, strict=True
    ):
        places = -(-length // stride)
        total = max((places - 1) * stride + (taps - 1) * hole + 1 - length, 0)
        less = total // 2
        begins.append(less if rule == "SAME_UPPER" else total - less)
        ends.append(total - less if rule == "SAME_UPPER" else less)
    return begins, ends


def padded(
    node: NodeReader,
    x: str,
    begins: list[int],
    ends: list[int],
    value: float = 0.0,
    kind: str = "CONSTANT",
    last: bool = False,
) -> str:
    """x with more around its last two axes: brocolli's Pad."""
    if len(begins) != 2:
        raise node.error("unequal pads are read for images alone", got=[begins, ends])
    param = {
        "pad_type": kind,
        "pad_value": value,
        "pad_u": begins[0],
        "pad_d": ends[0],
        "pad_l": begins[1],
        "pad_r": ends[1],
    }
    return node.layer("Pad", [x], pad_param=param, last=last)[0]
