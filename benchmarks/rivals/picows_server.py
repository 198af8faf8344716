"""picows, a websocket library in Cython: `picows_server.py PORT GREETING_BYTES`."""

import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

listeners: set[WSTransport] = set()


class Listener(WSListener):
    """Hears every text."""

    def __init__(self, greeting: bytes) -> None:
        super().__init__()
        self.greeting = greeting

    def on_ws_connected(self, transport: WSTransport) -> None:
        listeners.add(transport)
        transport.send(WSMsgType.TEXT, self.greeting)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        listeners.discard(transport)


class Publisher(WSListener):
    """Its texts go to all listeners."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            text = frame.get_payload_as_bytes()
            for listener in listeners:
                listener.send(WSMsgType.TEXT, text)


async def serve(port: int, size: int) -> None:
    """Serves until it is ended."""
    greeting = b"." * size

    def for_request(request: WSUpgradeRequest) -> WSListener:
        return Publisher() if request.path == b"/publish" else Listener(greeting)

    server = await ws_create_server(for_request, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
