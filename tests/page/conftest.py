"""One browser for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.page.browser import Browser, browser


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as session:
        yield session


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Browser]:
    """A tab of desktop size that must end without a complaint and without a request."""
    chromium.size(1280, 900)
    chromium.dark(False)
    chromium.scripts(True)
    yield chromium
    assert chromium.complaints() == []
    assert chromium.requests() == []
