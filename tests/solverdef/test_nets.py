import pytest

import blobnet
from blobnet import SolverError, parse_net, parse_solver
from tests.solver.training import RANDOM_REGRESSION, SETTINGS, make_solver

ONLY = 'layer {{ name: "{0}" type: "Silence" bottom: "{1}" include {{ {2} }} }}\n'
STAGED = (
    RANDOM_REGRESSION
    + 'layer { name: "more" type: "DummyData" top: "a" top: "b" top: "c" top: "d" '
    "dummy_data_param { shape { dim: 1 } } }\n"
    + ONLY.format("train_only", "a", "phase: TRAIN")
    + ONLY.format("test_only", "b", "phase: TEST")
    + ONLY.format("staged", "c", 'stage: "extra"')
    + ONLY.format("levelled", "d", "min_level: 2")
)
OPTIONAL = {"train_only", "test_only", "staged", "levelled"}


def solver_of(settings, **fields):
    param = parse_solver(SETTINGS + settings)
    for name, value in fields.items():
        if isinstance(value, list):
            getattr(param, name).extend(value)
        else:
            getattr(param, name).CopyFrom(value)
    return blobnet.get_solver(param)


def optional_layers(net):
    return OPTIONAL & set(net.layer_names)


def test_one_definition_serves_training_and_testing():
    solver = make_solver(STAGED, "test_iter: 1 test_iter: 5 test_interval: 10")
    assert optional_layers(solver.net) == {"train_only"}
    assert [optional_layers(net) for net in solver.test_nets] == [{"test_only"}] * 2


def test_states_come_on_top_of_the_net_s_own():
    settings = """
        train_state { level: 3 } test_iter: 1 test_iter: 1 test_interval: 10
        test_state { stage: "extra" } test_state { level: 2 }
    """
    solver = make_solver('state { stage: "kept" }' + STAGED, settings)
    assert optional_layers(solver.net) == {"train_only", "levelled"}
    first, second = solver.test_nets
    assert optional_layers(first) == {"test_only", "staged"}
    assert optional_layers(second) == {"test_only", "levelled"}


def test_a_phase_that_the_net_states_wins_over_the_solver_s_default():
    solver = make_solver("state { phase: TEST }" + STAGED)
    assert optional_layers(solver.net) == {"test_only"}


def test_level_and_stages_of_the_call_are_for_training():
    solver = make_solver(
        STAGED, "test_iter: 1 test_interval: 1 train_state { level: 1 }", level=2, stages=["extra"]
    )
    assert optional_layers(solver.net) == {"train_only", "staged", "levelled"}
    assert optional_layers(solver.test_nets[0]) == {"test_only"}


def test_test_nets_come_messages_first_then_files_then_the_common_net(tmp_path):
    file = tmp_path / "file.prototxt"
    file.write_text(RANDOM_REGRESSION.replace("small", "file"))
    solver = solver_of(
        "test_iter: 1 test_iter: 1 test_iter: 1 test_iter: 1 test_interval: 5",
        test_net=[str(file)],
        test_net_param=[parse_net(RANDOM_REGRESSION.replace("small", "message"))],
        net_param=parse_net(RANDOM_REGRESSION),
    )
    assert [net.name for net in solver.test_nets] == ["message", "file", "small", "small"]


def test_a_net_is_found_from_here_or_beside_the_solver(tmp_path, monkeypatch):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "net.prototxt").write_text(RANDOM_REGRESSION)
    (folder / "solver.prototxt").write_text(SETTINGS + 'net: "net.prototxt"')
    monkeypatch.chdir(tmp_path)
    assert blobnet.get_solver("model/solver.prototxt").net.name == "small"
    (tmp_path / "net.prototxt").write_text(RANDOM_REGRESSION.replace("small", "nearer"))
    assert blobnet.get_solver("model/solver.prototxt").net.name == "nearer"


def test_the_train_net_may_be_given_alone(tmp_path):
    file = tmp_path / "train.prototxt"
    file.write_text(STAGED)
    by_path = blobnet.get_solver(parse_solver(SETTINGS + f'train_net: "{file}"'))
    by_message = solver_of("", train_net_param=parse_net(STAGED))
    for solver in (by_path, by_message):
        assert optional_layers(solver.net) == {"train_only"}
        assert not solver.test_nets


def test_the_definition_is_not_changed():
    param = parse_solver(SETTINGS + "test_iter: 1 test_interval: 1")
    param.net_param.CopyFrom(parse_net(STAGED))
    before = param.SerializeToString(deterministic=True)
    blobnet.get_solver(param, level=2, stages=["extra"])
    assert param.SerializeToString(deterministic=True) == before


def test_test_nets_use_the_weights_of_the_train_net():
    solver = make_solver(settings="test_iter: 1 test_interval: 1")
    solver.test_all()
    for name, blobs in solver.net.params.items():
        for blob, tested in zip(blobs, solver.test_nets[0].params[name], strict=True):
            assert tested.data is not None
            blob.data[...] = 77
            assert (tested.data == 77).all()


# --- what makes no sense --------------------------------------------------------------------------


def test_no_train_net_is_refused():
    with pytest.raises(SolverError, match=r"exactly one of .*net_param, net\n.*none of them"):
        blobnet.get_solver(parse_solver(SETTINGS))


def test_several_train_nets_are_refused():
    with pytest.raises(SolverError, match=r"exactly one.*\n.*got: +train_net, net"):
        blobnet.get_solver(parse_solver(SETTINGS + 'net: "a.prototxt" train_net: "b.prototxt"'))


def test_a_missing_file_is_named():
    with pytest.raises(blobnet.ProtoError, match=r"nowhere.prototxt: cannot be read"):
        blobnet.get_solver(parse_solver(SETTINGS + 'net: "nowhere.prototxt"'))


@pytest.mark.parametrize("counts", [0, 1, 3])
def test_every_test_net_needs_its_test_iter(counts):
    net = parse_net(RANDOM_REGRESSION)
    settings = "test_iter: 1 " * counts + "test_interval: 5"
    with pytest.raises(SolverError, match=rf"each test network.*\n.* 2 values\n.* {counts} values"):
        solver_of(settings, train_net_param=net, test_net_param=[net, net])


def test_a_common_net_needs_at_least_the_test_iter_of_the_others():
    net = parse_net(RANDOM_REGRESSION)
    with pytest.raises(SolverError, match=r"each test network.*\n.*at least 2 values\n.* 1 values"):
        solver_of("test_iter: 1 test_interval: 5", net_param=net, test_net_param=[net, net])


def test_test_states_are_all_or_none():
    settings = "test_iter: 1 test_iter: 1 test_interval: 1 test_state { level: 1 }"
    with pytest.raises(SolverError, match=r"once per test net.*\n.*0 or 2\n.*1"):
        make_solver(settings=settings)


@pytest.mark.parametrize("interval", ["", "test_interval: 0", "test_interval: -5"])
def test_tests_need_an_interval(interval):
    with pytest.raises(SolverError, match=r"test_interval\n.*at least 1\n.*\n.*no test_iter"):
        make_solver(settings=f"test_iter: 1 {interval}")
