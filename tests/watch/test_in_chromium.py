"""The page in a real Chromium: clicked, used by the keyboard alone, narrow, dark, read aloud."""

from __future__ import annotations

import pytest

from blobnet.watch.report import solver_report, write_report
from blobnet.watch.serving import serving
from tests.watch.test_own_image import session as images
from tests.watch.trainings import by_hand, convolving
from tests.watch.webdriver import BROWSER, DOWN, DRIVER, ENTER, TAB, UP, Chromium, driver

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="there is no Chromium with its driver"
)
TITLE = "document.querySelector('#layer-title')?.textContent"
DONE = "document.querySelector('#numbers dd')?.textContent"


@pytest.fixture(scope="module")
def driver_port():
    with driver() as port:
        yield port


@pytest.fixture
def chromium(driver_port, tmp_path):
    """A function that opens an address in a window."""
    windows = []

    def opened(address, *, width=1280, dark=False):
        window = Chromium(driver_port, str(tmp_path / "profile"), width=width, dark=dark)
        windows.append(window)
        window.open(address)
        window.wait(TITLE)
        return window

    yield opened
    for window in windows:
        window.close()


@pytest.fixture
def address(started):
    with serving(started(), port=0) as address:
        yield address


def text(window, selector):
    return window.run("return document.querySelector(arguments[0]).innerText", selector)


def test_step_and_the_chain_rule_of_w5(chromium, address):
    window = chromium(address)
    window.click("//nav//button[.//b[text()='output']]")
    window.wait(f"{TITLE}.startsWith('output ')")
    window.click("//button[text()='Step']")
    window.wait(f"{DONE} === '1 of 10000'")
    window.click("#layer td.pick button")
    window.wait("document.querySelector('#weight-title').textContent.includes('[0, 0]')")
    told = text(window, "#weight")
    for number in ("0.74136507", "0.1868156", "0.59326999", "0.082167041", "0.35891648"):
        assert number in told
    window.click("//button[text()='Back a step']")
    window.wait(f"{DONE} === '0 of 10000'")


def test_a_weight_is_changed(chromium, address):
    window = chromium(f"{address}#layer=4&weight=0.0")
    assert "0.298371109" in text(window, "#numbers")
    window.run("document.querySelector('#weight form input').value = '-1.5'")
    window.click("#weight form button")
    window.wait("!document.querySelector('#numbers').innerText.includes('0.298371109')")
    assert "\N{MINUS SIGN}1.5" in text(window, "#layer")


def test_by_the_keyboard_alone(chromium, address):
    window = chromium(address)
    window.press(TAB, TAB, ENTER)  # past the way to the layer, to Step
    window.wait(f"{DONE} === '1 of 10000'")
    window.run("document.querySelector('#net button[aria-current]').focus()")
    window.press(DOWN)
    window.wait(f"{TITLE}.startsWith('hidden_sigmoid')")
    window.press(DOWN)
    window.wait(f"{TITLE}.startsWith('output ')")
    window.run("document.querySelector('#weight input[type=number]').focus()")
    window.press(UP)
    window.press(ENTER)
    window.wait("document.querySelector('#weight-title').textContent.includes('[0, 1]')")
    window.wait("document.activeElement.dataset.key === 'place'")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert window.run(f"return {outline}") == "solid"


def test_what_a_screen_reader_is_told(chromium, address):
    window = chromium(address)
    window.click("//button[text()='Step']")
    window.wait(f"{DONE} === '1 of 10000'")
    assert window.role("#controls") == ("toolbar", "Training")
    assert window.role("#net") == ("navigation", "Layers of the net")
    assert window.role("#layer")[0] == "region"
    assert window.role("#weight")[1].startswith("w = hidden blobs_[0]")
    assert window.role("#message")[0] == "status"
    assert window.role("#controls select") == ("combobox", "Speed")
    role, name = window.role("#course svg")
    assert role in ("image", "img")
    assert "training loss: 0.2984" in name
    unnamed = window.run(
        "return [...document.querySelectorAll('button, input, select')].filter((each) =>"
        " !(each.innerText || each.labels?.length || each.ariaLabel)).length"
    )
    assert unnamed == 0


def test_a_report_is_read_without_a_server(chromium, tmp_path):
    session = by_hand()
    session.look()
    file = tmp_path / "report.html"
    file.write_text(write_report(solver_report(session), "by hand"), encoding="utf-8")
    window = chromium(file.as_uri())
    window.click("//nav//button[.//b[text()='output']]")
    window.wait(f"{TITLE}.startsWith('output ')")
    assert "0.082167041" in text(window, "#weight")
    window.click("//td[@class='pick'][2]/button")
    window.wait("document.querySelector('#weight-title').textContent.includes('[0, 1]')")
    assert "0.59688438" in text(window, "#weight")
    assert window.run("return document.querySelectorAll('input, #controls button').length") == 0


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_narrow_and_dark(chromium, started, width, dark):
    session = convolving()
    with serving(started(session), port=0) as address:
        window = chromium(f"{address}#layer={session.position('conv')}", width=width, dark=dark)
        window.click("//button[text()='Step']")
        window.wait("document.querySelectorAll('#layer canvas').length")
        wide = "document.documentElement.scrollWidth"
        assert window.run(f"return {wide}") <= width
        paper = window.run("return getComputedStyle(document.documentElement).backgroundColor")
        assert paper == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")
        window.click("//button[text()='Test now']")
        window.wait("document.querySelectorAll('#scores table.matrix td').length === 16")


def test_an_image_is_drawn_and_used(chromium, started):
    with serving(started(images(1)), port=0) as address:
        window = chromium(f"{address}#layer=0&item=1")
        window.wait("document.querySelector('canvas.pad')")
        window.run(
            "const pad = document.querySelector('canvas.pad'), box = pad.getBoundingClientRect();"
            "for (const type of ['pointerdown', 'pointerup']) pad.dispatchEvent(new PointerEvent("
            " type, { clientX: box.left + 2, clientY: box.top + 2, buttons: 1 }));"
        )
        window.click("//button[text()='Use it']")
        window.wait("[...document.querySelectorAll('#layer td')].some((n) => n.innerText > 100)")
