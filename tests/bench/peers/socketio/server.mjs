// The relay as a Node developer writes it: Socket.IO, its Redis streams adapter, and a stream for each conversation's
// history. `node server.mjs HOST PORT unix://SOCKET` serves until SIGTERM.
//
// It checks a message, keeps it in its conversation's stream, hands it to the conversation's room through the adapter
// (so to every server of a cluster), and acknowledges it to its author once the store has it. It does not deduplicate,
// send what was missed, limit rates, tell who is present or ask who is speaking. WebSocket alone, uncompressed.

import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const LONGEST = 8000;
const [host, port, url] = process.argv.slice(2);

// What history and adapter write in one turn leaves together; the adapter reads on a connection of its own.
const store = await createClient({ socket: { path: url.replace("unix://", "") } }).connect();

const server = createServer();
const io = new Server(server, {
  adapter: createAdapter(store),
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
});

io.on("connection", (socket) => {
  const { pair, side } = socket.handshake.query;
  const room = `chat:${pair}`;
  socket.join(room);
  socket.on("send", async ({ id, content } = {}, acknowledge) => {
    if (typeof id !== "string" || typeof content !== "string" || content === "" || content.length > LONGEST) {
      acknowledge({ code: "bad_frame" });
      return;
    }
    const seq = await store.xAdd(room, "*", { id, side, content });
    socket.to(room).emit("message", { id, content, seq });
    acknowledge({ id, seq });
  });
  socket.emit("ready");
});

server.listen(Number(port), host);
