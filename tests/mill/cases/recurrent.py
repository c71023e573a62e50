"""Cases of layers with a memory. The batch is that of the streams: timesteps cannot vary."""

from tests.mill.case import N, case, marks, values

X, CONT = values(4, N, 2), marks(4, N)
STATE = values(1, N, 3)
EXPOSED = "recurrent_param { num_output: 3 expose_hidden: true }"
NO_WAY_BACK = "as in Caffe, exposed states pass on no gradient"

CASES = {
    "LSTM": [
        case("recurrent_param { num_output: 3 }", X, CONT),
        case("recurrent_param { num_output: 2 }", values(3, N, 2, 1), marks(3, N), values(N, 2)),
        case(EXPOSED, X, CONT, STATE, STATE, no_gradient=NO_WAY_BACK),
        case(EXPOSED, X, CONT, values(N, 2), STATE, STATE, no_gradient=NO_WAY_BACK),
    ],
    "LSTMUnit": [case("", values(1, N, 2), values(1, N, 8), marks(1, N))],
    "RNN": [
        case("recurrent_param { num_output: 3 }", X, CONT),
        case("recurrent_param { num_output: 2 }", values(3, N, 2, 1), marks(3, N), values(N, 2)),
        case(EXPOSED, X, CONT, STATE, no_gradient=NO_WAY_BACK),
        case(EXPOSED, X, CONT, values(N, 2), STATE, no_gradient=NO_WAY_BACK),
    ],
}
