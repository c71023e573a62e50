import sys
import textwrap
import traceback

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.layers import PythonLayer
from blobnet.layers.utility._python_parts import NamedPhase
from blobnet.testing import check_gradients, run_layer

# The modules of the tests are written into a folder of their own; this one is imported by name.
HERE = "layers_of_test_python"


@pytest.fixture
def write_module(tmp_path, monkeypatch):
    """Write a module where Python finds it; it is forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    written = []

    def write(text, name=HERE, folder=tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
        written.append(name)
        sys.modules.pop(name, None)

    yield write
    for name in written:
        sys.modules.pop(name, None)


def python(layer, *bottom, param_str="", module=HERE, **more):
    return run_layer(
        f"""name: "py" type: "Python"
        python_param {{ module: "{module}" layer: "{layer}" param_str: "{param_str}" }}""",
        *bottom,
        **more,
    )


SCALED = """
    from blobnet.layers import PythonLayer

    class Scaled(PythonLayer):
        def setup(self, bottom, top):
            self.blobs.add_blob(*bottom[0].shape[1:])
            self.blobs[0].data[...] = float(self.param_str or 2)

        def reshape(self, bottom, top):
            top[0].reshape(*bottom[0].shape)

        def forward(self, bottom, top):
            top[0].data[...] = self.blobs[0].data * bottom[0].data

        def backward(self, top, propagate_down, bottom):
            assert isinstance(propagate_down, list)
            self.blobs[0].diff[...] += (top[0].diff * bottom[0].data).sum(axis=0)
            if propagate_down[0]:
                bottom[0].diff[...] = self.blobs[0].data * top[0].diff
"""

# As pycaffe's users write them: without any base, and with nothing but the methods needed.
PLAIN = """
    class Plain:
        def setup(self, bottom, top):
            if len(bottom) != 1:
                raise ValueError("one bottom, please")
            self.seen = (self.param_str, self.param_str_, self.phase, self.layer_param.name)

        def reshape(self, bottom, top):
            top[0].reshape(*bottom[0].data.shape)

        def forward(self, bottom, top):
            top[0].data[...] = bottom[0].data + 1

        def set_something(self, value):
            self.something = value

    class Other:
        pass
"""


# --- a class at work ------------------------------------------------------------------------------


def test_a_class_computes_forward_and_backward(write_module, rng):
    write_module(SCALED)
    x = rng.normal(size=(3, 4))
    run = python("Scaled", x, param_str="1.5")
    np.testing.assert_array_equal(run.top[0].data, 1.5 * x)
    check_gradients(run)


def test_a_plain_class_will_do(write_module):
    write_module(PLAIN)
    run = python("Plain", [1.0, 2.0], param_str="some text", phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, [2, 3])
    assert run.layer.instance.seen == ("some text", "some text", 1, "py")


def test_the_phase_is_a_number_that_prints_as_its_name(write_module):
    write_module(PLAIN)
    for number, name in enumerate(("TRAIN", "TEST")):
        phase = python("Plain", [1.0], phase=name).layer.instance.phase
        assert phase == number
        assert isinstance(phase, int)
        assert str(phase) == f"{phase}" == name
        assert f"{phase:d}" == f"{phase:1d}" == str(number)


def test_weights_belong_to_the_layer_and_have_the_dtype_of_the_net(write_module):
    write_module(SCALED)
    for dtype in (np.float32, np.float64):
        run = python("Scaled", np.ones((3, 4)), dtype=dtype)
        assert run.layer.blobs_ is run.layer.instance.blobs
        assert isinstance(run.layer.blobs, list)
        assert [blob.shape for blob in run.layer.blobs] == [(4,)]
        assert run.layer.blobs[0].dtype == dtype


def test_a_weight_without_axes(write_module):
    write_module("""
        class Scalar:
            def setup(self, bottom, top):
                self.blobs.add_blob()
                self.blobs.add_blob(0, 3)
            def reshape(self, bottom, top):
                top[0].reshape()
            def forward(self, bottom, top):
                top[0].data[()] = self.phase
    """)
    run = python("Scalar", phase="TEST")
    assert [blob.shape for blob in run.layer.blobs_] == [(), (0, 3)]
    assert run.top[0].shape == ()
    assert run.top[0].data == 1


@pytest.mark.parametrize("arguments", ["self", "self, layer_param", "self, *args", "self, **kw"])
def test_a_constructor_may_take_the_layer_parameter(arguments, write_module):
    write_module(f"""
        class Made:
            def __init__({arguments}):
                self.given = [value for key, value in locals().items() if key != "self"]
            def reshape(self, bottom, top): top[0].reshape(1)
            def forward(self, bottom, top): pass
    """)
    instance = python("Made").layer.instance
    names = {
        "self": [],
        "self, layer_param": [instance.layer_param],
        "self, *args": [(instance.layer_param,)],
        "self, **kw": [{}],
    }
    assert instance.given == names[arguments]
    assert instance.layer_param.name == "py"


def test_random_numbers_come_from_the_net_unless_the_class_has_its_own(write_module):
    write_module("""
        class Drawn:
            def reshape(self, bottom, top): top[0].reshape(3)
            def forward(self, bottom, top): top[0].data[...] = self.rng.random(3)

        class Own(Drawn):
            class rng:
                random = staticmethod(lambda count: 7)
    """)
    first, second = (python("Drawn", seed=5).top[0].data for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(python("Own").top[0].data, 7)


def test_the_net_hands_on_to_the_class_what_it_does_not_know(write_module):
    write_module(PLAIN)
    layer = python("Plain", [1.0]).layer
    layer.set_something(3)
    assert layer.something == 3
    with pytest.raises(AttributeError, match="nothing_like_that"):
        _ = layer.nothing_like_that


def test_before_setup_there_is_no_instance_to_ask():
    layer = blobnet.layers.Python(blobnet.proto.LayerParameter(type="Python"))
    with pytest.raises(AttributeError, match="anything"):
        _ = layer.anything


def test_a_stated_loss_weight_makes_a_loss(write_module):
    write_module(PLAIN)
    definition = f'type: "Python" python_param {{ module: "{HERE}" layer: "Plain" }}'
    assert run_layer(definition, [1.0, 2.0]).forward() == 0
    assert run_layer(definition + "loss_weight: 3", [1.0, 2.0]).forward() == 15


def test_the_state_of_the_class_is_part_of_the_layers(write_module):
    write_module("""
        class Counts:
            def setup(self, bottom, top): self.count = 0
            def reshape(self, bottom, top): top[0].reshape(1)
            def forward(self, bottom, top):
                self.count += 1
                top[0].data[...] = self.count
            def get_state(self): return {"count": self.count}
            def set_state(self, state): self.count = state["count"]

        class Forgets(Counts):
            set_state = property()
    """)
    run = python("Counts")
    state = run.layer.get_state()
    assert set(state) == {"rng", "instance"}
    run.forward()
    run.layer.set_state(state)
    run.forward()
    assert run.top[0].data == 2
    assert set(python("Forgets").layer.get_state()) == {"rng"}


# --- in a net -------------------------------------------------------------------------------------

LOSS = """
    import numpy as np

    class SquaredDistance(object):
        '''Half the mean squared distance, with the gradient kept from the forward pass.'''

        def setup(self, bottom, top):
            if len(bottom) != 2:
                raise Exception("a distance needs two bottoms")

        def reshape(self, bottom, top):
            if bottom[0].count != bottom[1].count:
                raise Exception("both bottoms must be of one size")
            self.gap = np.zeros_like(bottom[0].data, dtype=np.float32)
            top[0].reshape(1)

        def forward(self, bottom, top):
            self.gap[...] = bottom[0].data - bottom[1].data
            top[0].data[...] = np.sum(self.gap**2) / bottom[0].num / 2.

        def backward(self, top, propagate_down, bottom):
            for i, sign in ((0, 1), (1, -1)):
                if propagate_down[i]:
                    bottom[i].diff[...] = sign * self.gap / bottom[i].num
"""

NET = """
    layer {{
      name: "in" type: "Input" top: "x" top: "y"
      input_param {{ shape {{ dim: 8 dim: 3 }} shape {{ dim: 8 dim: 2 }} }}
    }}
    layer {{
      name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
      inner_product_param {{ num_output: 2 weight_filler {{ type: "xavier" }} }}
    }}
    layer {{ {loss} name: "loss" bottom: "ip" bottom: "y" top: "loss" }}
"""
PYTHON_LOSS = (
    f'type: "Python" python_param {{ module: "{HERE}" layer: "SquaredDistance" }} loss_weight: 1'
)


def test_a_net_trains_with_a_loss_of_your_own(write_module, rng):
    write_module(LOSS)
    ours, builtin = (
        blobnet.Net(blobnet.parse_net(NET.format(loss=loss)), phase="TRAIN", seed=0)
        for loss in (PYTHON_LOSS, 'type: "EuclideanLoss"')
    )
    x, truth = rng.normal(size=(8, 3)), rng.normal(size=(3, 2))
    losses = []
    for _ in range(200):
        for net in (ours, builtin):
            net.blobs["x"].data[...] = x
            net.blobs["y"].data[...] = x @ truth
            net.clear_param_diffs()
            net.forward_backward()
            for blob in net.learnable_params:
                blob.diff *= 0.3
            net.update()
        assert ours.loss == pytest.approx(builtin.loss, rel=1e-4, abs=1e-6)
        losses.append(ours.loss)
    assert losses[-1] < losses[0] / 1000
    np.testing.assert_allclose(ours.params["ip"][0].data, truth.T, atol=0.02)


def test_weights_are_saved_and_loaded_with_the_net(write_module, tmp_path):
    write_module(SCALED)
    text = f"""
        layer {{
          name: "in" type: "Input" top: "x" input_param {{ shape {{ dim: 2 dim: 3 }} }}
        }}
        layer {{
          name: "py" type: "Python" bottom: "x" top: "y"
          python_param {{ module: "{HERE}" layer: "Scaled" }}
        }}
    """
    net = blobnet.Net(blobnet.parse_net(text), phase="TEST")
    net.params["py"][0].data[...] = [1, 2, 3]
    net.save(tmp_path / "net.caffemodel")
    loaded = blobnet.Net(blobnet.parse_net(text), phase="TEST", weights=tmp_path / "net.caffemodel")
    np.testing.assert_array_equal(loaded.params["py"][0].data, [1, 2, 3])

    # a definition that has its weights in it: they replace what setup writes
    complete = blobnet.Net(net.to_proto(), phase="TEST")
    np.testing.assert_array_equal(complete.params["py"][0].data, [1, 2, 3])


def test_weights_in_the_definition_must_fit_what_setup_makes(write_module):
    write_module(SCALED)
    blob = "blobs { shape { dim: 4 } data: 1 data: 2 data: 3 data: 4 }"
    definition = f'type: "Python" python_param {{ module: "{HERE}" layer: "Scaled" }} {blob}'
    run = run_layer(definition, np.ones((2, 4)))
    np.testing.assert_array_equal(run.top[0].data, [[1, 2, 3, 4]] * 2)
    with pytest.raises(LayerError, match=r"blobs\[0\] do not fit"):
        run_layer(definition, np.ones((2, 3)))
    with pytest.raises(LayerError, match="another number of weights"):
        run_layer(definition + blob, np.ones((2, 4)))


def test_a_class_without_weights_takes_those_of_the_definition(write_module):
    write_module(PLAIN)
    run = run_layer(
        f'type: "Python" python_param {{ module: "{HERE}" layer: "Plain" }} '
        "blobs { shape { dim: 1 } data: 5 }",
        [1.0],
    )
    assert run.layer.instance.blobs[0].data == [5]


# --- where modules come from ----------------------------------------------------------------------


def test_the_working_directory_is_searched_too(write_module, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    write_module(PLAIN, "plain_in_the_working_directory", elsewhere)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.chdir(elsewhere)
    before = list(sys.path)
    python("Plain", [1.0], module="plain_in_the_working_directory")
    assert sys.path == before


def test_a_module_may_be_part_of_a_package(write_module, tmp_path):
    write_module("", "__init__", tmp_path / "package_of_layers")
    write_module(PLAIN, "inner", tmp_path / "package_of_layers")
    assert python("Plain", [1.0], module="package_of_layers.inner").top[0].data == 2


# --- modules that blobnet brings along ------------------------------------------------------------

MAP = "caffe.layers.detectnet.mean_ap"


@pytest.mark.parametrize(
    ("module", "layer", "bottoms"),
    [
        ("pyloss", "EuclideanLossLayer", ([1.0], [3.0])),
        ("rpn.anchor_target_layer", "AnchorTargetLayer",
         (np.zeros((1, 18, 2, 2)), np.zeros((1, 5)), [[9, 9, 1]], np.zeros((1, 3, 9, 9)))),
        (MAP, "ScoreDetections", (np.zeros((1, 50, 5)), np.zeros((1, 50, 5)))),
    ],
)  # fmt: skip
def test_a_module_of_a_public_net_need_not_be_there(module, layer, bottoms, caplog):
    with caplog.at_level("INFO", logger="blobnet"):
        instance = python(
            layer, *bottoms, module=module, num_top=4 if "anchor" in module else 1
        ).layer.instance
    assert type(instance).__module__ == f"blobnet.python_layers.{module}"
    assert f'Python layer "py": blobnet\'s own {module}' in caplog.messages


def test_the_users_own_module_wins(write_module, tmp_path):
    write_module("", "__init__", tmp_path / "rpn")
    write_module(PLAIN, "proposal_layer", tmp_path / "rpn")
    try:
        run = python("Plain", [1.0], module="rpn.proposal_layer")
        assert run.top[0].data == 2
        # of the same package, but not there
        assert refusal("Gone", "rpn.anchor_target_layer").count("AnchorTargetLayer")
    finally:
        for name in ("rpn", "rpn.proposal_layer"):
            sys.modules.pop(name, None)


def test_the_users_own_module_wins_where_it_fails_too(write_module):
    write_module("import no_such_module_here", "pyloss")
    assert "import inside the module" in refusal("EuclideanLossLayer", "pyloss")


def test_a_module_of_python_2_is_told_that_there_is_another(write_module):
    write_module("print 'hello'", "pyloss")
    message = refusal("EuclideanLossLayer", "pyloss")
    assert "Python 3" in message
    assert "Where Python finds none of that name, blobnet's own is taken" in message
    write_module("print 'hello'")
    assert "blobnet's own" not in refusal()


def test_a_class_that_a_built_in_module_has_not():
    message = refusal("ProposalLayers", "rpn.proposal_layer")
    assert "did you mean ProposalLayer" in message


def test_a_misspelled_module_that_blobnet_has():
    message = refusal("ProposalLayer", "rpn.proposal_layers")
    assert "did you mean rpn.proposal_layer" in message


# --- what goes wrong ------------------------------------------------------------------------------


def refusal(layer="Plain", module=HERE, *bottom):
    with pytest.raises(LayerError) as caught:
        python(layer, *bottom, module=module)
    message = str(caught.value)
    assert message.startswith('Python layer "py": ')
    return message


@pytest.mark.parametrize(("module", "layer"), [("", "Plain"), (HERE, ""), ("", "")])
def test_module_and_class_must_be_named(module, layer):
    assert "must name a module and a class" in refusal(layer, module)


def test_a_module_that_is_nowhere():
    message = refusal("Gone", "no_such_module_here")
    assert 'class "Gone" of module "no_such_module_here"' in message
    assert "No module named 'no_such_module_here'" in message
    assert "no_such_module_here.py is, or add its folder to PYTHONPATH" in message


def test_an_import_inside_the_module_that_fails(write_module):
    write_module("import no_such_module_here\n")
    message = refusal()
    assert "No module named 'no_such_module_here'" in message
    assert "import inside the module" in message


def test_a_name_that_cannot_be_imported(write_module):
    write_module("from math import no_such_name\n")
    message = refusal()
    assert "cannot import name 'no_such_name'" in message
    assert "import inside the module" in message


def test_a_module_that_imports_caffe(write_module, monkeypatch):
    path = list(sys.path)
    write_module(
        "import caffe\nclass Plain(caffe.Layer):\n"
        "    def reshape(self, bottom, top): top[0].reshape(1)\n"
        "    def forward(self, bottom, top): top[0].data[...] = len(self.param_str)\n"
    )
    assert python("Plain", [1.0], param_str="abc").top[0].data == [3]
    assert sys.path == path


def test_a_caffe_that_is_not_built_is_told(write_module, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "caffe"]:
        monkeypatch.delitem(sys.modules, name)
    write_module("import caffe._caffe", name="__init__", folder=tmp_path / "caffe")
    write_module("import caffe\nclass Plain: pass\n")
    message = refusal()
    assert "is it Caffe's source, not built?" in message
    assert "`import caffe` gives blobnet's" in message


def test_a_module_in_python_2(write_module):
    write_module("class Plain:\n    def forward(self, bottom, top):\n        print 'hello'\n")
    message = refusal()
    assert f"{HERE}.py, line 3" in message
    assert "Python 3" in message


def test_a_module_that_fails_in_its_own_way(write_module):
    write_module("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        python("Plain")


def test_a_class_that_is_not_in_the_module(write_module):
    write_module(PLAIN)
    message = refusal("Plane")
    assert f'there is no class "Plane" of module "{HERE}"' in message
    assert f"{HERE}.py" in message
    assert "Other, Plain" in message
    assert "did you mean Plain?" in message


def test_something_that_is_no_class(write_module):
    write_module("Plain = 3\n")
    assert "no class at all" in refusal()


def test_a_layer_of_blobnet_needs_no_python_layer(write_module):
    write_module("import blobnet\nclass Plain(blobnet.Layer): pass\n")
    message = refusal()
    assert '@blobnet.register_layer("Plain")' in message
    assert 'type: "Plain"' in message


def test_a_class_without_the_methods(write_module):
    write_module(PLAIN)
    message = refusal("Other")
    assert f'class "Other" of module "{HERE}" has no method `reshape` and no `forward`' in message
    assert "define `reshape` and `forward` in Other" in message


def test_what_setup_raises_comes_before_methods_that_are_missing(write_module):
    write_module("""
        class Plain:
            def setup(self, bottom, top): raise RuntimeError("one bottom is wanted")
    """)
    with pytest.raises(RuntimeError, match="one bottom is wanted"):
        python("Plain", [1.0])


def test_a_class_without_backward_serves_as_long_as_no_gradient_is_asked_for(write_module):
    write_module(PLAIN)
    run = python("Plain", [1.0])
    run.backward([False])
    with pytest.raises(LayerError, match=r'"py".*no method `backward`(.*\n)*.*propagate_down'):
        run.backward([True])


@pytest.mark.parametrize("method", ["__init__", "setup", "reshape", "forward", "backward"])
def test_what_the_class_raises_arrives_with_its_traceback(method, write_module):
    write_module(f"""
        class Plain:
            def setup(self, bottom, top): pass
            def reshape(self, bottom, top): top[0].reshape(1)
            def forward(self, bottom, top): pass
            def backward(self, top, propagate_down, bottom): pass

        def fails(self, *arguments):
            raise RuntimeError("as told")  # this very line
        Plain.{method} = fails
    """)
    with pytest.raises(RuntimeError, match="as told") as caught:
        python("Plain", [1.0]).backward()
    assert "# this very line" in "".join(traceback.format_exception(caught.value))


def test_a_shape_that_no_blob_can_have_names_the_layer(write_module):
    write_module("""
        class Plain:
            def reshape(self, bottom, top): top[0].reshape(-1)
            def forward(self, bottom, top): pass
    """)
    assert "a blob cannot have this shape" in refusal()


def test_the_base_class_is_optional_help():
    layer = PythonLayer(blobnet.proto.LayerParameter(name="it"))
    layer.setup([], [])
    assert layer.layer_param.name == "it"
    assert list(NamedPhase) == [blobnet.TRAIN, blobnet.TEST]


# --- modules that cannot be imported --------------------------------------------------------------

UNSOUND = {
    "syntax": ("def (:", "line 1"),
    "exit": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "nul": ("x = 1\0", "null bytes"),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_a_module_that_fails_is_named_with_the_layer(name, tmp_path, monkeypatch):
    source, told = UNSOUND[name]
    (tmp_path / f"unsound_{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LayerError, match='Python layer "p": cannot import') as caught:
        run_layer(
            f'name: "p" type: "Python" python_param {{ module: "unsound_{name}" layer: "X" }}'
        )
    assert told in str(caught.value)


@pytest.mark.parametrize("module", [".x", "..", "x.", "a b", "x/y", "a..b", "\\000", "é" * 300])
def test_names_of_no_module_are_named_with_the_layer(module):
    with pytest.raises(LayerError, match='Python layer "p": cannot import'):
        run_layer(f'name: "p" type: "Python" python_param {{ module: "{module}" layer: "X" }}')


@pytest.mark.parametrize("layer", ["maxsize", "path", "exit", "no such", "__doc__", "9"])
def test_a_layer_that_is_no_class_is_named(layer):
    with pytest.raises(LayerError, match='Python layer "p": there is no class'):
        run_layer(f'name: "p" type: "Python" python_param {{ module: "sys" layer: "{layer}" }}')


def test_whether_it_can_take_turns_says_its_class(write_module):
    write_module("""
        class Silent:
            def reshape(self, bottom, top): top[0].reshape(1)
            def forward(self, bottom, top): top[0].data[...] = 1

        class Dealing(Silent):
            def take_turns(self, turn, turns): self.turn = turn, turns
    """)
    dealing = python("Dealing").layer
    assert dealing.take_turns(1, 3) is None
    assert dealing.instance.turn == (1, 3)
    reason = python("Silent").layer.take_turns(1, 3)
    assert '"Silent" of module "layers_of_test_python" has no method `take_turns(' in reason
