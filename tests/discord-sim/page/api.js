// The control API as the page uses it, and the WebSocket that tells of changes.

/** A call; throws with the stand-in's own words if it is refused. */
export async function call(method, path, body) {
  const request = { method };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const answer = await fetch(`/_sim${path}`, request);
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(value.error ?? `${answer.status} ${answer.statusText}`);
  return value;
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);

const watchers = new Map();

/** Resolves when an interaction has its first answer, or when its three seconds are over. */
export async function acknowledged(id, deadline = Date.now() + 4000) {
  // Told of a change it looks at once; should the word have come too early to be heard, it looks soon anyway.
  for (let pause = 40; ; pause = Math.min(pause * 2, 600)) {
    const state = await get(`/interactions/${id}`);
    if (state.state !== "waiting" || Date.now() > deadline) return state;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, pause);
      watchers.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    watchers.delete(id);
  }
}

/** Listens for changes for ever; `status` is told whether the connection stands. */
export function listen(change, status) {
  let pause = 250;
  const connect = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/_sim/changes`);
    socket.onopen = () => {
      pause = 250;
      status(true);
    };
    socket.onmessage = (event) => {
      const told = JSON.parse(event.data);
      if (told.interaction) watchers.get(told.interaction)?.();
      change(told);
    };
    socket.onclose = () => {
      status(false);
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, 5000);
    };
  };
  connect();
}
