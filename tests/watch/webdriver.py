"""A real Chromium by its driver, which speaks JSON over HTTP: no package is needed."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # under which the driver names elements
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
ENTER, TAB, UP, DOWN = "\ue007", "\ue004", "\ue013", "\ue015"


class StaleError(Exception):
    """The page has replaced an element."""


class Chromium:
    """One window."""

    def __init__(self, port: int, profile: str, *, width: int, dark: bool) -> None:
        self._port, self._session = port, ""
        arguments = [*FLAGS, f"--window-size={width},900", f"--user-data-dir={profile}"]
        options: dict[str, Any] = {"binary": BROWSER, "args": arguments}
        wanted = {"alwaysMatch": {"goog:chromeOptions": options, "timeouts": {"script": 60_000}}}
        self._session = self._send("POST", "", {"capabilities": wanted})["sessionId"]
        media = {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else ""}]}
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self._command("Emulation.setEmulatedMedia", media)
        self._command("Emulation.setDeviceMetricsOverride", size)

    def open(self, address: str) -> None:
        self._send("POST", "/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns; it may await."""
        body = f"const done = arguments[arguments.length - 1]; (async () => {{ {script} }})()"
        body += ".then(done, (error) => done(`failed: ${error}`))"
        sent = {"script": body, "args": list(arguments)}
        return self._send("POST", "/execute/async", sent)

    def wait(self, condition: str) -> Any:
        """Until an expression is true."""
        found = self.run(
            f"for (let i = 0; i < 400; i++) {{ const found = ({condition});"
            " if (found) return found; await new Promise((later) => setTimeout(later, 50)); }"
            " return null;"
        )
        assert found, f"never: {condition}"
        return found

    def find(self, selector: str) -> str:
        how = "xpath" if selector.startswith("/") else "css selector"
        return self._send("POST", "/element", {"using": how, "value": selector})[ELEMENT]

    def click(self, selector: str) -> None:
        """Once it is there and stays there long enough: a view that comes replaces elements."""
        for _ in range(20):
            try:
                self._send("POST", f"/element/{self.find(selector)}/click", {})
                return
            except StaleError:
                continue
        raise StaleError(selector)

    def role(self, selector: str) -> tuple[str, str]:
        """What a screen reader is told: the role and the name of an element."""
        element = self.find(selector)
        told = (
            self._send("GET", f"/element/{element}/computed{what}") for what in ("role", "label")
        )
        return tuple(told)  # type: ignore[return-value]

    def press(self, *keys: str) -> None:
        actions = [
            {"type": kind, "value": key} for key in "".join(keys) for kind in ("keyDown", "keyUp")
        ]
        self._send(
            "POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": actions}]}
        )

    def close(self) -> None:
        self._send("DELETE", "")

    def _command(self, name: str, settings: dict[str, Any]) -> None:
        self._send("POST", "/goog/cdp/execute", {"cmd": name, "params": settings})

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        text = None if body is None else json.dumps(body)
        session = f"/{self._session}" if self._session else ""
        connection.request(method, f"/session{session}{path}", text)
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(value, dict) and value.get("error", "").startswith("stale element"):
            raise StaleError(path)
        assert not (isinstance(value, dict) and "error" in value), value
        return value


@contextmanager
def driver() -> Iterator[int]:
    """A driver while a block runs; gives its port."""
    program = subprocess.Popen([DRIVER or "", "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        for line in program.stdout:
            if found := re.search(r"on port (\d+)\.", line):
                yield int(found[1])
                break
    finally:
        program.terminate()
        program.wait(30)
        if program.stdout is not None:
            program.stdout.close()
