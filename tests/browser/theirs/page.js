// A page as the demo's were: it knows the plain contract and nothing of ours, and may do what its author did not think of.
// `?api=` is where it asks; without, its own origin.

const api = new URLSearchParams(location.search).get("api") ?? location.origin;
const part = (id) => document.getElementById(id);
const trouble = (words) => (part("trouble").textContent = words);

let token = null;
let me = null;
let client; // a visitor has none, and sends "undefined"
let socket = null;

async function get(path) {
  const answer = await fetch(`${api}/${path}`, { headers: { Authorization: token } });
  const { value, msg } = await answer.json();
  if (!answer.ok) throw new Error(msg);
  return value;
}

async function login() {
  const credentials = { nickname: part("nickname").value };
  if (part("password").value) credentials.password = part("password").value;
  const answer = await fetch(`${api}/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(credentials),
  });
  const { value, msg } = await answer.json();
  if (!answer.ok) throw new Error(msg);
  token = answer.headers.get("Token");
  me = value;
  trouble("");
  part("login").hidden = true;
  if (me.role === "admin") watch();
  else enter();
}

function watch() {
  part("dashboard").hidden = false;
  get("v1/users").then(draw);
  const stream = new EventSource(`${api}/v1/stream?token=${encodeURIComponent(token)}`);
  stream.onmessage = (event) => draw(JSON.parse(event.data));
}

function draw(users) {
  const rows = users.map((user) => {
    const row = document.createElement("li");
    row.dataset.client = user.nickname;
    row.textContent = `${user.nickname}, since ${when(user.enter_at)}: ${user.is_chated ? user.admin : "nobody"}`;
    const button = document.createElement("button");
    button.textContent = "Chat";
    button.onclick = () => enter(user.nickname);
    row.append(button);
    return row;
  });
  part("users").replaceChildren(...rows);
}

function enter(who) {
  client = who;
  part("live").replaceChildren();
  part("chat").hidden = false;
  recall();
  const query = `token=${encodeURIComponent(token)}&client=${encodeURIComponent(client)}`;
  const opened = (socket = new WebSocket(`${api.replace("http", "ws")}/v1/chat?${query}`));
  opened.onopen = () => trouble("");
  opened.onmessage = (event) => show("live", JSON.parse(event.data));
  opened.onerror = () => trouble("refused");
}

const recall = () =>
  get(`v1/msgs?client=${client}`).then((found) => {
    part("history").replaceChildren();
    for (const message of found) show("history", message);
  });

function show(list, { type, user, content, msg_time, client_send_time }) {
  const line = document.createElement("li");
  line.dataset.type = type;
  line.textContent = `${user.role} ${user.nickname}: ${content} (${when(msg_time)}, ${when(client_send_time)})`;
  part(list).append(line);
}

const when = (time) => new Date(time).toLocaleTimeString("en-GB");

function say() {
  const now = new Date();
  const content = part("content").value;
  socket.send(JSON.stringify({ content, send_time: now.toISOString() }));
  show("live", { type: 0, user: me, content, msg_time: now, client_send_time: now });
  part("content").value = "";
}

const submits = (id, act) =>
  part(id).addEventListener("submit", (event) => {
    event.preventDefault();
    Promise.resolve(act()).catch((error) => trouble(error instanceof TypeError ? "unreachable" : error.message));
  });
submits("login", login);
submits("say", say);
part("again").onclick = recall;
part("leave").onclick = () => {
  socket.close();
  part("chat").hidden = true;
};
