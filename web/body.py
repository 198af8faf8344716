"""Request bodies, with an end."""

from starlette.requests import Request

from livechat.errors import Refused

LARGEST = 16_384
"""Bytes in a request body or a websocket frame, at most."""


async def read_body(request: Request) -> bytes:
    """The body of a request. Raises `Refused("too_large")` as soon as it is known to be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Refused("too_large")
    return bytes(body)
