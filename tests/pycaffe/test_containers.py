"""What nets and solvers show of themselves."""

from __future__ import annotations

from blobnet import pycaffe as caffe
from blobnet.by_name import ByName
from blobnet.tables import Table


def test_a_net_shows_its_layers(net_file):
    assert repr(caffe.Net(net_file, caffe.TEST)).splitlines() == [
        'Net "small", TEST: 4 layers, 8 weights',
        "  layer  type          bottom  top   shape  weights",
        "  input  Input                 data  4\u00d73",
        "  ip     InnerProduct  data    ip    4\u00d72          8",
        "  relu   ReLU          ip      ip    4\u00d72",
        "  prob   Softmax       ip      prob  4\u00d72",
    ]


def test_blobs_params_and_layers_show_themselves(net_file):
    net = caffe.Net(net_file, caffe.TEST)
    assert repr(net.blobs).splitlines()[:3] == [
        "3 blobs, 28 values",
        "  blob  shape  count",
        "  data  4\u00d73       12",
    ]
    assert repr(net.params).splitlines() == [
        "1 layer with 8 weights",
        "  layer  shapes  count",
        "  ip     2\u00d73, 2      8",
    ]
    assert (
        repr(net.layers).splitlines()[3] == "  1  ip     InnerProduct  2\u00d73, 2               8"
    )
    assert repr(net.layers[:2]).startswith("[<")
    assert repr(net.layer_dict) == repr(net.layers)
    assert "['data']" in repr(net.top_names)


def test_a_solver_shows_where_it_stands(solver_file):
    solver = caffe.SGDSolver(solver_file())
    solver.step(2)
    lines = repr(solver).splitlines()
    assert lines[0] == "SGDSolver: iteration 2 of 5, rate 0.1"
    assert lines[3].split()[0] == "test_nets[0]"


def test_names_cannot_write_html_nor_work_upon_a_terminal():
    table = Table("<b>\x1b[31m", ("name", "count"), [("<script>", 3), ("\x1b[2J", 4)])
    html = table.html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in html + table.text()
    assert "<b>" not in html


def test_a_notebook_shows_the_same(net_file):
    html = caffe.Net(net_file, caffe.TEST)._repr_html_()
    assert html.count("<tr>") == 5
    assert "4\u00d72" in html


def test_of_many_rows_the_first_and_the_last_are_shown():
    lines = Table("many", ("#",), [(i,) for i in range(1000)]).text().splitlines()
    assert len(lines) == 63
    assert [lines[2].strip(), lines[32].strip(), lines[-1].strip()] == ["0", "…", "999"]


def test_what_is_empty_is_its_title():
    assert repr(ByName()) == "0 layers"
    assert ByName()._repr_html_() == "<div>0 layers</div>"
