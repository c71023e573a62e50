"""Cases of layers with a memory. The batch is that of the streams: timesteps cannot vary."""

import numpy as np

from tests.conformance.case import N, case, exactly, marks, spec, values
from tests.layers.recurrent.streams import CONTS, STARTS

X, CONT = values(4, N, 2), marks(4, N)
STATE = values(1, N, 3)
EXPOSED = "recurrent_param { num_output: 3 expose_hidden: true }"
LARGE_SEQUENCE = case("recurrent_param { num_output: 500 }", values(2, 64, 200), marks(2, 64))
NOT_COMPARED = {
    "debug_info": "only writes to the log",
    "expose_hidden": "exposed states have no gradient: compared with carried states in "
    "tests/layers/recurrent/test__recurrent.py",
}
STATIC = ((), (4,), (2, 2))
"""Shapes of a further input, which is the same at each timestep; or there is none."""
NO_WAY_BACK = "as in Caffe, exposed states pass on no gradient"


def streams(starts):
    """A case for each way in which streams begin and go on, with every further input."""
    for cont in starts:
        timesteps, num = np.shape(cont)
        x = values(timesteps, num, 2, 1)
        for shape in STATIC:
            static = [values(num, *shape)] if shape else []
            yield case("recurrent_param { num_output: 3 }", x, exactly(cont), *static)


MAPS, MAP_STATE = values(3, N, 2, 3, 4), values(1, N, 2, 3, 4)
CONV = "num_output: 2 kernel_size: 3 pad: 1 bias_filler { value: 0.3 }"


def conv_lstm(debug="", conv=f"lstm_conv_param {{ {CONV} }}", more=""):
    return f"{conv} lstm_debug_param {{ {debug} }} {more}"


OF_TWO = (
    f'lstm_conv_param {{ type: "hidden" {CONV} group: 2 force_nd_im2col: true }} '
    'lstm_conv_param { type: "input" num_output: 2 kernel_size: 1 stride: 1 bias_term: false }'
)
DILATED = (
    "lstm_conv_param { num_output: 2 kernel_size: 3 pad: 2 dilation: 2 group: 2 "
    'weight_filler { type: "xavier" } engine: CUDNN }'
)
EXPOSING = "recurrent_param { expose_hidden: true }"

CASES = {
    "ConvLSTM": spec(
        case(conv_lstm(), MAPS, marks(3, N)),
        case(conv_lstm(conv=DILATED), MAPS, marks(3, N)),
        case(conv_lstm(conv=OF_TWO), MAPS, marks(3, N)),
        case(conv_lstm("disable_hadamard: true"), MAPS, marks(3, N)),
        case(conv_lstm("disable_hadamard: false ignore_x: false"), MAPS, marks(3, N)),
        case(conv_lstm("ignore_x: true"), MAPS, marks(3, N)),
        case(conv_lstm("axis_hadamard: 2 num_axes_hadamard: 3"), MAPS, marks(3, N)),
        case(conv_lstm("num_axes_hadamard: 0"), MAPS, marks(3, N)),
        case(conv_lstm(more=EXPOSING), MAPS, marks(3, N), MAP_STATE, MAP_STATE),
        bottoms=(2, 2),
        large=[
            case(
                "lstm_conv_param { num_output: 8 kernel_size: 3 pad: 1 }",
                values(2, 4, 8, 40, 40),
                marks(2, 4),
            )
        ],
        not_compared={
            name: "LSTM's: lstm_conv_param has its own"
            for name in ("num_output", "weight_filler", "bias_filler", "debug_info", "forget_bias")
        },
    ),
    "LSTM": spec(
        case("recurrent_param { num_output: 3 }", X, CONT),
        case("recurrent_param { num_output: 2 }", values(3, N, 2, 1), marks(3, N), values(N, 2)),
        case(EXPOSED, X, CONT, STATE, STATE, no_gradient=NO_WAY_BACK),
        case(EXPOSED, X, CONT, values(N, 2), STATE, STATE, no_gradient=NO_WAY_BACK),
        case("recurrent_param { num_output: 3 forget_bias: 0.8 }", X, CONT),
        bottoms=(2, 3),
        large=[LARGE_SEQUENCE],
        not_compared=NOT_COMPARED,
        more_gradients=[*streams(STARTS.values())],
    ),
    "LSTMUnit": spec(
        case("", values(1, N, 2), values(1, N, 8), marks(1, N)),
        bottoms=3,
        tops=2,
        large=[case("", values(1, 16, 6000), values(1, 16, 24000), marks(1, 16))],
        more_gradients=[
            case("", values(1, num, 3), values(1, num, 12), exactly(cont))
            for num, cont in ((2, [[0, 1]]), (2, [[1, 1]]), (1, [[1]]))
        ],
    ),
    "ReNetLSTM": spec(
        *(
            case(f"renet_lstm_param {{ num_output: 2 {options} }}", values(N, 2, 4, 6))
            for options in (
                "direction: X_DIR peephole: true",
                "direction: Y_DIR peephole: false",
                "direction: Y_DIR patch_height: 2 patch_width: 3",
            )
        ),
        large=[case("renet_lstm_param { num_output: 64 }", values(4, 32, 12, 10))],
        not_compared={
            f"{name}_filler": "first values"
            for name in (
                "general_weight",
                "general_bias",
                "forget_gate_bias",
                "input_gate_bias",
                "output_gate_bias",
            )
        },
        is_cut_by_numpy=False,
    ),
    "RNN": spec(
        *(
            case(f"recurrent_param {{ num_output: 3 }} rnn_param {{ {options} }}", X, CONT)
            for options in (
                "num_hidden: 4",
                'recurrent_nonlinearity: "Sigmoid"',
                'output_nonlinearity: "Flatten" num_hidden: 2',
                'recurrent_nonlinearity: "ELU" output_nonlinearity: "AbsVal"',
            )
        ),
        case("recurrent_param { num_output: 3 }", X, CONT),
        case("recurrent_param { num_output: 2 }", values(3, N, 2, 1), marks(3, N), values(N, 2)),
        case(EXPOSED, X, CONT, STATE, no_gradient=NO_WAY_BACK),
        case(EXPOSED, X, CONT, values(N, 2), STATE, no_gradient=NO_WAY_BACK),
        bottoms=(2, 3),
        large=[LARGE_SEQUENCE],
        not_compared=NOT_COMPARED | {"forget_bias": "there is no gate that forgets"},
        more_gradients=[*streams(CONTS.values())],
    ),
}
