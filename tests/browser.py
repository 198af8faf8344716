"""The browser that the stories drive: one that is there already, else Playwright's own.

`python -m tests.browser` starts it once and says which one it is; tests/prepare.sh asks that way.
"""

import os
import shutil
import subprocess

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_path() -> str | None:
    """The path to give to Playwright as `executable_path`; None means its own browser."""
    if chosen := os.environ.get("TEST_BROWSER"):
        return chosen
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and _answers(path)), None)


def _answers(path: str) -> bool:
    # Ubuntu's chromium-browser may be a stub that only tells you to install a snap.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    with sync_playwright() as playwright:
        found = browser_path()
        browser = playwright.chromium.launch(executable_path=found)
        print("Chromium", browser.version, found or "(Playwright's own)")
        browser.close()
