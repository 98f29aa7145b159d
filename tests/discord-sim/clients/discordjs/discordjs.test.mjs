// discord.js against the stand-in; see ../scenario.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "./bot.mjs";
import { start, until } from "../sim.mjs";

const told = [];
let sim;
let client;

before(async () => {
  sim = await start();
  client = await connect(sim.url, sim.application.token, told);
});
after(async () => {
  await client?.destroy();
  sim?.stop();
});

const act = (what, body) => sim.call("POST", `/users/${sim.user}/${what}?wait=5s`, body);

test("discord.js logs in, receives its guild and registers a command", async () => {
  await until("ready", () => told.includes("ready Guild 1"));
  const application = await sim.call("GET", `/applications/${sim.application.id}`);
  assert.equal(application.commands[0].name, "buy");
});

test("discord.js answers autocomplete, command, click and modal", async () => {
  const call = { channel_id: sim.channel, name: "buy" };
  const asked = await act("autocomplete", { ...call, options: { code: "Di" }, focused: "code" });
  assert.deepEqual(asked.choices, [{ name: "Dirt", value: "DIRT" }]);
  const used = await act("command", { ...call, options: { code: "DIRT" } });
  assert.deepEqual([used.state, used.response?.content], ["answered", "Buy DIRT?"]);
  const clicked = await act("click", { message_id: used.response.id, custom_id: "confirm" });
  assert.deepEqual([clicked.state, clicked.modal?.title], ["modal", "How many?"]);
  const sent = await act("submit", { interaction_id: clicked.id, fields: { quantity: "3" } });
  assert.equal(sent.response.content, "Bought 3");
});

test("discord.js sends a file by direct message", async () => {
  const text = await until("the file", async () => {
    const dms = await sim.call("GET", `/users/${sim.user}/dms`);
    return dms[0]?.messages[0]?.attachments[0]?.content;
  });
  assert.equal(text, "unit 1\n");
});

test("discord.js loses its connection and resumes without missing a dispatch", async () => {
  await sim.call("POST", `/gateway/${sim.application.id}/close`, { code: 4000 });
  const say = (content) => sim.call("POST", `/users/${sim.user}/message`, { channel_id: sim.channel, content });
  for (let number = 0; number < 5; number += 1) await say(`missed ${number}`);
  await until("resumed", () => told.includes("resumed"));
  await until("all messages", () => told.includes("message missed 4"));
  const messages = told.filter((what) => what.startsWith("message missed"));
  assert.deepEqual(messages, [0, 1, 2, 3, 4].map((number) => `message missed ${number}`));
  const application = await sim.call("GET", `/applications/${sim.application.id}`);
  assert.deepEqual([application.identifies, application.resumes], [1, 1]);
});

test("discord.js broke no rule and saw no error", async () => {
  assert.deepEqual(await sim.call("GET", "/violations"), []);
  assert.deepEqual(told.filter((what) => what.startsWith("error")), []);
});
