/**
 * Tells the chat who a customer is: a token signed by your shop. Node 16 or newer, with its own library alone.
 *
 *     CHATADMIN_KEY=... node chat_token.mjs
 *
 * prints one for the customer below. In your shop, call `chatToken` on the server for whoever is logged in, and hand the
 * token to their page. The key stays on the server.
 */
import { createHmac } from "node:crypto";

const KEY_ID = "your-key-id"; // which of the shop's keys CHATADMIN_KEY is

/** `customer`: what your shop knows them by, as text: one that never changes, and is never another's. */
export function chatToken(customer, name, email, attributes) {
  const header = { alg: "HS256", typ: "JWT", kid: KEY_ID };
  const claims = {
    sub: customer,
    exp: Math.floor(Date.now() / 1000) + 5 * 60,
    name,
    email, // one that your shop has confirmed
    attributes, // at most 20 texts, numbers, or yes and no: what whoever answers should know
  };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${createHmac("sha256", process.env.CHATADMIN_KEY).update(signed).digest("base64url")}`;
}

if (process.argv[1]?.endsWith("chat_token.mjs")) {
  console.log(chatToken("1024", "Zoë Müller", "zoe@example.com", { plan: "gold", orders: 12, cart: 129.9 }));
}
