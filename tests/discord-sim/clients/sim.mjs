// Starts the stand-in and calls its control API.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts a stand-in with a small world. */
export async function start() {
  const program = process.env.DISCORD_SIM;
  if (!program) throw new Error("set DISCORD_SIM to the program discord-sim (clients/run does)");
  const child = spawn(program, ["--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const url = line.split(" ").at(-1).replace(/\/$/, "");
  const call = async (method, path, body) => {
    const request = { method };
    if (body) Object.assign(request, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    const answer = await fetch(`${url}/_sim${path}`, request);
    const value = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(value)}`);
    return value;
  };
  const application = await call("POST", "/applications", { name: "Example Bot", privileged_intents: ["MESSAGE_CONTENT"] });
  const guild = await call("POST", "/guilds", { name: "Guild", applications: [application.id] });
  const channel = await call("POST", `/guilds/${guild.id}/channels`, { name: "general" });
  const member = await call("POST", `/guilds/${guild.id}/members`, { name: "Ada", locale: "de" });
  return { url, call, application, guild: guild.id, channel: channel.id, user: member.user_id, stop: () => child.kill() };
}

/** Waits until a condition holds. */
export async function until(what, holds) {
  const deadline = Date.now() + 15000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
