import numpy as np
import pytest

from blobnet import SnapshotError, SolverError, get_solver, parse_net, parse_solver
from blobnet.solverdef.settings import read_settings
from tests.solver.training import RANDOM_REGRESSION, SETTINGS, make_solver


@pytest.fixture
def solver_file(tmp_path):
    """A function that writes a solver and gives its path."""

    def write(settings=""):
        (tmp_path / "net.prototxt").write_text(RANDOM_REGRESSION)
        path = tmp_path / "small_solver.prototxt"
        path.write_text(f'{SETTINGS} net: "{tmp_path}/net.prototxt" {settings}')
        return path

    return write


def test_without_a_prefix_snapshots_go_beside_the_solver(solver_file, tmp_path):
    param, folder = read_settings(solver_file())
    assert param.snapshot_prefix == str(tmp_path / "small_solver")
    assert folder == tmp_path


def test_a_folder_as_prefix_gets_the_solver_s_name(solver_file, tmp_path):
    (tmp_path / "out").mkdir()
    param, _ = read_settings(solver_file(f'snapshot_prefix: "{tmp_path}/out"'))
    assert param.snapshot_prefix == str(tmp_path / "out" / "small_solver")


def test_any_other_prefix_is_kept(solver_file):
    param, _ = read_settings(solver_file('snapshot_prefix: "out/lenet"'))
    assert param.snapshot_prefix == "out/lenet"


def test_a_message_is_copied():
    param = parse_solver("train_state { level: 1 }")
    copy, _ = read_settings(param, level=2, stages=["a", "b"])
    assert param == parse_solver("train_state { level: 1 }")
    assert copy.train_state.level == 2
    assert list(copy.train_state.stage) == ["a", "b"]


@pytest.mark.parametrize("field", ["average_loss", "iter_size"])
@pytest.mark.parametrize("value", [0, -3])
def test_counts_start_at_one(field, value):
    with pytest.raises(SolverError, match=rf"{field} must be at least 1\n.*{field}: {value}\n"):
        make_solver(settings=f"{field}: {value}")


def test_an_unknown_type_is_refused_with_the_nearest_names():
    with pytest.raises(SolverError, match=r"type: Adma\n.*SGD, Nesterov.*\n.*mean Adam"):
        make_solver(settings='type: "Adma"')


@pytest.mark.parametrize("prefix", [r"C:\new\train", r"a\0b"])
def test_a_prefix_whose_backslashes_were_read_as_escapes(prefix, solver_file):
    words = "a line break" if "new" in prefix else "a NUL"
    text = f'snapshot_prefix: "{prefix}"'
    for source in (solver_file(text), parse_solver(f"{SETTINGS} {text}")):
        with pytest.raises(SolverError, match=rf"snapshot_prefix makes no names(.*\n)*.*{words}"):
            read_settings(source)


def test_a_snapshot_needs_a_prefix():
    with pytest.raises(SnapshotError, match="snapshot is specified but snapshot_prefix is not"):
        make_solver(settings="snapshot: 5")


def test_a_prefix_that_cannot_be_written_is_found_out_at_once(tmp_path):
    prefix = tmp_path / "missing" / "small"
    with pytest.raises(
        SnapshotError, match=r"Cannot write to snapshot prefix .*\n.*\n.*missing ex"
    ):
        make_solver(settings=f'snapshot: 5 snapshot_prefix: "{prefix}"')


def test_a_file_in_the_place_of_the_folder_is_found_out_at_once(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(SnapshotError, match="Cannot write to snapshot prefix"):
        make_solver(settings=f'snapshot: 5 snapshot_prefix: "{tmp_path}/taken/small"')


def test_trying_the_prefix_leaves_nothing_behind(tmp_path):
    make_solver(settings=f'snapshot: 5 snapshot_prefix: "{tmp_path}/small"')
    assert not list(tmp_path.iterdir())


def test_the_old_solver_type_is_understood(solver_file):
    assert type(get_solver(solver_file("solver_type: ADAM"))).__name__ == "AdamSolver"


def test_weights_in_the_settings_are_loaded_everywhere(tmp_path):
    trained = make_solver(settings="random_seed: 1")
    trained.net.save(tmp_path / "a.caffemodel")
    param = parse_solver(SETTINGS + f'weights: "{tmp_path}/a.caffemodel"')
    param.MergeFrom(parse_solver("test_iter: 1 test_interval: 5"))
    param.net_param.CopyFrom(parse_net(RANDOM_REGRESSION))
    solver = get_solver(param)
    for net in (solver.net, *solver.test_nets):
        for blob, expected in zip(net.learnable_params, trained.net.learnable_params, strict=True):
            assert (blob.data == expected.data).all()


# --- numbers --------------------------------------------------------------------------------------


def of_settings(warnings, settings, **options):
    return warnings(make_solver, settings=settings, **options)


@pytest.mark.parametrize(
    "field", ["base_lr", "gamma", "power", "momentum", "weight_decay", "clip_gradients", "delta"]
)
def test_what_is_no_number_is_refused(field):
    with pytest.raises(SolverError, match=rf"{field} must be a finite number\n.*{field}: nan"):
        make_solver(settings=f"{field}: nan")


def test_infinity_is_a_limit_that_clips_nothing():
    assert make_solver(settings="clip_gradients: inf").param.clip_gradients == np.inf
    with pytest.raises(SolverError, match="weight_decay must be a finite number"):
        make_solver(settings="weight_decay: -inf")


@pytest.mark.parametrize("settings", ["test_iter: -1 test_interval: 5", "max_iter: -1"])
def test_negative_counts_are_refused(settings):
    field = settings.split(":")[0]
    with pytest.raises(SolverError, match=rf"{field} must not be negative\n.*{field}: -1"):
        make_solver(settings=settings)


@pytest.mark.parametrize(
    ("settings", "warning"),
    [
        ("base_lr: -0.1", "base_lr: -0.1 is negative"),
        ("momentum: 1", "momentum: 1 is not from 0 to 1"),
        ("momentum: -0.9", "momentum: -0.9 is not from 0 to 1"),
        ("weight_decay: -0.5", "weight_decay: -0.5 is negative"),
        ("clip_gradients: 0", "clip_gradients: 0 makes every gradient 0"),
        ('type: "RMSProp" delta: 0', "delta: 0 makes this solver divide by 0"),
        ("display: -5", "display: -5 is negative: its sign is ignored"),
        ("test_interval: 5", "test_interval: 5 without test_iter: nothing is tested"),
        ('lr_policy: "step" stepsize: 5', 'lr_policy "step" without gamma: the rate is 0 from'),
        ('lr_policy: "exp"', 'lr_policy "exp" without gamma: the rate is 0 from'),
        ('lr_policy: "poly"', 'lr_policy "poly" without power: the rate stays'),
        ('lr_policy: "multistep" gamma: 0.1', 'lr_policy "multistep" without stepvalue'),
        (
            'lr_policy: "multistep" gamma: 0.1 stepvalue: 9 stepvalue: 4',
            "the stepvalues [9, 4] are not in order",
        ),
        (
            'lr_policy: "multistep" gamma: 0.1 stepvalue: -4',
            "the stepvalues [-4] are not in order",
        ),
    ],
)
def test_what_hardly_anybody_means_is_one_warning(warnings, settings, warning):
    messages = of_settings(warnings, settings)
    assert len(messages) == 1
    assert messages[0].startswith(f"solver: {warning}")


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "clip_gradients: -1 random_seed: -1 base_lr: 0 momentum: 0 delta: 0 display: 0",
        'lr_policy: "step" gamma: 0.1 stepsize: 5 momentum: 0.9 weight_decay: 0.0005',
        'lr_policy: "multistep" gamma: 0.1 stepvalue: 4 stepvalue: 4 stepvalue: 9',
        'lr_policy: "inv" gamma: 0.0001 power: 0.75',
        'lr_policy: "poly" power: 1',
        'lr_policy: "sigmoid" gamma: -0.1 stepsize: 10',
        "test_iter: 0 test_interval: 5",
    ],
)
def test_ordinary_settings_are_no_reason_to_warn(warnings, settings):
    assert of_settings(warnings, settings) == []


def test_the_warnings_are_true():
    """The rate without gamma is 0 after the first step; an unsorted stepvalue waits."""
    solver = make_solver(settings='lr_policy: "step" stepsize: 5')
    rates = []
    for _ in range(7):
        rates.append(solver.get_learning_rate())
        solver.step(1)
    np.testing.assert_allclose(rates, [0.05] * 5 + [0] * 2)


@pytest.mark.parametrize("setting", ['type: "SDG"', 'lr_policy: "fix"', "iter_size: -1"])
def test_a_setting_that_makes_no_sense_is_told_with_its_file(setting, tmp_path):
    path = tmp_path / "my_solver.prototxt"
    net = 'layer { name: "d" type: "Input" top: "x" }'
    rate = "" if "lr_policy" in setting else 'lr_policy: "fixed"'
    path.write_text(f"net_param {{ {net} }} base_lr: 0.1 max_iter: 1 {rate} {setting}")
    with pytest.raises(SolverError) as caught:
        get_solver(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).count("my_solver") == 1
