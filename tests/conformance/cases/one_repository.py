"""Cases of types that the nets of one repository have: domains, cascades, learned pooling."""

from blobnet.proto import ConvolutionParameter
from blobnet.proto.forks.effects import IGNORED, NOT_YET
from tests.conformance.case import LARGE, N, apart, case, exactly, spec, values
from tests.conformance.cases.poses import chances
from tests.conformance.cases.vision import IMAGE


def shares(rng, shape):
    """A share within its limits, and statistics that make sense."""
    return rng.uniform(0.6, 0.9, shape)


def colors(channels):
    """Within what any space has."""
    return lambda batch, rng: rng.uniform(0, 50, (batch, channels, 4, 5))


def dial(options, x=IMAGE, **more):
    return case(f"dial_param {{ {options} }}", x, weights=shares, **more)


def treepool(options, x):
    return case(f"convolution_param {{ {options} }}", x)


STORED = {"no_gradient": "stored statistics are no learned weights"}
FACES = (
    *(values(8, size) for size in (2, 4, 10, 4, 10)),
    exactly([0, 0, 1, 1, 1, 2, 3, 3]),
)
"""Always with all kinds: without one of them, its share of right scores is undefined."""

POOLED = {
    "large": [treepool("kernel_size: 3 stride: 2", LARGE)],
    "is_cut_by_numpy": False,
    "not_compared": {
        field.name: "refused: the fork does not read it"
        for field in ConvolutionParameter.DESCRIPTOR.fields
        if field.name not in ("kernel_size", "stride")
        and ("ConvolutionParameter", field.name) not in IGNORED | NOT_YET
    },
}

CASES = {
    "ColorConv": spec(
        *(
            case(
                f"color_conv_param {{ input: {one} output: {other} }}",
                colors(1 if one == "Gray" else 3),
                no_gradient="it is for inputs",
            )
            for one, other in (
                *(("BGR", name) for name in ("RGB", "BGR", "XYZ", "Lab", "Gray")),
                *((name, "RGB") for name in ("Lab", "Gray", "XYZ", "RGB")),
            )
        ),
    ),
    "CrossEntropyLoss": spec(case("", chances(N, 3, 2), chances(N, 6)), bottoms=2),
    "DeepHandModel": spec(without_cases="it reads files that measure a hand"),
    "DeepHandModelDofConstraintLoss": spec(without_cases="it reads files of limits"),
    "Dial": spec(
        dial(""),
        dial("slice_point: 1", values(4, 3, 2)),
        dial("eps: 0.5 use_global_stats: false", phase="TEST"),
        dial("use_global_stats: true", **STORED),
        dial("test_stats: SOURCE", phase="TEST", **STORED),
        dial("test_stats: TARGET moving_average_fraction: 0.5", phase="TEST", **STORED),
        not_compared={
            "moving_average_fraction": "decides what is stored, not what is put out",
            "use_global_stats": "stored statistics: tests/layers/normalization/test_dial.py",
            "test_stats": "stored statistics: tests/layers/normalization/test_dial.py",
        },
        is_cut_by_numpy=False,
    ),
    "JfdaLoss": spec(
        case("loss_weight: [1, 2, 3, 0, 0]", *FACES),
        case(
            "jfda_loss_param { drop_loss_rate: 0.4 } loss_weight: [1, 2, 3, 0, 0]",
            *FACES,
            no_gradient="what is dropped from the gradient is in the loss",
        ),
        bottoms=6,
        tops=5,
        not_compared={"drop_loss_rate": "no derivative: tests/layers/faces/test_jfda_loss.py"},
    ),
    "MergeData": spec(
        case(
            "merge_data_param { min_substitute: 1 max_substitute: 2 }",
            *(values(N, 3, 2) for _ in range(6)),
            num_top=4,
            no_gradient="tiles are images",
        ),
        bottoms=(2, None),
        tops=(2, None),
    ),
    "TreepoolKernel1L": spec(
        treepool("kernel_size: 3 stride: 2", IMAGE),
        treepool("kernel_size: 2", values(N, 2, 5, 4)),
        **POOLED,
    ),
    "TreepoolMaxAve": spec(
        treepool("kernel_size: 3 stride: 2", apart(N, 4, 5, 6)),
        treepool("kernel_size: 2", apart(N, 2, 5, 4)),
        **POOLED,
    ),
}
