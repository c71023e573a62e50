"""Cases of layers with numbers of a few bits. Gradients are compared where nothing is rounded."""

from dataclasses import replace

from tests.conformance.case import LARGE, N, case, spec, values
from tests.conformance.cases.common import CASES as COMMON
from tests.conformance.cases.normalization import statistics
from tests.conformance.cases.vision import CASES as VISION
from tests.conformance.cases.vision import MARGINS, NO_OFFSET, NOT_FUSED, WINDOWS

ROUNDED = "rounding has none; backward is that of the layer without it"
NOT_COMPARED = {
    **dict.fromkeys(("fixed_method", "bit_width"), ROUNDED),
    "enable": "compared where it is false",
    "follow_data_layer": "of FixedNeuron",
    "moving_average_fraction": "read nowhere, in the fork too",
    "fix_info": "read nowhere, in the fork too",
}
STATED = ("bit_width: 3", "fixed_method: DIFF_S", "fix_info: 2 moving_average_fraction: 0.5")
METHODS = ("OVER_FLOW", "DIFF_S", "DIFF_A", "DIFF_S_SIGMOID")


def as_fixed(base, *rounded, bottoms=None, only=lambda case: True):
    """The cases of the layer that it is with nothing rounded, and some that are."""

    def disabled(cases):
        fitting = [each for each in cases if only(each)]
        text = "fixed_param { enable: false }"
        return tuple(replace(each, options=f"{each.options} {text}") for each in fitting)

    first = rounded[0]
    cases = [
        replace(first, options=f"{first.options} fixed_param {{ {text} }}", no_gradient=ROUNDED)
        for text in (*STATED, "enable: true follow_data_layer: true")
    ]
    return replace(
        base,
        bottoms=base.bottoms if bottoms is None else bottoms,
        cases=(*cases, *disabled(base.cases)),
        more_gradients=disabled(base.more_gradients),
        large=disabled(base.large),
        not_compared={**base.not_compared, **NOT_COMPARED},
    )


IMAGE = values(N, 2, 4, 4)
CONVOLUTION = case("convolution_param { num_output: 2 kernel_size: 2 }", IMAGE)
INNER_PRODUCT = case("inner_product_param { num_output: 2 }", values(N, 3))


NOT_NVCAFFES = (
    "use_global_stats",
    "use_weight_bias",
    "stats_batch_size",
    "scale_bias",
    "disable_mean",
    "disable_variance",
    "update_global_stats",
    "add_eps_before_sqrt",
)


def neuron(options, **more):
    return case(f"fixed_param {{ {options} }}", values(N, 5), **more)


def joined(window="kernel_size: 2", norm="eps: 0.5", fixed="enable: false", x=IMAGE, **more):
    text = f"convolution_param {{ num_output: 4 bias_term: false {window} }}"
    text = f"{text} batch_norm_param {{ {norm} }} fixed_param {{ {fixed} }}"
    return case(text, x, weights=statistics, **more)


SIGNS = "binary weights have none; they learn as if they were not"
BINARY = {"use_alpha": SIGNS, "use_binarization": "compared where it is false"}
FEW = "what has few values has none; it learns as if it were another function"


def as_binary(base, field, first, **more):
    """The cases of the layer that it is where weights are not binary, and some where they are."""

    def plain(cases):
        fitting = [each for each in cases if more.get("only", lambda case: True)(each)]
        text = f"{field} {{ use_binarization: false }}"
        return tuple(replace(each, options=f"{each.options} {text}") for each in fitting)

    cases = [
        replace(first, options=f"{first.options} {field} {{ {text} }}", no_gradient=SIGNS)
        for text in ("use_alpha: true", "use_binarization: true use_alpha: false", "")
    ]
    return replace(
        base,
        bottoms=more.get("bottoms", base.bottoms),
        cases=(*cases, *plain(base.cases)),
        more_gradients=plain(base.more_gradients),
        large=plain(base.large),
        not_compared={**base.not_compared, **BINARY, **more.get("not_compared", {})},
    )


def quant(options, **more):
    return case(f"quant_param {{ {options} }}", values(N, 5), **more)


CASES = {
    "BinaryConvolution": as_binary(VISION["Convolution"], "binary_convolution_param", CONVOLUTION),
    "BinaryInnerProduct": as_binary(
        COMMON["InnerProduct"],
        "binary_inner_product_param",
        INNER_PRODUCT,
        bottoms=1,
        only=lambda each: (
            len(each.bottoms) == 1
            and "normalize" not in each.options
            and "transpose: true" not in each.options
        ),
        not_compared={"transpose": "true is refused", "normalize": "true is refused"},
    ),
    "Quant": spec(
        quant("centers: 0.5 centers: 1 centers: 2 clip_thr: 2", no_gradient=FEW),
        quant('forward_func: "hwgq" centers: 1 negative_slope: 0.5', no_gradient=FEW),
        quant('forward_func: "sign" backward_func: "hard_tanh" clip_thr: 1', no_gradient=FEW),
        quant('forward_func: "hard_tanh" backward_func: "hard_tanh" clip_thr: 1'),
        quant('forward_func: "relu" backward_func: "relu" negative_slope: 0.25'),
        quant('forward_func: "relu"'),
        not_compared={"centers": FEW, "thrs": "read nowhere, in the fork too"},
    ),
    "ConvolutionFixed": as_fixed(VISION["Convolution"], CONVOLUTION),
    "DeconvolutionFixed": as_fixed(VISION["Deconvolution"], CONVOLUTION),
    "InnerProductFixed": as_fixed(
        COMMON["InnerProduct"],
        INNER_PRODUCT,
        bottoms=1,
        only=lambda each: len(each.bottoms) == 1 and "normalize" not in each.options,
    ),
    "ConvolutionBNFixed": spec(
        *(joined(window, x=x) for window, x in WINDOWS if "axis" not in window),
        *(joined(f"kernel_size: 3 {margins}") for margins in MARGINS),
        joined("kernel_size: 2 group: 2 axis: 1"),
        joined("kernel_size: 2 force_nd_im2col: false"),
        *(joined(norm=norm) for norm in ("eps: 0.25 moving_average_fraction: 0.5", "")),
        *(joined(fixed=text, no_gradient=ROUNDED) for text in STATED),
        joined(phase="TEST", no_gradient="stored statistics are no learned weights"),
        large=[joined("kernel_size: 3", x=LARGE)],
        is_cut_by_numpy=False,
        not_compared={
            **NOT_COMPARED,
            **NOT_FUSED,
            **NO_OFFSET,
            **dict.fromkeys(NOT_NVCAFFES, "refused: it is of other forks"),
            "bias_term": "true is refused: there is a shift",
            "scale_filler": "says what weights are at first; the suite draws its own",
            "moving_average_fraction": "decides what is stored, not what is put out",
        },
    ),
    "FixedNeuron": spec(
        *(
            neuron(f"bit_width: 3 fixed_method: {method} {more}", no_gradient=ROUNDED)
            for method in METHODS
            for more in ("", "follow_data_layer: true")
        ),
        neuron("follow_data_layer: true", phase="TEST", no_gradient=ROUNDED),
        neuron("fix_info: 2 moving_average_fraction: 0.5", phase="TEST", no_gradient=ROUNDED),
        neuron("enable: false"),
        large=[case("fixed_param { fixed_method: DIFF_S_SIGMOID }", LARGE)],
        not_compared={**NOT_COMPARED, "follow_data_layer": ROUNDED},
    ),
}
