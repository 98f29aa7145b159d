// The stand-in as the Node tests use it: its control API, a ready world, and waiting for a condition.

const address = process.env.DISCORD_SIM_URL;
if (!address) throw new Error("set DISCORD_SIM_URL to a running stand-in, or use tests/discord-sim/clients/run");

/** The address of the stand-in, without a slash at the end. */
export const url = address.replace(/\/$/, "");

/** One call of the control API; throws what the stand-in answered if it was refused. */
export async function control(method, path, body) {
  const answer = await fetch(`${url}/_sim${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** A new application in a new guild with a channel and a person: their ids and the bot's token. */
export async function world(name) {
  const application = await control("POST", "/applications", { name });
  const guild = await control("POST", "/guilds", { name: `Guild of ${name}`, applications: [application.id] });
  const channel = await control("POST", `/guilds/${guild.id}/channels`, { name: "general" });
  const member = await control("POST", `/guilds/${guild.id}/members`, { name: `Ada of ${name}` });
  return { application: application.id, token: application.token, guild: guild.id, channel: channel.id, user: member.user_id };
}

/** Acts as a person and returns how the interaction stands once it has its final answer. */
export const act = (user, what, body) => control("POST", `/users/${user}/${what}?wait=5s`, body);

/** Polls until `check` returns something true and returns that; 20 s are longer than any client's backoff here. */
export async function until(what, check, patience = 20_000) {
  for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
    const value = await check();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`did not happen in time: ${what}`);
}
