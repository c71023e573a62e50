"""Images in another size, and what is put around them."""

from __future__ import annotations

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads
from blobnet.exchange.onnx.readers.convolution import padded
from blobnet.types import Shape

_KINDS = {"constant": "CONSTANT", "edge": "REPLICATE", "reflect": "REFLECT"}


@reads("Upsample")
def upsample(node: NodeReader) -> None:
    """ONNX's until opset 9: pixels begin at the same place."""
    scales = node.attributes.get("scales") or node.known(1, "scales").tolist()
    size = tuple(round(length * scale) for length, scale in zip(node.shape(), scales, strict=True))
    _resize(node, size, node.attributes.get("mode", "nearest"), "asymmetric")


@reads("Resize")
def resize(node: NodeReader) -> None:
    index = 1 if node.opset == 10 else 2
    if node.attributes.get("axes") or node.attributes.get("antialias"):
        raise node.error("`axes` and `antialias` are not read")
    if node.has(3):
        size = tuple(int(length) for length in node.known(3, "sizes"))
    else:
        scales = node.known(index, "scales").tolist()
        size = tuple(int(n * scale) for n, scale in zip(node.shape(), scales, strict=True))
    way = node.attributes.get("coordinate_transformation_mode", "half_pixel")
    way = "asymmetric" if node.opset == 10 else way
    _resize(node, size, node.attributes.get("mode", "nearest"), way)


def _resize(node: NodeReader, size: Shape, mode: str, way: str) -> None:
    """Upsample for whole factors, Interp for corners on corners, Resample for centres."""
    shape = node.shape()
    if len(shape) != 4 or size[:2] != shape[:2]:
        raise node.error("only images are resized", got=f"{shape} to {size}")
    scale = size[2] // shape[2]
    is_whole = tuple(length * scale for length in shape[2:]) == size[2:]
    if size == shape:
        node.give(node.blob())
    elif mode == "nearest" and is_whole:
        node.layer("Upsample", [node.blob()], upsample_param={"scale": scale}, last=True)
    elif mode == "linear" and way == "align_corners":
        wanted = {"height": size[2], "width": size[3]}
        node.layer("Interp", [node.blob()], interp_param=wanted, last=True)
    elif mode == "linear" and way in ("half_pixel", "pytorch_half_pixel") and is_whole:
        param = {"type": "LINEAR", "height": size[2], "width": size[3], "antialias": False}
        node.layer("Resample", [node.blob()], resample_param=param, last=True)
    else:
        raise node.error(
            "this way to resize is not read",
            got=f"{mode}, {way}, {shape} to {size}",
            fix="nearest by a whole factor, linear with align_corners, or linear by a whole factor",
        )


@reads("Pad")
def pad(node: NodeReader) -> None:
    around, axes = node.numbers(1, "pads") or [], len(node.shape())
    mode = node.attributes.get("mode", "constant")
    value = node.attributes.get("value", 0.0)
    if node.has(2):
        value = float(node.known(2, "value").reshape(-1)[0])
    begins, ends = around[:axes], around[axes:]
    if node.has(3) or len(around) != 2 * axes or any(begins[:-2] + ends[:-2]):
        raise node.error("only the last two axes are padded", got=around)
    if mode not in _KINDS:
        raise node.error("this mode is not read", got=mode)
    if not any(around):
        node.give(node.blob())
        return
    padded(node, node.blob(), begins[-2:], ends[-2:], value, _KINDS[mode], last=True)


@reads("DepthToSpace")
def depth_to_space(node: NodeReader) -> None:
    """CRD is Intel's pixelshuffler, DCR Xilinx's GSTiling."""
    r = node.attributes["blocksize"]
    if node.attributes.get("mode", "DCR") == "CRD":
        node.layer("Reshape", [node.blob()], reshape_param={"pixelshuffler": r}, last=True)
    else:
        param = {"stride": r, "reverse": True}
        node.layer("GSTiling", [node.blob()], gs_tiling_param=param, last=True)


@reads("SpaceToDepth")
def space_to_depth(node: NodeReader) -> None:
    param = {"stride": node.attributes["blocksize"]}
    node.layer("GSTiling", [node.blob()], gs_tiling_param=param, last=True)
