"""Where a Redis is, as an operator writes it.

    redis://[user:password@]host[:port][/database]                        one server
    unix:///path/to/socket                                                one server on this machine
    redis+sentinel://[user:password@]host[:port],host[:port]…/name        the primary that Sentinel knows by `name`
    redis+cluster://[user:password@]host[:port],host[:port]…              a Cluster; any of its members will do

With `rediss` instead of `redis` everything is spoken over TLS. User and password are those of the Redis itself;
Sentinel's own, if it has any, are the options `sentinel_username` and `sentinel_password`.
"""

import re
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

Fault = Literal["scheme", "host", "port", "service", "database", "option"]

PORT, SENTINEL_PORT = 6379, 26379


class WrongAddress(ValueError):
    """The address cannot be used; `fault` names the part that is wrong."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


class Address(Struct, frozen=True):
    """A Redis. `hosts` are those to ask first: the server itself, the Sentinels, or members of the Cluster.

    `service` is the name of a primary under Sentinel. `options` and `sentinel_options` are the client library's
    own: how to connect to the servers, and to the Sentinels.
    """

    kind: Literal["single", "sentinel", "cluster"]
    hosts: tuple[tuple[str, int], ...]
    service: str
    options: dict[str, Any]
    sentinel_options: dict[str, Any]


def read_address(url: str) -> Address:
    """The address in a URL. Raises `WrongAddress`."""
    if url.startswith("unix://"):
        return _socket(url.removeprefix("unix://"))
    parts = _URL.fullmatch(url)
    if not parts:
        raise WrongAddress("scheme")
    kind = parts["kind"] or "single"
    default = SENTINEL_PORT if kind == "sentinel" else PORT
    hosts = tuple(_host(host, default) for host in parts["hosts"].split(","))
    if kind == "single" and len(hosts) > 1:
        raise WrongAddress("host")
    service, database = _path(parts["path"] or "", kind)
    tls = {"ssl": True} if parts["scheme"] == "rediss" else {}
    given = _options(parts["query"] or "")
    ours = {name: value for name, value in given.items() if name not in _OF_SENTINEL}
    theirs = {_OF_SENTINEL[name]: value for name, value in given.items() if name in _OF_SENTINEL}
    encrypted = {name: value for name, value in ours.items() if name.startswith("ssl_")}
    return Address(
        kind,  # type: ignore[arg-type]
        hosts,
        service,
        {**_login(parts["login"] or ""), "db": database, **tls, **ours},
        {**tls, **encrypted, **theirs},
    )


_URL = re.compile(
    r"(?P<scheme>rediss?)(?:\+(?P<kind>sentinel|cluster))?://(?:(?P<login>[^@/?]*)@)?(?P<hosts>[^/?@]*)"
    r"(?:/(?P<path>[^?]*))?(?:\?(?P<query>.*))?"
)

_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]\s]+)(?::(?P<port>.*))?")


def _yes(value: str) -> bool:
    if value not in ("true", "false"):
        raise WrongAddress("option")
    return value == "true"


_OPTIONS: dict[str, Callable[[str], Any]] = {
    "username": str,
    "password": str,
    "ssl_ca_certs": str,
    "ssl_certfile": str,
    "ssl_keyfile": str,
    "ssl_check_hostname": _yes,
    "sentinel_username": str,
    "sentinel_password": str,
}
"""What may follow `?`, and how it is read."""

_OF_SENTINEL = {"sentinel_username": "username", "sentinel_password": "password"}


def _socket(rest: str) -> Address:
    path, _, query = rest.partition("?")
    if not path.startswith("/"):
        raise WrongAddress("host")
    return Address("single", (), "", {"unix_socket_path": unquote(path), **_options(query)}, {})


def _host(text: str, default: int) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    if not found:
        raise WrongAddress("host")
    port = found["port"] or str(default)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 2**16):
        raise WrongAddress("port")
    return found["host"].strip("[]"), int(port)


def _path(path: str, kind: str) -> tuple[str, int]:
    """The service and the database: `name/database` under Sentinel, `database` on one server, nothing in a Cluster."""
    service, _, database = path.partition("/") if kind == "sentinel" else ("", "", path)
    if kind == "sentinel" and not service:
        raise WrongAddress("service")
    if not re.fullmatch(r"\d{0,5}" if kind != "cluster" else "0?", database):
        raise WrongAddress("database")
    return unquote(service), int(database or 0)


def _login(text: str) -> dict[str, str]:
    user, _, password = text.partition(":")
    given = {"username": unquote(user), "password": unquote(password)}
    return {name: value for name, value in given.items() if value}


def _options(query: str) -> dict[str, Any]:
    given = parse_qsl(query, keep_blank_values=True)
    if not all(name in _OPTIONS for name, _ in given):
        raise WrongAddress("option")
    return {name: _OPTIONS[name](value) for name, value in given}
