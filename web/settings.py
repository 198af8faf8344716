"""Settings of the service, from the environment.

Each field of `Settings` is the variable `LIVECHAT_` + its name in capitals; the port may also come as `PORT`.
"""

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct

from livechat.redis_address import Fault, WrongAddress, read_address
from web.texts import N_, Text, Texts

PREFIX = "LIVECHAT_"

_PROXY = r"[0-9A-Fa-f:.]+(/\d{1,3})?"
_PROXIES = rf"^(\*|{_PROXY}(\s*,\s*{_PROXY})*)?$"
"""Addresses and networks, or `*`. Names would never match, and every resident would share one address."""


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator can set; `README.md` has the table."""

    data: Annotated[str, Meta(pattern=r"\S")] = "data"
    redis_url: str = ""
    redis_wait: Annotated[int, Meta(ge=0, le=9)] = 0
    host: Annotated[str, Meta(pattern=r"^(unix:/.+|[^/\s]+)$")] = "0.0.0.0"  # noqa: S104 - a service for others listens to others
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    public_url: Annotated[str, Meta(pattern=r"^(https?://[^/?#\s]+)?$")] = ""
    secret: Annotated[str, Meta(pattern=r"^(.{32,})?$")] = ""
    trusted_proxies: Annotated[str, Meta(pattern=_PROXIES)] = "127.0.0.1"
    log_level: Literal["warning", "info"] = "info"
    language: Literal["sv", "en", "fi"] = "sv"

    @property
    def log_file(self) -> Path:
        """The SQLite log."""
        return Path(self.data) / "livechat.sqlite"

    @property
    def socket_file(self) -> Path | None:
        """The Unix socket to listen on, None if it is a port."""
        return Path(self.host.removeprefix("unix:")) if self.host.startswith("unix:") else None

    def secret_key(self) -> bytes:
        """The key that staff links are derived from: `secret`, else a file in `data` that is made once."""
        if self.secret:
            return self.secret.encode()
        path = Path(self.data) / "secret"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(32))
        return path.read_bytes()


def _write_once(path: Path, text: str) -> None:
    """Writes a file that only we may read, whole or not at all; the first of two writers wins."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


class WrongSettings(Exception):
    """One sentence for each setting that is wrong, in the operator's language."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))


def from_environment(environment: Mapping[str, str], texts: Texts) -> Settings:
    """The settings. Raises `WrongSettings` that names every variable that is wrong or unknown."""
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    if "PORT" in environment and f"{PREFIX}PORT" not in given:
        given["PORT"] = environment["PORT"]
    wrong = [sentence for name, value in given.items() if (sentence := _wrong(name, value, texts))]
    if wrong:
        raise WrongSettings(wrong)
    fields = {name.removeprefix(PREFIX).lower(): value for name, value in given.items()}
    return msgspec.convert(fields, Settings, strict=False)


_EXPECTED: dict[str, Text] = {
    "data": N_("en katalog"),
    "redis_url": N_(
        "en adress som börjar med redis://, rediss:// eller unix://, eller med redis+sentinel:// eller redis+cluster://"
    ),
    "redis_wait": N_("hur många repliker som ska bekräfta, 0–9"),
    "host": N_("en adress att lyssna på, till exempel 0.0.0.0"),
    "port": N_("ett tal mellan 0 och 65535"),
    "public_url": N_("en adress utan snedstreck på slutet, till exempel https://dialog.kommunen.se"),
    "secret": N_("minst 32 tecken"),
    "trusted_proxies": N_("adresser med komma emellan"),
    "log_level": N_("warning eller info"),
    "language": N_("sv, en eller fi"),
}


_EXPECTED_ADDRESS: dict[Fault, Text] = {
    "scheme": _EXPECTED["redis_url"],
    "host": N_("en adress med värdens namn, till exempel redis://redis.kommunen.se:6379"),
    "port": N_("en adress vars portar är tal mellan 1 och 65535"),
    "service": N_("en adress som slutar med namnet Sentinel känner, till exempel redis+sentinel://värd:26379/livechat"),
    "database": N_("en adress vars databas är ett tal (i ett kluster finns bara 0)"),
    "option": N_(
        "en adress vars tillval efter ? är username, password, ssl_ca_certs, ssl_certfile, ssl_keyfile, "
        "ssl_check_hostname (true eller false), sentinel_username eller sentinel_password"
    ),
}
"""What is wrong in an address, told by what it should be."""


def _wrong(name: str, value: str, texts: Texts) -> str | None:
    field = name.removeprefix(PREFIX).lower()
    if field not in _EXPECTED:
        known = ", ".join(f"{PREFIX}{known.upper()}" for known in _EXPECTED)
        return texts.gettext("%(name)s finns inte. Inställningarna är: %(known)s.") % {"name": name, "known": known}
    try:
        msgspec.convert(value, get_type_hints(Settings, include_extras=True)[field], strict=False)
        if field == "redis_url" and value:
            read_address(value)
    except (msgspec.ValidationError, WrongAddress) as error:
        expected = _EXPECTED_ADDRESS[error.fault] if isinstance(error, WrongAddress) else _EXPECTED[field]
        shown = value if field not in ("secret", "redis_url") else re.sub(".", "•", value)
        sentence = texts.gettext("%(name)s är ”%(value)s”, men ska vara %(expected)s.")
        return sentence % {"name": name, "value": shown, "expected": texts.gettext(expected)}
    return None
