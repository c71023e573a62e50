"""Cases of layers with a memory. The batch is that of the streams: timesteps cannot vary."""

from tests.conformance.case import N, case, marks, spec, values

X, CONT = values(4, N, 2), marks(4, N)
STATE = values(1, N, 3)
EXPOSED = "recurrent_param { num_output: 3 expose_hidden: true }"
LARGE_SEQUENCE = case("recurrent_param { num_output: 500 }", values(2, 64, 200), marks(2, 64))
NOT_COMPARED = {
    "debug_info": "only writes to the log",
    "expose_hidden": "exposed states have no gradient: compared with carried states in "
    "tests/layers/recurrent/test__recurrent.py",
}
NO_WAY_BACK = "as in Caffe, exposed states pass on no gradient"

CASES = {
    "LSTM": spec(
        case("recurrent_param { num_output: 3 }", X, CONT),
        case("recurrent_param { num_output: 2 }", values(3, N, 2, 1), marks(3, N), values(N, 2)),
        case(EXPOSED, X, CONT, STATE, STATE, no_gradient=NO_WAY_BACK),
        case(EXPOSED, X, CONT, values(N, 2), STATE, STATE, no_gradient=NO_WAY_BACK),
        bottoms=(2, 3),
        large=[LARGE_SEQUENCE],
        not_compared=NOT_COMPARED,
    ),
    "LSTMUnit": spec(
        case("", values(1, N, 2), values(1, N, 8), marks(1, N)),
        bottoms=3,
        tops=2,
        large=[case("", values(1, 16, 6000), values(1, 16, 24000), marks(1, 16))],
    ),
    "RNN": spec(
        case("recurrent_param { num_output: 3 }", X, CONT),
        case("recurrent_param { num_output: 2 }", values(3, N, 2, 1), marks(3, N), values(N, 2)),
        case(EXPOSED, X, CONT, STATE, no_gradient=NO_WAY_BACK),
        case(EXPOSED, X, CONT, values(N, 2), STATE, no_gradient=NO_WAY_BACK),
        bottoms=(2, 3),
        large=[LARGE_SEQUENCE],
        not_compared=NOT_COMPARED,
    ),
}
