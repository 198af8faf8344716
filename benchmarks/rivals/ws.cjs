// node with `ws`: node ws.cjs PORT GREETING_BYTES
const { WebSocketServer } = require("ws");

const [port, size] = process.argv.slice(2).map(Number);
const greeting = ".".repeat(size);
const listeners = new Set();
const server = new WebSocketServer({ host: "127.0.0.1", port, backlog: 4096, perMessageDeflate: false });

server.on("connection", (line, request) => {
  line.on("error", () => {});
  if (request.url === "/publish") {
    line.on("message", (text) => {
      for (const listener of listeners) listener.send(text, { binary: false });
    });
    return;
  }
  listeners.add(line);
  line.on("close", () => listeners.delete(line));
  line.send(greeting);
});
