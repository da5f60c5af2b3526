"""A real browser, headless, for the tests that look at pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip

PATIENCE_MS = 60_000.0
"""Milliseconds after which a test gives up waiting: what it waits for comes by itself, sooner or later."""
expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "these tests need a browser: sudo apt-get install -y chromium"
    return found


@contextmanager
def started() -> Iterator[Browser]:
    """Start a browser that ends with the context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, width: int, height: int, **options: Any) -> Iterator[Page]:
    """Open a page in a window of a size; whatever goes wrong in its scripts fails the test at the end."""
    faults: list[str] = []
    with browser.new_context(viewport={"width": width, "height": height}, **options) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        page.set_default_timeout(PATIENCE_MS)
        yield page
    assert faults == []
