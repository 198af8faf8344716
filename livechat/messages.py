"""The wire: frames in and out, in two codecs. `docs/protocol.md` describes it for programmers.

What goes out to many is encoded once: an entity once for each view and codec, and a state frame is a join of
those bytes. What comes in is validated here, once, against the types of `livechat.commands`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

import msgpack
import msgspec
from msgspec import Meta, Struct

from livechat.captions import Caption
from livechat.commands import AnyCommand, Id, Language, Ref, Secret
from livechat.errors import Refused
from livechat.signals import Signal

VERSION = 2
"""The version of the wire, `v`. Raise it when a page of an older release could misread a frame, or when
what a role sees changes: an older page then asks its reader to reload, and no old offset is resumed."""

WATCH_AT_MOST = 200


class Watch(Struct, frozen=True, kw_only=True, tag_field="type", tag="watch", forbid_unknown_fields=True):
    """Asks what became of the comments that these secrets belong to."""

    ref: Ref = ""
    secrets: Annotated[list[Secret], Meta(max_length=WATCH_AT_MOST)]


class Claim(Struct, frozen=True, kw_only=True, tag_field="type", tag="claim", forbid_unknown_fields=True):
    """A moderator reads this comment now, or none. To be said again every ten seconds, as long as it is so."""

    ref: Ref = ""
    comment: Id | None


class TypeCaption(Struct, frozen=True, kw_only=True, tag_field="type", tag="type_caption", forbid_unknown_fields=True):
    """A typist's line of what is said in the room. It is no event: nobody keeps it."""

    ref: Ref = ""
    language: Language
    text: str


class Signalling(Struct, frozen=True, kw_only=True, tag_field="type", tag="signal", forbid_unknown_fields=True):
    """A resident cannot follow what goes on in the room, or, if not `on`, takes that back."""

    ref: Ref = ""
    signal: Signal
    on: bool = True


class ReadAloud(Struct, frozen=True, kw_only=True, tag_field="type", tag="read_aloud", forbid_unknown_fields=True):
    """The chair wants the display to read the comment under discussion aloud, or to stop."""

    ref: Ref = ""
    comment: Id | None


Inbound = AnyCommand | Watch | Claim | TypeCaption | Signalling | ReadAloud


class Codec(Struct, frozen=True):
    """One way to write the wire. `name` is the websocket subprotocol, `text` whether its frames are text frames."""

    name: str
    text: bool
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    state_frame: Callable[[str, int, int, list[bytes], list[str]], bytes]


def read(data: bytes, codec: Codec) -> Inbound:
    """The command, `Watch`, `Claim`, `TypeCaption`, `Signalling` or `ReadAloud` in a frame.

    Raises `Refused` with code `malformed`, `unknown_type` or `invalid`, and with `ref` if it could be read.
    """
    frame = _object(data, codec)
    ref = frame.get("ref")
    details = {"ref": ref} if isinstance(ref, str) and len(ref) <= 64 else {}
    kind = frame.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise Refused("unknown_type", **details)
    try:
        return _convert(frame)
    except msgspec.ValidationError as error:
        raise Refused("invalid", field=wrong_field(error), **details) from None


def wrong_field(error: msgspec.ValidationError) -> str:
    """The name of the field that a validation error is about, as a path: `agenda[0].title`."""
    message = str(error)
    path = re.search(r" - at (?:`key` in )?`\$\.?(?:\.\.\.)?(.*?)`$", message)
    named = re.search(r"(?:required|unknown) field `(.+?)`", message)
    parts = [part.group(1) for part in (path, named) if part and part.group(1)]
    return ".".join(parts)


def ack(ref: str, **fields: Any) -> dict[str, Any]:
    """The command with `ref` is durable."""
    return {"type": "ack", "ref": ref, **fields}


def refused(refusal: Refused, message: str, ref: str | None = None) -> dict[str, Any]:
    """The answer to a command that changed nothing. `message` is in the reader's language."""
    details = {"ref": ref, **refusal.details}
    return {"type": "refused", "code": refusal.code, "message": message, **details}


def own(comments: Iterable[Any]) -> dict[str, Any]:
    """What became of the comments of this connection."""
    return {"type": "own", "put": list(comments)}


def captions(last: Iterable[Caption]) -> dict[str, Any]:
    """What is said in the room: the last lines, in each language that has any."""
    return {"type": "captions", "put": list(last)}


def live(now: float, saving: bool, moment: Mapping[str, Any]) -> dict[str, Any]:
    """A sign of life, with the server's clock, whether the log can be written, and what is told of this moment."""
    return {"type": "live", "time": int(now), "saving": saving, **moment}


def _object(data: bytes, codec: Codec) -> dict[str, Any]:
    try:
        frame = codec.decode(data)
    except Exception:  # Whatever a decoder makes of arbitrary bytes, the answer to the sender is the same.
        raise Refused("malformed") from None
    if not isinstance(frame, dict) or not all(isinstance(key, str) for key in frame):
        raise Refused("malformed")
    return frame


def _convert(frame: dict[str, Any]) -> Inbound:
    return msgspec.convert(frame, Inbound)  # type: ignore[no-any-return]


def _types(union: Any) -> set[str]:
    return {str(kind.__struct_config__.tag) for kind in union.__args__}


_TYPES = _types(Inbound)


def _json_state(epoch: str, offset: int, since: int, put: list[bytes], drop: list[str]) -> bytes:
    return b'{"type":"state","v":%d,"epoch":%b,"offset":%d,"since":%d,"put":[%b],"drop":%b}' % (
        VERSION,
        msgspec.json.encode(epoch),
        offset,
        since,
        b",".join(put),
        msgspec.json.encode(drop),
    )


def _msgpack_encode(value: Any) -> bytes:
    return msgpack.packb(msgspec.to_builtins(value))  # type: ignore[no-any-return]


def _msgpack_state(epoch: str, offset: int, since: int, put: list[bytes], drop: list[str]) -> bytes:
    packer = msgpack.Packer(autoreset=False)
    packer.pack_map_header(7)
    for key, value in (
        ("type", "state"),
        ("v", VERSION),
        ("epoch", epoch),
        ("offset", offset),
        ("since", since),
    ):
        packer.pack(key)
        packer.pack(value)
    packer.pack("put")
    packer.pack_array_header(len(put))
    head = packer.bytes()
    return b"".join([head, *put, msgpack.packb("drop"), msgpack.packb(drop)])


JSON = Codec("livechat.json", True, msgspec.json.encode, msgspec.json.decode, _json_state)
MSGPACK = Codec("livechat.msgpack", False, _msgpack_encode, msgpack.unpackb, _msgpack_state)
CODECS = {codec.name: codec for codec in (JSON, MSGPACK)}
