"""Request bodies, with an end."""

from starlette.requests import ClientDisconnect, Request

from livechat.errors import Refused

LARGEST = 16_384
"""Bytes in a request body or a websocket frame, at most."""


async def read_body(request: Request) -> bytes:
    """The body of a request. Raises `Refused("too_large")` as soon as it is known to be."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                raise Refused("too_large")
    except ClientDisconnect:  # It broke off half-way; nobody hears the answer.
        raise Refused("malformed") from None
    return bytes(body)
