from __future__ import annotations

import pytest

from blobnet.errors import SolverError
from blobnet.proto import SolverParameter
from blobnet.solverdef.changes import change_settings


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("base_lr=0.001", {"base_lr": pytest.approx(0.001)}),
        ("max_iter = 20", {"max_iter": 20}),
        ("type=Adam", {"type": "Adam"}),
        ('net="a b.prototxt"', {"net": "a b.prototxt"}),
        ("net=C:\\new\\\u00e4.prototxt", {"net": "C:\\new\\\u00e4.prototxt"}),
        ("solver_mode=GPU", {"solver_mode": SolverParameter.GPU}),
        ("debug_info=true", {"debug_info": True}),
        ("stepvalue=100, 200", {"stepvalue": [100, 200]}),
        ("stepvalue=", {"stepvalue": []}),
    ],
)
def test_a_field_gets_its_value_and_no_other_changes(change, expected):
    param = SolverParameter(momentum=0.5, stepvalue=[1, 2, 3])
    change_settings(param, [change])
    for name, value in expected.items():
        assert getattr(param, name) == value
    assert param.momentum == 0.5


def test_a_dot_leads_into_a_message_and_the_last_change_holds():
    param = SolverParameter()
    change_settings(param, ["train_state.level=1", "train_state.level=3", "base_lr=1"])
    assert (param.train_state.level, param.base_lr) == (3, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("base_lr", "expected: NAME=VALUE"),
        ("bas_lr=1", "did you mean base_lr"),
        ("train_state.lvl=1", "did you mean level"),
        ("train_state=1", "train_state.phase"),
        ("base_lr.x=1", "a number"),
        ("base_lr=x", "expected: a number"),
        ("max_iter=1.5", "expected: a whole number"),
        ("max_iter=5 base_lr: 7", "expected: a whole number"),
        ("debug_info=2", "expected: true or false"),
        ("solver_mode=TPU", "one of CPU, GPU"),
    ],
)
def test_what_cannot_be_set_is_explained_and_changes_nothing(change, message):
    param = SolverParameter(base_lr=0.5)
    with pytest.raises(SolverError, match="cannot be set in the solver") as caught:
        change_settings(param, [change])
    assert message in " ".join(str(caught.value).split())
    assert param == SolverParameter(base_lr=0.5)
