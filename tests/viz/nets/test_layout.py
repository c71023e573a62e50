from __future__ import annotations

import itertools

import pytest

import blobnet
from blobnet.viz.nets.layout import lay_out
from tests.viz.nets import known_nets

INPUT = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }\n'


def layout_of(text, phase="TEST"):
    return lay_out(blobnet.Net(blobnet.parse_net(text), phase))


def relu(bottom, top):
    return f'layer {{ name: "{top}" type: "ReLU" bottom: "{bottom}" top: "{top}" }}\n'


def add(bottoms, top):
    read = " ".join(f'bottom: "{name}"' for name in bottoms)
    return f'layer {{ name: "{top}" type: "Eltwise" {read} top: "{top}" }}\n'


def tracks_of(layout):
    """Layer name to track."""
    names = [wired.layer.name for wired in layout.layers]
    return dict(zip(names, layout.tracks, strict=True))


def line_of(layout, name):
    (line,) = (line for line in layout.lines if line.name == name)
    return line


def test_a_chain_is_a_straight_line():
    layout = layout_of(INPUT + relu("x", "a") + relu("a", "b"))
    assert layout.tracks == (0, 0, 0)
    assert (layout.first_track, layout.last_track) == (0, 0)
    line = line_of(layout, "a")
    assert (line.track, line.start, line.end, line.ends) == (0, 1, 2, ((2, 0),))


def test_a_branch_takes_a_track_beside_and_comes_back():
    layout = layout_of(INPUT + relu("x", "a") + relu("a", "b") + add(["x", "b"], "sum"))
    assert tracks_of(layout) == {"in": 0, "a": 1, "b": 1, "sum": 0}
    assert line_of(layout, "x").ends == ((1, 1), (3, 0))
    assert line_of(layout, "b").ends == ((3, 0),)


def test_splits_are_not_seen():
    layout = layout_of(INPUT + relu("x", "a") + relu("x", "b"))
    assert [wired.layer.type for wired in layout.layers] == ["Input", "ReLU", "ReLU"]
    assert {line.name for line in layout.lines} == {"x", "a", "b"}


def test_what_works_in_place_stands_on_the_line_and_does_not_end_it():
    layout = layout_of(INPUT + relu("x", "a") + relu("a", "a") + relu("a", "b"))
    assert layout.tracks == (0, 0, 0, 0)
    line = line_of(layout, "a")
    assert (line.start, line.end, line.ends) == (1, 3, ((3, 0),))


def test_labels_run_left_of_the_net():
    text = """layer { name: "d" type: "DummyData" top: "x" top: "label" top: "weight"
        dummy_data_param { shape { dim: 2 dim: 4 } } }"""
    text += relu("x", "a")
    text += 'layer { name: "loss" type: "EuclideanLoss" bottom: "a" bottom: "label" top: "loss" }'
    text += 'layer { name: "s" type: "Silence" bottom: "weight" }'
    layout = layout_of(text)
    assert tracks_of(layout) == {"d": 0, "a": 0, "loss": 0, "s": -2}
    assert line_of(layout, "label").track == -1
    assert (layout.first_track, layout.last_track) == (-2, 0)


def test_parts_of_a_slice_get_a_track_each():
    text = INPUT + 'layer { name: "s" type: "Slice" bottom: "x" top: "a" top: "b" top: "c"'
    text += " slice_param { slice_point: 1 slice_point: 2 } }"
    layout = layout_of(text + add(["a", "b"], "sum"))
    assert [line_of(layout, name).track for name in "abc"] == [0, 1, 2]
    assert tracks_of(layout)["sum"] == 0


def test_the_track_of_what_nobody_reads_is_free_at_once():
    layout = layout_of(INPUT + relu("x", "a") + relu("x", "b") + relu("x", "c"))
    assert tracks_of(layout) == {"in": 0, "a": 1, "b": 1, "c": 0}


def test_an_inception_has_four_tracks():
    layout = layout_of(known_nets.googlenet())
    assert (layout.first_track, layout.last_track) == (0, 3)
    tracks = tracks_of(layout)
    branches = ["1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool", "pool_proj", "output"]
    for stage in known_nets.INCEPTIONS:
        found = [tracks[f"inception_{stage}/{branch}"] for branch in branches]
        assert found == [1, 2, 2, 3, 3, 0, 0, 0]


def test_a_residual_net_has_two():
    layout = layout_of(known_nets.resnet50())
    tracks = tracks_of(layout)
    assert (layout.first_track, layout.last_track) == (0, 1)
    assert all(
        track == 0 for name, track in tracks.items() if name.startswith(("pool", "relu_res2a"))
    )
    assert tracks["res3b_branch2b"] == 1
    assert tracks["res3b"] == 0


@pytest.mark.parametrize("name", ["googlenet", "resnet50", "mobilenet"])
def test_no_two_lines_lie_on_each_other(name):
    layout = layout_of(getattr(known_nets, name)())
    for one, other in itertools.combinations(layout.lines, 2):
        if one.track == other.track:
            assert one.end <= other.start or other.end <= one.start


def test_every_layer_is_reached_from_all_that_it_reads():
    layout = layout_of(known_nets.googlenet(train=True), "TRAIN")
    reached = {(row, line.name) for line in layout.lines for row, _ in line.ends}
    reads = {
        (row, bottom.split("_split")[0])
        for row, wired in enumerate(layout.layers)
        for bottom in wired.layer.layer_param_.bottom
        if bottom not in wired.top_names and "_split" not in bottom
    }
    assert reads <= reached
    assert len(reached) == sum(
        name not in wired.top_names for wired in layout.layers for name in wired.bottom_names
    )


def test_a_net_without_layers():
    layout = layout_of('name: "nothing"')
    assert (layout.layers, layout.lines, layout.first_track, layout.last_track) == ((), (), 0, 0)


def test_a_split_that_a_person_wrote_has_a_row():
    split = 'layer { name: "mine" type: "Split" bottom: "x" top: "one" top: "two" }\n'
    layout = layout_of(INPUT + split + add(["one", "two"], "sum"))
    assert [wired.layer.name for wired in layout.layers] == ["in", "mine", "sum"]
    assert line_of(layout, "one").ends == ((2, 0),)
