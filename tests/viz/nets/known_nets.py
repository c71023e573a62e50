"""Nets whose sizes and costs have been published, as prototxts of the original structure."""

from __future__ import annotations

from pathlib import Path


def layer(name: str, kind: str, bottoms: str, top: str, settings: str = "") -> str:
    read = " ".join(f'bottom: "{bottom}"' for bottom in bottoms.split())
    return f'layer {{ name: "{name}" type: "{kind}" {read} top: "{top}" {settings} }}\n'


def image(size: int, batch: int = 1) -> str:
    shape = f"input_param {{ shape {{ dim: {batch} dim: 3 dim: {size} dim: {size} }} }}"
    return layer("data", "Input", "", "data", shape)


def conv(name: str, bottom: str, outputs: int, kernel: int, settings: str = "") -> str:
    param = f"num_output: {outputs} kernel_size: {kernel} {settings}"
    return layer(name, "Convolution", bottom, name, f"convolution_param {{ {param} }}")


def relu(bottom: str) -> str:
    return layer(f"relu_{bottom}", "ReLU", bottom, bottom)


def pool(name: str, bottom: str, settings: str) -> str:
    return layer(name, "Pooling", bottom, name, f"pooling_param {{ {settings} }}")


def inner_product(name: str, bottom: str, outputs: int) -> str:
    return layer(
        name, "InnerProduct", bottom, name, f"inner_product_param {{ num_output: {outputs} }}"
    )


def caffenet() -> str:
    """Krizhevsky et al. 2012, as Caffe's reference model has it."""
    text = image(227) + conv("conv1", "data", 96, 11, "stride: 4") + relu("conv1")
    text += pool("pool1", "conv1", "kernel_size: 3 stride: 2") + layer(
        "norm1", "LRN", "pool1", "norm1"
    )
    text += conv("conv2", "norm1", 256, 5, "pad: 2 group: 2") + relu("conv2")
    text += pool("pool2", "conv2", "kernel_size: 3 stride: 2") + layer(
        "norm2", "LRN", "pool2", "norm2"
    )
    text += conv("conv3", "norm2", 384, 3, "pad: 1") + relu("conv3")
    text += conv("conv4", "conv3", 384, 3, "pad: 1 group: 2") + relu("conv4")
    text += conv("conv5", "conv4", 256, 3, "pad: 1 group: 2") + relu("conv5")
    text += pool("pool5", "conv5", "kernel_size: 3 stride: 2")
    for name, bottom, outputs in (("fc6", "pool5", 4096), ("fc7", "fc6", 4096)):
        text += inner_product(name, bottom, outputs) + relu(name)
        text += layer(f"drop_{name}", "Dropout", name, name)
    text += inner_product("fc8", "fc7", 1000) + layer("prob", "Softmax", "fc8", "prob")
    return 'name: "CaffeNet"\n' + text


# name, then outputs: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool
INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def inception(stage: str, bottom: str) -> str:
    name, sizes = f"inception_{stage}", INCEPTIONS[stage]
    text, outputs = "", []
    for branch, reduce, count, kernel in (
        ("1x1", 0, sizes[0], 1),
        ("3x3", sizes[1], sizes[2], 3),
        ("5x5", sizes[3], sizes[4], 5),
    ):
        source, output = bottom, f"{name}/{branch}"
        if reduce:
            source = f"{output}_reduce"
            text += conv(source, bottom, reduce, 1) + relu(source)
        text += conv(output, source, count, kernel, f"pad: {kernel // 2}") + relu(output)
        outputs.append(output)
    text += pool(f"{name}/pool", bottom, "kernel_size: 3 stride: 1 pad: 1")
    text += conv(f"{name}/pool_proj", f"{name}/pool", sizes[5], 1) + relu(f"{name}/pool_proj")
    outputs.append(f"{name}/pool_proj")
    return text + layer(f"{name}/output", "Concat", " ".join(outputs), f"{name}/output")


def side_loss(number: int, bottom: str) -> str:
    name = f"loss{number}"
    text = pool(f"{name}/ave_pool", bottom, "pool: AVE kernel_size: 5 stride: 3")
    text += conv(f"{name}/conv", f"{name}/ave_pool", 128, 1) + relu(f"{name}/conv")
    text += inner_product(f"{name}/fc", f"{name}/conv", 1024) + relu(f"{name}/fc")
    text += inner_product(f"{name}/classifier", f"{name}/fc", 1000)
    return text + layer(
        f"{name}/loss",
        "SoftmaxWithLoss",
        f"{name}/classifier label",
        f"{name}/loss1",
        "loss_weight: 0.3",
    )


def googlenet(*, train: bool = False) -> str:
    """Szegedy et al. 2014; to train with the two losses on the side."""
    text = image(224)
    if train:
        shapes = "shape { dim: 32 dim: 3 dim: 224 dim: 224 } shape { dim: 32 }"
        text = layer("data", "Input", "", 'data" top: "label', f"input_param {{ {shapes} }}")
    text += conv("conv1/7x7_s2", "data", 64, 7, "pad: 3 stride: 2") + relu("conv1/7x7_s2")
    text += pool("pool1/3x3_s2", "conv1/7x7_s2", "kernel_size: 3 stride: 2")
    text += layer("pool1/norm1", "LRN", "pool1/3x3_s2", "pool1/norm1")
    text += conv("conv2/3x3_reduce", "pool1/norm1", 64, 1) + relu("conv2/3x3_reduce")
    text += conv("conv2/3x3", "conv2/3x3_reduce", 192, 3, "pad: 1") + relu("conv2/3x3")
    text += layer("conv2/norm2", "LRN", "conv2/3x3", "conv2/norm2")
    bottom = "pool2/3x3_s2"
    text += pool(bottom, "conv2/norm2", "kernel_size: 3 stride: 2")
    for stage in INCEPTIONS:
        text += inception(stage, bottom)
        bottom = f"inception_{stage}/output"
        if train and stage in ("4a", "4d"):
            text += side_loss(1 if stage == "4a" else 2, bottom)
        if stage in ("3b", "4e"):
            number = int(stage[0])
            text += pool(f"pool{number}/3x3_s2", bottom, "kernel_size: 3 stride: 2")
            bottom = f"pool{number}/3x3_s2"
    text += pool("pool5/7x7_s1", bottom, "pool: AVE kernel_size: 7 stride: 1")
    text += layer("pool5/drop_7x7_s1", "Dropout", "pool5/7x7_s1", "pool5/7x7_s1")
    text += inner_product("loss3/classifier", "pool5/7x7_s1", 1000)
    if train:
        text += layer("loss3/loss3", "SoftmaxWithLoss", "loss3/classifier label", "loss3/loss3")
    else:
        text += layer("prob", "Softmax", "loss3/classifier", "prob")
    return 'name: "GoogleNet"\n' + text


def conv_bn(name: str, bottom: str, outputs: int, kernel: int, settings: str = "") -> str:
    """A convolution without bias, normalized and scaled in place."""
    text = conv(f"res{name}", bottom, outputs, kernel, f"bias_term: false {settings}")
    text += layer(f"bn{name}", "BatchNorm", f"res{name}", f"res{name}")
    return text + layer(
        f"scale{name}", "Scale", f"res{name}", f"res{name}", "scale_param { bias_term: true }"
    )


def resnet50() -> str:
    """He et al. 2015."""
    text = image(224) + conv("conv1", "data", 64, 7, "pad: 3 stride: 2")
    text += layer("bn_conv1", "BatchNorm", "conv1", "conv1")
    text += layer("scale_conv1", "Scale", "conv1", "conv1", "scale_param { bias_term: true }")
    text += relu("conv1") + pool("pool1", "conv1", "kernel_size: 3 stride: 2")
    bottom = "pool1"
    for stage, (blocks, width) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], start=2):
        for block in "abcdef"[:blocks]:
            name, shortcut = f"{stage}{block}", bottom
            stride = "stride: 2" if block == "a" and stage > 2 else ""
            if block == "a":
                text += conv_bn(f"{name}_branch1", bottom, 4 * width, 1, stride)
                shortcut = f"res{name}_branch1"
            text += conv_bn(f"{name}_branch2a", bottom, width, 1, stride)
            text += relu(f"res{name}_branch2a")
            text += conv_bn(f"{name}_branch2b", f"res{name}_branch2a", width, 3, "pad: 1")
            text += relu(f"res{name}_branch2b")
            text += conv_bn(f"{name}_branch2c", f"res{name}_branch2b", 4 * width, 1)
            text += layer(f"res{name}", "Eltwise", f"{shortcut} res{name}_branch2c", f"res{name}")
            text += relu(f"res{name}")
            bottom = f"res{name}"
    text += pool("pool5", bottom, "pool: AVE kernel_size: 7 stride: 1")
    text += inner_product("fc1000", "pool5", 1000) + layer("prob", "Softmax", "fc1000", "prob")
    return 'name: "ResNet-50"\n' + text


def mobilenet() -> str:
    """Howard et al. 2017: a convolution per channel, then one across channels, thirteen times."""
    text = image(224) + conv("conv1", "data", 32, 3, "pad: 1 stride: 2") + relu("conv1")
    bottom, channels = "conv1", 32
    widths = [64, 128, 128, 256, 256, *[512] * 6, 1024, 1024]
    strided = {2, 4, 6, 12}
    for number, width in enumerate(widths, start=1):
        stride = "stride: 2" if number in strided else ""
        depth, point = f"conv{number}/dw", f"conv{number}/sep"
        text += conv(depth, bottom, channels, 3, f"pad: 1 group: {channels} {stride}")
        text += relu(depth) + conv(point, depth, width, 1) + relu(point)
        bottom, channels = point, width
    text += pool("pool", bottom, "pool: AVE global_pooling: true")
    return 'name: "MobileNet"\n' + text + inner_product("fc", "pool", 1000)


def lenet5() -> Path:
    """LeCun et al. 1998, as it comes with blobnet."""
    return Path(__file__).parents[3] / "models" / "lenet5" / "deploy.prototxt"
