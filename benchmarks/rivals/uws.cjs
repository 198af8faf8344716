// uWebSockets.js, as npm has it: node uws.cjs PORT GREETING_BYTES
const uws = require("@trufflesuite/uws-js-unofficial");

const [port, size] = process.argv.slice(2).map(Number);
const greeting = ".".repeat(size);
const app = uws.App();

app.ws("/publish", { message: (line, text) => void app.publish("all", text, false) });
app.ws("/listen", {
  idleTimeout: 0,
  maxBackpressure: 16 * 1024 * 1024,
  open: (line) => {
    line.subscribe("all");
    line.send(greeting, false);
  },
});
app.listen("127.0.0.1", port, (socket) => {
  if (!socket) process.exit(1);
});
