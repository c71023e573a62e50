"""A report is one file: it holds what its page shows, and asks nobody for anything."""

from __future__ import annotations

import json
import re

import pytest

from blobnet.viz.logs.run import LoggedRun, Series
from blobnet.watch import report as report_module
from blobnet.watch.page_files import page_files
from blobnet.watch.report import log_report, newest_state, solver_report, write_report
from tests.watch.trainings import by_hand, convolving


@pytest.fixture(scope="module")
def by_hand_report():
    session = by_hand()
    session.look()
    return solver_report(session)


def data_of(page: str) -> dict:
    [data] = re.findall(r'<script type="application/json" id="report">(.*?)</script>', page, re.S)
    return json.loads(data)


def test_all_is_in_one_file(by_hand_report):
    page = write_report(by_hand_report, "by hand")
    assert re.findall(r'(?:src|href)="(?!data:|#)', page) == []
    assert re.findall(r"^(?:import|export) ", page, re.M) == []
    assert page.count("<script") == page.count("</script") == 2
    scripts = {name for name in page_files() if name.endswith(".js")}
    assert set(re.findall(r'^modules\["([^"]+)"\] = ', page, re.M)) == scripts
    wanted = set(re.findall(r'^const \{[^}]*\} = modules\["([^"]+)"\];', page, re.M))
    assert wanted == scripts - {"main.js"}
    assert data_of(page) == json.loads(json.dumps(by_hand_report))


def test_modules_come_after_those_that_they_use(by_hand_report):
    seen = set()
    for line in write_report(by_hand_report, "by hand").splitlines():
        if found := re.match(r'const \{[^}]*\} = modules\["([^"]+)"\];', line):
            assert found[1] in seen
        elif found := re.match(r'modules\["([^"]+)"\] = ', line):
            current = found[1]
        elif line == "})();":
            seen.add(current)


def test_every_layer_and_every_weight_of_few(by_hand_report):
    layers = by_hand_report["layers"]
    assert len(layers) == 7
    assert list(layers[4]["weights"]) == ["0,0", "0,1", "0,2", "0,3"]
    chain = layers[4]["weights"]["0,0"]["chain"]
    assert chain["links"][0]["value"] == pytest.approx(0.082167041, abs=5e-10)


def test_of_many_weights_the_one_of_the_largest_gradient():
    session = convolving()
    session.look()
    conv = session.position("conv")
    [first, *biases] = solver_report(session)["layers"][conv]["weights"]
    gradient = session.frame.gradient[0].reshape(-1)
    assert first == f"0,{abs(gradient).argmax()}"
    assert biases == ["1,0", "1,1", "1,2"]


def test_of_a_long_net_the_ends(monkeypatch):
    monkeypatch.setattr(report_module, "MOST_LAYERS", 4)
    session = by_hand()
    session.look()
    assert list(solver_report(session)["layers"]) == [0, 1, 5, 6]


def test_names_cannot_break_out_of_the_page():
    session = by_hand()
    session.look()
    bad = '</script><script>alert("x")</script>'
    session.graph["name"] = bad
    page = write_report(solver_report(session), bad)
    assert "<script>alert" not in page
    assert data_of(page)["net"]["name"] == bad


def test_the_course_comes_out_of_a_log():
    loss, score = Series("loss", "loss"), Series("test", "accuracy")
    for iteration in range(5000):
        loss.add(iteration, 0, 1 / (iteration + 1))
    score.add(0, 0, 0.1)
    told = log_report(LoggedRun("a.log", [loss, score], last=4999))
    assert told["curves"]["scores"] == {"accuracy": {"iterations": [0], "values": [0.1]}}
    iterations = told["curves"]["loss"]["iterations"]
    assert len(iterations) <= 1201
    assert iterations[-1] == 4999
    assert told["curves"]["loss"]["values"][-1] == 1 / 5000


def test_the_newest_state_of_a_prefix(tmp_path):
    assert newest_state(str(tmp_path / "nowhere" / "net")) is None
    assert newest_state(str(tmp_path / "net")) is None
    states = ["net_iter_90.solverstate", "net_iter_100.solverstate.h5", "net_best.solverstate"]
    for name in (*states, "net_iter_100.caffemodel", "other_net_iter_900.solverstate"):
        (tmp_path / name).touch()
    assert newest_state(str(tmp_path / "net")).name == "net_iter_100.solverstate.h5"
