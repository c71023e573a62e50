"""ResNet-50 as PyTorch's users write it, in the form of `benchmarks.nets.resnet50`.

For a process that imports nothing of blobnet.
"""

from __future__ import annotations

from torch import Tensor, nn

STAGES = ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2))
"""How many blocks, how wide, and the stride of the first."""


class Bottleneck(nn.Module):
    """The sum of a shortcut and of three convolutions: narrow, 3x3, wide."""

    def __init__(self, inputs: int, width: int, stride: int, *, project: bool) -> None:
        super().__init__()
        outputs = 4 * width
        self.branch = nn.Sequential(
            *_convolution(inputs, width, 1, stride),
            nn.ReLU(inplace=True),
            *_convolution(width, width, 3),
            nn.ReLU(inplace=True),
            *_convolution(width, outputs, 1),
        )
        shortcut = _convolution(inputs, outputs, 1, stride) if project else []
        self.shortcut = nn.Sequential(*shortcut)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = self.branch(x)
        total += self.shortcut(x)
        return self.relu(total)  # type: ignore[no-any-return]


class ResNet50(nn.Sequential):
    """Images of 224 x 224 in, probabilities of 1000 classes out."""

    def __init__(self) -> None:
        layers = _convolution(3, 64, 7, 2, bias=True)
        layers += [nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, ceil_mode=True)]
        inputs = 64
        for blocks, width, stride in STAGES:
            for number in range(blocks):
                first = number == 0
                layers.append(Bottleneck(inputs, width, stride if first else 1, project=first))
                inputs = 4 * width
        super().__init__(
            *layers, nn.AvgPool2d(7), nn.Flatten(), nn.Linear(inputs, 1000), nn.Softmax(1)
        )


def _convolution(
    inputs: int, outputs: int, kernel: int, stride: int = 1, *, bias: bool = False
) -> list[nn.Module]:
    pad = kernel // 2
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, pad, bias=bias)
    return [convolution, nn.BatchNorm2d(outputs)]
