from __future__ import annotations

import json
import sys

import numpy as np
import pytest

import blobnet
from blobnet import BlobError, LayerError, layer_register
from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.layer_register import create_layer, layer_class, layer_type_list, register_layer
from blobnet.proto import TEST, TRAIN, FillerParameter
from blobnet.serialization.prototxt import parse_layer


@pytest.fixture(autouse=True)
def _own_register(monkeypatch):
    """Layer types that a test registers are forgotten after it."""
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    monkeypatch.setattr(layer_register, "_ALIASES", dict(layer_register._ALIASES))


class Double(Layer):
    """Twice its bottom; the smallest layer there can be."""

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = 2 * bottom[0].data


def make(cls: type[Layer], text: str = "", **options) -> Layer:
    return cls(parse_layer(f'name: "it" type: "{cls.__name__}" {text}'), **options)


def ready(cls: type[Layer] = Double, text: str = "", bottoms: int = 1, tops: int = 1):
    """A layer after `initialize`, with its bottoms of ones and its tops."""
    made = make(cls, text)
    bottom, top = [Blob(2, 3) for _ in range(bottoms)], [Blob() for _ in range(tops)]
    for blob in bottom:
        blob.data[...] = 1
    made.initialize(bottom, top)
    return made, bottom, top


# --- life -----------------------------------------------------------------------------------------


def test_setup_runs_once_and_reshape_before_every_forward():
    calls = []

    class Recorder(Double):
        def setup(self, bottom, top):
            calls.append("setup")

        def reshape(self, bottom, top):
            calls.append("reshape")
            super().reshape(bottom, top)

        def forward_cpu(self, bottom, top):
            calls.append("forward_cpu")

    made, bottom, top = ready(Recorder)
    made.forward(bottom, top)
    made.forward(bottom, top)
    assert calls == ["setup", "reshape"] + ["reshape", "forward_cpu"] * 2


def test_a_layer_knows_its_name_type_phase_and_dtype():
    made = make(Double, phase=TEST, dtype="f8")
    assert (made.name, made.type, made.phase, made.dtype) == ("it", "Double", TEST, np.float64)
    assert make(Double).phase == TRAIN
    assert make(Double).dtype == np.float32


@pytest.mark.parametrize("method", ["reshape", "forward_cpu"])
def test_what_a_subclass_must_define_is_named(method):
    made = make(Layer)
    with pytest.raises(NotImplementedError, match=f"Layer must define `{method}`"):
        getattr(made, method)([], [])


def test_a_layer_without_backward_says_so_only_when_it_is_needed():
    made, bottom, top = ready()
    made.backward(top, [False], bottom)
    with pytest.raises(LayerError, match=r'Double layer "it".*cannot compute gradients'):
        made.backward(top, [True], bottom)
    made.param_propagate_down_ = [True]
    with pytest.raises(LayerError, match="cannot compute gradients"):
        made.backward(top, [False], bottom)


@pytest.mark.parametrize("method", ["setup", "reshape", "forward_cpu", "backward_cpu"])
@pytest.mark.parametrize("error", [MemoryError("17 GiB"), BlobError("17 GiB")])
def test_a_layer_without_memory_is_named_wherever_it_happens(method, error, monkeypatch):
    made, bottom, top = ready()

    def refuse(*args):
        raise error

    monkeypatch.setattr(made, method, refuse)
    passes = {
        "setup": lambda: made.initialize(bottom, top),
        "reshape": lambda: made.update_shapes(bottom, top),
        "forward_cpu": lambda: made.forward(bottom, top),
        "backward_cpu": lambda: made.backward(top, [True], bottom),
    }
    with pytest.raises(LayerError, match=r'Double layer "it": (.|\n)*17 GiB') as caught:
        passes[method]()
    assert caught.value.__cause__ is error


# --- numbers of blobs -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "bottoms", "tops", "words"),
    [
        ({"exact_num_bottom_blobs": 2}, 1, 1, "Double Layer takes 2 bottom blob(s) as input."),
        ({"exact_num_bottom_blobs": 0}, 1, 1, "Double Layer takes 0 bottom blob(s) as input."),
        ({"min_bottom_blobs": 2}, 1, 1, "Double Layer takes at least 2 bottom blob(s) as input."),
        ({"max_bottom_blobs": 1}, 2, 1, "Double Layer takes at most 1 bottom blob(s) as input."),
        ({"exact_num_top_blobs": 2}, 1, 1, "Double Layer produces 2 top blob(s) as output."),
        ({"exact_num_top_blobs": 0}, 1, 1, "Double Layer produces 0 top blob(s) as output."),
        ({"min_top_blobs": 2}, 1, 1, "Double Layer produces at least 2 top blob(s) as output."),
        ({"max_top_blobs": 1}, 1, 2, "Double Layer produces at most 1 top blob(s) as output."),
        (
            {"equal_num_bottom_top_blobs": True}, 2, 1,
            "Double Layer produces one top blob as output for each bottom blob input.",
        ),
    ],
)  # fmt: skip
def test_a_wrong_number_of_blobs_is_refused_in_caffes_words(rule, bottoms, tops, words):
    strict = type("Double", (Double,), rule)
    with pytest.raises(LayerError) as caught:
        ready(strict, bottoms=bottoms, tops=tops)
    assert words in str(caught.value)
    assert 'layer "it"' in str(caught.value)


def test_a_right_number_of_blobs_is_fine():
    rules = {"min_bottom_blobs": 1, "max_bottom_blobs": 2, "exact_num_top_blobs": 1}
    ready(type("Double", (Double,), rules), bottoms=2)
    ready(type("Double", (Double,), {"equal_num_bottom_top_blobs": True}), bottoms=1, tops=1)


# --- weights --------------------------------------------------------------------------------------


class Weighted(Double):
    def setup(self, bottom, top):
        self.init_blob(0, (2, 3), FillerParameter(type="constant", value=7))
        self.init_blob(1, (3,))


def test_init_blob_fills_with_the_filler_or_with_zeros():
    made, _, _ = ready(Weighted)
    assert [blob.shape for blob in made.blobs_] == [(2, 3), (3,)]
    np.testing.assert_array_equal(made.blobs[0].data, np.full((2, 3), 7))
    np.testing.assert_array_equal(made.blobs[1].data, np.zeros(3))
    assert made.param_propagate_down_ == [True, True]


def test_weights_that_come_with_the_definition_are_not_filled():
    given = "blobs { shape { dim: 2 dim: 3 } " + "data: 4 " * 6 + "}"
    made, _, _ = ready(Weighted, given)
    np.testing.assert_array_equal(made.blobs_[0].data, np.full((2, 3), 4))
    assert made.blobs_[1].shape == (3,), "what the definition leaves out is made"


def test_weights_in_the_four_axes_of_2014_fit_and_take_our_shape():
    given = "blobs { num: 1 channels: 1 height: 2 width: 3 " + "data: 4 " * 6 + "}"
    made, _, _ = ready(Weighted, given)
    assert made.blobs_[0].shape == (2, 3)
    np.testing.assert_array_equal(made.blobs_[0].data, np.full((2, 3), 4))


def test_given_weights_of_another_shape_are_refused():
    given = "blobs { shape { dim: 3 dim: 2 } " + "data: 4 " * 6 + "}"
    with pytest.raises(LayerError, match=r'"it".*blobs\[0\].*\n.*\(2, 3\)\n.*\(3, 2\)'):
        ready(Weighted, given)


def test_given_weights_that_are_damaged_are_refused_with_the_layers_name():
    with pytest.raises(LayerError, match=r'Weighted layer "it".*(.*\n)*.*1 values'):
        make(Weighted, "blobs { shape { dim: 1099511627776 } data: 4 }")


def test_weights_take_the_layers_dtype():
    made = make(Weighted, "blobs { data: 1 }", dtype="f8")
    assert made.blobs_[0].dtype == np.float64


# --- losses ---------------------------------------------------------------------------------------


def test_an_ordinary_layer_adds_nothing_to_the_loss():
    made, bottom, top = ready()
    assert made.forward(bottom, top) == 0
    assert made.loss(0) == 0


def test_a_loss_weight_makes_a_loss_of_any_layer():
    made, bottom, top = ready(text="loss_weight: 0.5")
    assert made.forward(bottom, top) == 0.5 * 2 * 6
    assert made.loss(0) == 0.5
    np.testing.assert_array_equal(top[0].diff, np.full((2, 3), 0.5))


def test_the_loss_is_weighted_top_by_top():
    class Two(Double):
        def reshape(self, bottom, top):
            for blob in top:
                blob.reshape_like(bottom[0])

        def forward_cpu(self, bottom, top):
            top[0].data[...] = 1
            top[1].data[...] = 10

    made, bottom, top = ready(Two, "loss_weight: 0 loss_weight: 3", tops=2)
    assert made.forward(bottom, top) == 3 * 10 * 6
    assert (made.loss(0), made.loss(1)) == (0, 3)
    top[0].diff[...] = 100
    assert made.forward(bottom, top) == 3 * 10 * 6, "a top without weight never counts"


def test_loss_weights_are_given_for_all_tops_or_none():
    with pytest.raises(LayerError, match=r"specified once per top blob\.\n.*1 values\n.*2 values"):
        ready(text="loss_weight: 1 loss_weight: 2")


def test_the_loss_weight_survives_every_change_of_shape():
    made, bottom, top = ready(text="loss_weight: 2")
    for size in (5, 1, 5, 2):
        bottom[0].reshape(size, 3)
        bottom[0].data[...] = 1
        assert made.forward(bottom, top) == 2 * 2 * 3 * size
        np.testing.assert_array_equal(top[0].diff, np.full((size, 3), 2))


def test_the_loss_weight_survives_a_growth_without_a_forward():
    made, bottom, top = ready(text="loss_weight: 2")
    bottom[0].reshape(50, 3)
    made.update_shapes(bottom, top)  # the top gets new memory, of zeros
    bottom[0].reshape(2, 3)
    bottom[0].data[...] = 1
    assert made.forward(bottom, top) == 2 * 2 * 6


def test_a_diff_that_the_caller_wrote_counts_as_in_caffe():
    made, bottom, top = ready(text="loss_weight: 2")
    top[0].diff[...] = 10
    assert made.forward(bottom, top) == 10 * 2 * 6


# --- errors ---------------------------------------------------------------------------------------


def test_an_error_names_the_layer_and_the_four_parts():
    error = make(Double).error("it broke", expected=1, got=2, fix="mend it")
    assert isinstance(error, LayerError)
    assert str(error).splitlines() == [
        'Double layer "it": it broke', "  expected: 1", "  got:      2", "  fix:      mend it"
    ]  # fmt: skip


def test_a_blobs_error_gets_the_layers_name_wherever_it_happens():
    class Careless(Double):
        def reshape(self, bottom, top):
            bottom[0].canonical_axis(self.layer_param_.concat_param.axis)
            super().reshape(bottom, top)

    with pytest.raises(LayerError, match=r'^Careless layer "it": axis 5 is out of range'):
        ready(Careless, "concat_param { axis: 5 }")
    made, bottom, top = ready(Careless)
    bottom[0].reshape(6)
    for run in (made.forward, made.update_shapes):
        with pytest.raises(LayerError, match=r'^Careless layer "it": axis 1 is out of range'):
            run(bottom, top)


def test_the_layers_name_is_said_once():
    class Picky(Double):
        def setup(self, bottom, top):
            raise self.error("no")

    with pytest.raises(LayerError) as caught:
        ready(Picky)
    assert str(caught.value).count('layer "it"') == 1


# --- state ----------------------------------------------------------------------------------------


def test_a_state_is_json_and_repeats_the_random_numbers():
    made = make(Double, rng=np.random.default_rng(3))
    made.rng.random()
    state = json.loads(json.dumps(made.get_state()))
    drawn = made.rng.random(4)
    other = make(Double)
    other.set_state(state)
    np.testing.assert_array_equal(other.rng.random(4), drawn)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("limits", value) for value in (3, (1.0,), (0, 1, 2), (1.0, -1.0), (0, 0), ("a", "b"))),
        ("limits", (-np.inf, 1.0)),
        ("dead_value", "0"),
        ("formula", 3),
        ("gradient_formula", None),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused_and_names_the_layer(name, value):
    class Declared(Double):
        def setup(self, bottom, top):
            setattr(self, name, value)

    with pytest.raises(LayerError, match=f'Declared layer "it": `{name}`'):
        ready(Declared)


@pytest.mark.parametrize("limits", [None, (0, 1), [-1.0, np.float32(1)]])
def test_a_declaration_that_makes_sense_is_taken(limits):
    assert ready(type("Declared", (Double,), {"limits": limits}))[0].limits is limits


# --- catalogue ------------------------------------------------------------------------------------


def test_a_registered_type_is_found_by_its_name_and_its_aliases():
    assert register_layer("TinyDouble", "OldDouble")(Double) is Double
    assert layer_class("TinyDouble") is layer_class("OldDouble") is Double
    assert "TinyDouble" in layer_type_list()
    assert "OldDouble" not in layer_type_list()
    assert isinstance(create_layer(parse_layer('type: "OldDouble"')), Double)


def test_the_types_are_listed_in_alphabetical_order():
    register_layer("AAA")(Double)
    register_layer("ZZZ")(Double)
    listed = layer_type_list()
    assert listed == sorted(listed)
    assert (listed[0], listed[-1]) == ("AAA", "ZZZ")
    assert "InnerProduct" in listed


@pytest.mark.parametrize("names", [("InnerProduct",), ("Tiny", "InnerProduct"), ("Alias",)])
def test_a_name_can_be_registered_only_once(names):
    register_layer("First", "Alias")(Double)
    with pytest.raises(LayerError, match=rf'"{names[-1]}" is registered twice\n.*test_layer'):
        register_layer(*names)(Double)
    assert "Tiny" not in layer_type_list()


def test_an_unknown_type_is_refused_with_a_near_name():
    with pytest.raises(
        LayerError, match=r'"ip9".*"InerProduct"\n(.*\n)*.*did you mean InnerProduct'
    ):
        create_layer(parse_layer('name: "ip9" type: "InerProduct"'))


def test_an_unknown_type_like_no_other_is_explained_how_to_add():
    with pytest.raises(LayerError, match=r'@blobnet.register_layer\("Xyzzy"\)'):
        layer_class("Xyzzy")


def test_the_example_of_the_module_works(rng):
    lines = sys.modules["blobnet.layer"].__doc__.splitlines()
    start = next(i for i, line in enumerate(lines) if "@blobnet.register_layer" in line)
    end = next(i for i, line in enumerate(lines) if line.startswith("Caffe:"))
    code = "\n".join(line[4:] for line in lines[start:end])
    exec(code, {"blobnet": blobnet})
    blobnet.testing.check_gradients('type: "Square"', rng.normal(size=(2, 3)))
