// A stand-in for the platform that answers by a script, or breaks the wire.

import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";

const OPEN = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, content-type",
  "access-control-allow-methods": "GET, POST, DELETE",
  "access-control-expose-headers": "retry-after",
};

/**
 * Answers by the first rule that fits: `{method?, path?, status, body?, headers?, times?}`. What it was asked for is
 * in `requests`.
 */
export async function startScript(rules = []) {
  const requests = [];
  const server = createServer((request, response) => {
    if (request.method === "OPTIONS") return void response.writeHead(204, OPEN).end();
    request.resume();
    requests.push(`${request.method} ${request.url}`);
    const fits = ({ method = request.method, path = request.url, times = 1 }) =>
      method === request.method && path === request.url && times > 0;
    const rule = rules.find(fits);
    if (!rule) return void response.writeHead(404, OPEN).end();
    if (rule.times !== undefined) rule.times--;
    response.writeHead(rule.status, { ...OPEN, ...rule.headers }).end(rule.body ?? "");
  });
  return { requests, rules, ...(await listening(server)) };
}

/** Who is signed in, once; then every request gets these bytes and the end, or for `undefined` silence. */
export async function startBroken(bytes) {
  const who = '{"userId":1,"email":null}';
  let asked = 0;
  const server = createSocket((socket) => {
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (data) => {
      text += data;
      for (let end; (end = text.indexOf("\r\n\r\n")) >= 0; ) {
        const head = text.slice(0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (text.length < end + 4 + length) return;
        text = text.slice(end + 4 + length);
        answer(socket, head);
      }
    });
  });
  function answer(socket, head) {
    const open = Object.entries(OPEN).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    if (head.startsWith("OPTIONS")) return socket.write(`HTTP/1.1 204 No Content\r\n${open}\r\n`);
    if (asked++ === 0) return socket.write(`HTTP/1.1 200 OK\r\n${open}content-length: ${who.length}\r\n\r\n${who}`);
    if (bytes !== undefined) socket.end(bytes.replace("\r\n", `\r\n${open}`));
  }
  return listening(server);
}

async function listening(server) {
  const sockets = new Set();
  server.on("connection", (socket) => (sockets.add(socket), socket.on("close", () => sockets.delete(socket))));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
