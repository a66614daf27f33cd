"""A headless Chromium driven over chromedriver's HTTP interface (W3C WebDriver), with the standard library alone."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

AVAILABLE = shutil.which("chromedriver") is not None and shutil.which("chromium") is not None
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """One session. Methods raise RuntimeError with the driver's message when it refuses."""

    def __init__(self, base: str, session: str) -> None:
        self._base = base
        self._session = session

    def _send(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return _request(f"{self._base}/session/{self._session}{path}", body)

    def cdp(self, command: str, **parameters: object) -> Any:
        return self._send("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, page: Path, anchor: str = "") -> None:
        self._send("/url", {"url": "about:blank"})
        self._send("/url", {"url": page.as_uri() + anchor})

    def run(self, script: str, *arguments: object) -> Any:
        """The value of a function body; `arguments` is what it is called with."""
        return self._send("/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, condition: str) -> None:
        """Until an expression is true. What follows a change of the address happens a little later."""
        for _ in range(200):
            if self.run(f"return Boolean({condition})"):
                return
            time.sleep(0.05)
        raise AssertionError(f"never came true: {condition}")

    def text(self, selector: str) -> str:
        found = self.run("return document.querySelector(arguments[0]).innerText", selector)
        assert isinstance(found, str)
        return found

    def count(self, selector: str) -> int:
        """How many elements are rendered, not merely present."""
        rendered = "e.checkVisibility() && getComputedStyle(e).display !== 'none'"  # the former overlooks SVG groups
        script = f"return [...document.querySelectorAll(arguments[0])].filter((e) => {rendered}).length"
        return int(self.run(script, selector))

    def _element(self, selector: str) -> dict[str, str]:
        found = self._send("/element", {"using": "css selector", "value": selector})
        assert isinstance(found, dict)
        return found

    def click(self, selector: str) -> None:
        [element] = self._element(selector).values()
        self._send(f"/element/{element}/click", {})

    def type(self, selector: str, text: str) -> None:
        [element] = self._element(selector).values()
        self._send(f"/element/{element}/value", {"text": text})

    def hover(self, selector: str) -> None:
        steps = [{"type": "pointerMove", "origin": self._element(selector), "x": 0, "y": 0}]
        self._send("/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": steps}]})

    def drag(self, selector: str, dx: int, dy: int) -> None:
        steps: list[dict[str, Any]] = [
            {"type": "pointerMove", "origin": self._element(selector), "x": 0, "y": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerMove", "origin": "pointer", "x": dx // 2, "y": dy // 2},
            {"type": "pointerMove", "origin": "pointer", "x": dx - dx // 2, "y": dy - dy // 2},
            {"type": "pointerUp", "button": 0},
        ]
        self._send("/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": steps}]})

    def wheel(self, selector: str, dy: int) -> None:
        step = {"type": "scroll", "origin": self._element(selector), "x": 0, "y": 0, "deltaX": 0, "deltaY": dy}
        self._send("/actions", {"actions": [{"type": "wheel", "id": "wheel", "actions": [step]}]})

    def size(self, width: int, height: int) -> None:
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def dark(self, on: bool) -> None:
        feature = {"name": "prefers-color-scheme", "value": "dark" if on else "light"}
        self.cdp("Emulation.setEmulatedMedia", media="", features=[feature])

    def scripts(self, allowed: bool) -> None:
        self.cdp("Emulation.setScriptExecutionDisabled", value=not allowed)

    def screenshot(self) -> bytes:
        return base64.b64decode(self._send("/screenshot"))

    def complaints(self) -> list[str]:
        """Console messages since the last call."""
        return [entry["message"] for entry in self._send("/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """Addresses asked for since the last call, the opened file and data addresses aside."""
        found = []
        for entry in self._send("/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return [url for url in found if not url.startswith(("file:", "data:", "about:"))]


def _request(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback goes through no proxy
    try:
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise RuntimeError(json.load(error)["value"]["message"]) from None


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser with a fresh profile in the folder `profile`, ended afterwards."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    quiet = subprocess.DEVNULL
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=quiet, stderr=quiet)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with suppress(OSError):
                _request(f"{base}/status")
                break
            time.sleep(0.05)
        options = {
            "binary": shutil.which("chromium"),
            "args": [*_FLAGS, f"--user-data-dir={profile}", "--window-size=1280,900"],
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        answer = _request(f"{base}/session", {"capabilities": {"alwaysMatch": wanted}})
        session = Browser(base, answer["sessionId"])
        try:
            session._send("/url", {"url": "about:blank"})
            session.requests()  # the first tab asks for Chromium's own start page
            yield session
        finally:
            request = urllib.request.Request(f"{base}/session/{answer['sessionId']}", method="DELETE")
            with suppress(OSError), urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request):
                pass
    finally:
        driver.terminate()
        driver.wait()
