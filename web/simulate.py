"""Residents played by a program: each comment comes from a websocket client of its own, at a human pace."""

import asyncio
import hashlib
import random
import secrets
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from livechat.messages import JSON

COMMENTS = Path(__file__).parent.parent / "examples" / "comments.toml"

PATIENCE = 15
"""Seconds to wait for an answer."""


class PlayedComment(Struct):
    """A comment to play in: the id of an agenda item, and a text."""

    item: str
    text: str


class CannotPlay(Exception):
    """Why the comments could not be played in."""


def read_comments(path: Path) -> list[PlayedComment]:
    """The comments in a TOML file of `[[comment]]` tables with `item` and `text`. Raises `CannotPlay`."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8"))["comment"], list[PlayedComment])
    except (OSError, KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CannotPlay(f"{path}: {error}") from None


async def play(
    url: str,
    comments: list[PlayedComment],
    *,
    pace: float,
    tell: Callable[[str], None],
    once_as: str = "",
) -> None:
    """Plays the comments into the meeting at `url`, `pace` seconds apart on average. Raises `CannotPlay`.

    With `once_as`, comments that were played under this name before are not played again.
    """
    address = _live_address(url)
    for number, comment in enumerate(comments, 1):
        secret = _secret(f"{once_as}|{number}") if once_as else secrets.token_urlsafe(16)
        try:
            async with _connect(address) as line, asyncio.timeout(PATIENCE):
                said = await _say(line, comment, secret, only_once=bool(once_as))
        except (OSError, WebSocketException, TimeoutError) as error:
            raise CannotPlay(f"{url}: {type(error).__name__}") from None
        if said is not None:
            tell(f"{number:>3}/{len(comments)}  {said}")
            await asyncio.sleep(_pause(number, pace))


def _connect(address: str) -> connect:
    return connect(address, subprotocols=[Subprotocol(JSON.name)], max_size=2**24)


async def _say(line: ClientConnection, comment: PlayedComment, secret: str, *, only_once: bool) -> str | None:
    """What became of the comment: `ack` or a refusal's code; None if it was there before."""
    epoch = (await _next(line, "state"))["epoch"]
    if only_once:
        await line.send(JSON.encode({"type": "watch", "ref": "w", "secrets": [secret]}).decode())
        if (await _next(line, "ack"))["ids"] != [None]:
            return None
    command = {"type": "submit_comment", "ref": "s", "epoch": epoch, "secret": secret}
    await line.send(JSON.encode({**command, "item": comment.item, "text": comment.text}).decode())
    answer = await _next(line, "ack", "refused")
    return str(answer.get("code", "ack"))


async def _next(line: ClientConnection, *types: str) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = JSON.decode(await line.recv(decode=False))
        if frame["type"] in types:
            return frame
        if frame["type"] == "refused":
            raise CannotPlay(frame["message"])


def _live_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise CannotPlay(url) from None
    if parts.scheme not in ("http", "https") or not parts.path.startswith("/m/"):
        raise CannotPlay(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/live?role=resident"


def _pause(number: int, pace: float) -> float:
    """The first few come quickly, so that there is something to see; then as people write."""
    generator = random.Random(number)  # noqa: S311 - a pace, not a secret
    if pace <= 0:
        return 0
    return generator.uniform(0.1, 0.3) * pace if number < 6 else min(generator.expovariate(1 / pace), 3 * pace)


def _secret(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:40]
