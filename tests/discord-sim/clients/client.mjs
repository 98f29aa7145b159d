// What every client does against the stand-in, however it is written: the tests of its bot, seen from outside.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { act, control, until, url, world } from "./lab.mjs";

/**
 * Tests a client. `start(url, world)` logs its bot in and returns `{seen: {messages, resumes, errors}, destroy}`; `more`
 * gets ways to the world and the bot, and adds the tests that only this client has.
 */
export const client = (name, start, more) => describe(name, { timeout: 120_000 }, () => {
  let lab;
  let bot;
  before(async () => {
    lab = await world(name);
    bot = await start(url, lab);
  });
  after(() => bot?.destroy());

  const order = (what, item) => act(lab.user, what, { channel_id: lab.channel, name: "order", options: { item } });
  const state = () => control("GET", `/applications/${lab.application}`);
  const messages = () => control("GET", `/channels/${lab.channel}/messages?as=${lab.user}`);

  /** People write `count` messages; returns their ids in order. */
  async function write(count) {
    const ids = [];
    for (let n = 0; n < count; n += 1) {
      const sent = await control("POST", `/users/${lab.user}/message`, { channel_id: lab.channel, content: `message ${n}` });
      ids.push(sent.message_id);
    }
    return ids;
  }

  /** Breaks the connection while people write, and checks that every message arrives once and in order over one session. */
  async function losesNothing(breakConnection) {
    const before = await state();
    const [resumes, seen] = [bot.seen.resumes.length, bot.seen.messages.length];
    const ids = await write(2);
    await breakConnection();
    ids.push(...await write(3));
    await until("the resume", () => bot.seen.resumes.length > resumes);
    ids.push(...await write(1));
    await until("every message", () => bot.seen.messages.includes(ids.at(-1)));
    assert.deepEqual(bot.seen.messages.slice(seen), ids);
    const now = await state();
    assert.equal(now.resumes, before.resumes + 1);
    assert.equal(now.identifies, 1);
    assert.equal(now.sessions[0].id, before.sessions[0].id);
  }

  /** The message that answers an order, once it has its components. */
  async function ordered() {
    const answered = await order("command", "Dirt");
    return until("the components", async () =>
      (await messages()).find((one) => one.id === answered.response.id && one.components.length));
  }

  test("registers a command that people are offered", async () => {
    const offered = await control("GET", `/users/${lab.user}/commands?channel_id=${lab.channel}`);
    assert.deepEqual(offered.map((command) => [command.name, command.guild_id]), [["order", lab.guild]]);
  });

  test("answers an autocomplete", async () => {
    const answered = await order("autocomplete", "Di");
    assert.deepEqual(answered.choices.map(({ name, value }) => ({ name, value })), [{ name: "Dirt", value: "Dirt" }]);
  });

  test("answers the command and edits the original response", async () => {
    const answered = await order("command", "Dirt");
    assert.equal(answered.callback.data.content, "One moment");
    await until("the edit", async () => {
      const now = await control("GET", `/interactions/${answered.id}`);
      return now.response.content === "Order Dirt?";
    });
  });

  test("answers a select", async () => {
    const message = await ordered();
    const chosen = await act(lab.user, "select", { message_id: message.id, custom_id: "colours", values: ["red", "blue"] });
    assert.equal(chosen.response.content, "Chose red and blue");
  });

  test("answers a click with a modal, and the modal with an ephemeral reply and a file by direct message", async () => {
    const message = await ordered();
    const clicked = await act(lab.user, "click", { message_id: message.id, custom_id: "amount" });
    assert.equal(clicked.state, "modal");
    assert.equal(clicked.modal.title, "Your order");
    const fields = { count: "3", note: "in a bag" };
    const submitted = await act(lab.user, "submit", { interaction_id: clicked.id, fields });
    assert.equal(submitted.response.content, "Ordered 3: in a bag");
    assert.ok((await messages()).find((one) => one.id === submitted.response.id).ephemeral);
    const [direct] = await control("GET", `/users/${lab.user}/dms`);
    assert.deepEqual(direct.messages[0].attachments.map((file) => [file.filename, file.content]), [["goods.txt", "3 units\n"]]);
  });

  more({ lab: () => lab, bot: () => bot });

  test("resumes after a close with 4000 without missing a dispatch", () =>
    losesNothing(() => control("POST", `/gateway/${lab.application}/close`, { code: 4000 })));

  test("resumes after a request to reconnect without missing a dispatch", () =>
    losesNothing(() => control("POST", `/gateway/${lab.application}/reconnect`, {})));

  test("broke no rule and met no error", async () => {
    const broken = await control("GET", "/violations");
    assert.deepEqual(broken.filter((one) => one.application_id === lab.application), []);
    assert.deepEqual(bot.seen.errors, []);
  });
});
