// Runs the bot of JDA and keeps what it tells.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { until } from "../lab.mjs";

const jars = process.env.JDA_JARS;
if (!jars) throw new Error("set JDA_JARS to the folder of JDA's jars, or use tests/discord-sim/clients/run");

/** Logs in, registers the command in its guild, and returns the client with what it has `seen`: ids of messages, resumes, errors. */
export async function start(url, { token, guild }) {
  const options = ["-XX:TieredStopAtLevel=1", "-cp", join(jars, "*"), join(import.meta.dirname, "Bot.java"), url, guild];
  const bot = spawn("java", options, { env: { ...process.env, BOT_TOKEN: token }, stdio: ["pipe", "pipe", "inherit"] });
  const seen = { messages: [], resumes: [], errors: [], guild: undefined };
  const ended = new Promise((resolve) => bot.once("close", resolve));
  let over = false;
  void ended.then(() => { over = true; });
  createInterface({ input: bot.stdout }).on("line", (line) => {
    const told = JSON.parse(line);
    if (told.message) seen.messages.push(told.message);
    if (told.resume) seen.resumes.push(true);
    if (told.error) seen.errors.push(told.error);
    if (told.ready) seen.guild = told.ready;
  });
  const destroy = () => {
    bot.stdin.end();
    return ended;
  };
  await until("the bot of JDA is ready", () => seen.guild || over, 60_000);
  if (over) throw new Error("the bot of JDA ended before it was ready");
  return { seen, destroy };
}
