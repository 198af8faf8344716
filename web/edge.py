"""The outermost door. It forgets who is asking before anything inside can know.

From every request it takes the client's address, user agent, cookies and forwarding headers away, and keeps only
an allow-list of headers, a rate key that lives in memory, and the tokens of staff sessions. Nothing further in
can log or store what it never got. It also sets the security headers and is the last to catch an error.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livechat.errors import report
from livechat.roles import SEATED, Role
from web.limits import Limits

ALLOWED = frozenset(
    {
        b"accept",
        b"connection",
        b"content-length",
        b"content-type",
        b"host",
        b"if-none-match",
        b"last-event-id",
        b"origin",
        b"sec-websocket-extensions",
        b"sec-websocket-key",
        b"sec-websocket-protocol",
        b"sec-websocket-version",
        b"upgrade",
    }
)
"""The request headers that the service needs to answer. None tells two people apart."""

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), screen-wake-lock=(self)",
}

COOKIE = "livechat-"
"""Staff session cookies are called this and the role. There are no other cookies."""


class Edge:
    """ASGI middleware; put it around everything else."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        self._forget(scope)
        answer = _Answer(scope, send)
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:
            # Starlette raises again what it has answered with a page; that one stands in the log already.
            if not scope["state"].get("reported"):
                await answer.fail(report(error))

    def _forget(self, scope: Scope) -> None:
        client, scope["client"] = scope.get("client"), None
        state = scope.setdefault("state", {})
        state["rate_key"] = self.limits.key(client[0] if client else "")
        state["sessions"] = _sessions(scope["headers"])
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() in ALLOWED]


class _Answer:
    """What goes out: adds the security headers, and ends what broke off with an error."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._started = False

    async def send(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)  # A page that shows the stream says for itself from where.
            headers.setdefault("Cache-Control", "no-store")
            if self._scope["scheme"] in ("https", "wss"):
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
        self._started = True
        await self._send(message)

    async def fail(self, id: str) -> None:
        if self._scope["type"] == "websocket":
            await self._send({"type": "websocket.close", "code": 1011, "reason": id})
        elif not self._started:
            await self.send({"type": "http.response.start", "status": 500, "headers": []})
            await self.send({"type": "http.response.body", "body": id.encode()})


def _sessions(headers: list[tuple[bytes, bytes]]) -> dict[Role, str]:
    """The tokens of the staff sessions among the cookies."""
    # Split by hand: the library's parser stops at the first cookie of somebody else's that it cannot read.
    cookies = b";".join(value for name, value in headers if name.lower() == b"cookie").decode("latin-1")
    # Of two with one name the first counts: browsers send the one of the longer path first (RFC 6265, 5.4).
    pairs = dict(pair.strip().partition("=")[::2] for pair in reversed(cookies.split(";")))
    return {role: pairs[COOKIE + role] for role in SEATED if COOKIE + role in pairs}
