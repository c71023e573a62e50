"""The page's server: what it gives, to whom, and what it refuses."""

from __future__ import annotations

import json
import re
import socket
from contextlib import contextmanager
from pathlib import Path

import pytest

from blobnet import BlobnetError
from blobnet.watch import serving as serving_module
from blobnet.watch.serving import is_loopback, serving
from tests.watch.conftest import Browser

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
PAGE = Path(serving_module.__file__).with_name("page")
FILES = sorted(path.name for path in PAGE.iterdir())


@pytest.fixture
def player(started):
    return started()


@pytest.fixture
def browser(player):
    with serving(player, port=0) as address:
        yield Browser(address)


@contextmanager
def beyond_loopback(player, monkeypatch):
    monkeypatch.setattr(serving_module, "is_loopback", lambda host: False)
    with serving(player, port=0) as address:
        yield address


# --- what it gives --------------------------------------------------------------------------------


def test_the_page_and_all_its_files(browser):
    status, headers, text = browser.ask("/")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert "default-src 'self'" in headers["content-security-policy"]
    wanted = set(re.findall(r'(?:src|href)="page/([^"]+)"', text))
    for name in FILES:
        status, headers, text = browser.ask(f"/page/{name}")
        assert status == 200
        wanted |= set(re.findall(r'(?:from|import\() ?"\./([^"]+)"', text))
    assert wanted <= set(FILES)
    assert set(FILES) <= wanted | {"index.html"}


def test_the_page_needs_nothing_from_elsewhere():
    for name in FILES:
        text = (PAGE / name).read_text(encoding="utf-8")
        assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text) == []


@pytest.mark.parametrize("name", ["nothing.js", "..%2fserver.py", "__init__.py"])
def test_no_other_file(browser, name):
    assert browser.ask(f"/page/{name}")[0] == 404


def test_the_net(browser):
    net = json.loads(browser.ask("/api/net")[2])
    assert [layer["name"] for layer in net["layers"]][2:4] == ["hidden", "hidden_sigmoid"]
    assert net["layers"][4]["weights"] == [[2, 2], [2]]


def test_step_look_back(browser):
    before = browser.view(layer=4, weight="0.0")
    assert before["weight"]["update"]["now"] == 0.4
    assert browser.do("step") == (200, {"done": None})
    view = browser.view(layer=4, weight="0.0", since=before["player"]["version"])
    while view["player"]["playing"]:
        view = browser.view(layer=4, weight="0.0", since=view["player"]["version"])
    assert view["weight"]["update"]["after"] == pytest.approx(0.358916480, abs=5e-10)
    assert browser.do("back", iteration=0) == (200, {"done": 0})
    assert browser.view(layer=4, weight="0.0")["weight"]["update"]["now"] == 0.4


def test_numbers_can_be_changed(browser):
    assert browser.do("rate", rate=0.25)[0] == 200
    assert browser.do("weight", layer="output", index=0, place=3, value=-2)[0] == 200
    assert browser.do("value", blob="x", place=1, value=0.75)[0] == 200
    view = browser.view(layer=4, weight="0.3")
    assert view["training"]["rate"] == 0.25
    assert view["weight"]["update"]["now"] == -2
    assert view["values"]["0"] == [0.05, 0.75]


def test_who_has_seen_all_gets_nothing_after_a_while(browser, monkeypatch):
    monkeypatch.setattr("blobnet.watch.server._LONGEST_WAIT", 0.05)
    version = browser.view()["player"]["version"]
    assert browser.ask(f"/api/view?since={version}")[0] == 204


# --- what it refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"do": "stepp"}, "did you mean step"),
        ({"do": ["step"]}, "no such action"),
        (["step"], "no action"),
        ({"do": "step", "iterations": 0}, "1 or more"),
        ({"do": "step", "iterations": "many"}, "iterations is no number"),
        ({"do": "rate"}, "rate is no number"),
        ({"do": "rate", "rate": True}, "rate is no number"),
        ('{"do": "rate", "rate": 1e999}', "rate is no"),
        ('{"do": "rate", "rate": NaN}', "rate is no"),
        ({"do": "rate", "rate": -1}, "0 or more"),
        ({"do": "weight", "layer": 3}, "layer is no name"),
        ({"do": "weight", "layer": "x", "index": 0, "place": 0, "value": 1}, "no layer named"),
        ({"do": "value", "blob": "h", "place": 0, "value": 1}, "cannot be set"),
        ("{", "an action is JSON"),
        ("[" * 9000, "an action is JSON"),
        ('"' + "x" * 5_000_000 + '"', "no longer than"),
    ],
)
def test_actions_that_make_no_sense(browser, body, message):
    status, _, text = browser.ask("/api/do", body)
    assert (status, "error" in json.loads(text)) == (400, True)
    assert message in json.loads(text)["error"]
    assert browser.view()["training"]["iteration"] == 0


@pytest.mark.parametrize(
    "query",
    ["layer=99", "layer=x", "layer=-1", "since=x", "layer=2&weight=5.0", "layer=2&weight=0"],
)
def test_views_that_make_no_sense(browser, query):
    status, _, text = browser.ask(f"/api/view?{query}")
    assert status == 400
    assert json.loads(text)["error"]


def test_pages_of_other_servers_get_nothing(browser):
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert browser.ask("/api/net", **headers)[0] == 403
        assert browser.ask("/api/do", {"do": "step"}, **headers)[0] == 403
    form = {"Content-Type": "text/plain"}  # which a form of any page can send
    assert browser.ask("/api/do", '{"do": "step"}', **form)[0] == 400
    assert browser.ask("/api/do")[0] == 405
    assert browser.view()["training"]["iteration"] == 0


def test_beyond_loopback_only_who_has_the_token(player, monkeypatch):
    with beyond_loopback(player, monkeypatch) as address:
        browser = Browser(address)
        token = address.partition("?token=")[2]
        assert len(token) >= 32
        for path in ("/", "/page/main.js", "/api/net", "/api/view", "/?token=x"):
            assert browser.ask(path)[0] == 403
        assert browser.ask("/api/do", {"do": "step"})[0] == 403
        status, headers, _ = browser.ask(f"/?token={token}")
        assert (status, headers["location"]) == (303, "/")
        cookie = headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        browser.headers["Cookie"] = cookie.partition(";")[0]
        assert browser.ask("/")[0] == 200
        assert browser.do("step")[0] == 200


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True), ("localhost", True), ("::1", True), ("[::1]", True),
        ("127.8.8.8", True), ("0.0.0.0", False), ("::", False), ("10.0.0.1", False),
        ("example", False),
    ],
)  # fmt: skip
def test_what_loopback_is(host, is_local):
    assert is_loopback(host) is is_local


def test_a_port_that_is_taken(player):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(BlobnetError, match="cannot listen") as raised,
            serving(player, port=port),
        ):
            pass
    assert "--port" in str(raised.value)


def test_without_the_extra_it_says_how_to_get_it(player, monkeypatch):
    def missing(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr("blobnet.extras.importlib.import_module", missing)
    with pytest.raises(BlobnetError, match=r'pip install "blobnet\[watch\]"'), serving(player):
        pass
