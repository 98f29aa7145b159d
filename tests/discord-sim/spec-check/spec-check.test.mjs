// The checker accepts what Discord takes, refuses what it does not, and says where.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { check, checkAnswer, checkDispatch } from "./check.mjs";
import { INACCURACIES } from "./inaccuracies.mjs";

const button = (number) => ({ type: 2, style: 1, label: `Button ${number}`, custom_id: `b${number}` });
const row = (count) => ({ type: 1, components: Array.from({ length: count }, (_, number) => button(number)) });
const post = (body) => ({ kind: "rest", n: 1, method: "POST", path: "/api/v10/channels/1/messages", status: 200, body });
const callback = (body) => ({ ...post(body), path: "/api/v10/interactions/1/token/callback" });
const paths = (entry) => check(entry).map((breach) => breach.path);

test("a message with five buttons in a row, an embed and a file is accepted", () => {
  const body = { content: "a".repeat(2000), components: [row(5)], embeds: [{ title: "Stock" }], attachments: [{ id: 0, filename: "a.txt" }] };
  assert.deepEqual(check(post(body)), []);
});

test("six buttons in a row are refused, with the path of the row", () => {
  assert.deepEqual(paths(post({ components: [row(5), row(6)] })), ["components.1.components"]);
});

test("5,000 characters of content are refused", () => {
  assert.deepEqual(paths(post({ content: "a".repeat(5000) })), ["content"]);
});

test("a wrong button inside an answer is named by its whole path", () => {
  const wrong = { ...button(1), label: "a".repeat(81) };
  const body = { type: 4, data: { content: "Hi", components: [{ type: 1, components: [button(0), wrong] }] } };
  assert.deepEqual(paths(callback(body)), ["data.components.0.components.1.label"]);
});

test("every kind of answer to an interaction is accepted", () => {
  const field = { type: 4, custom_id: "count", style: 1, label: "How many?" };
  const modal = { custom_id: "m", title: "Order", components: [{ type: 1, components: [field] }] };
  const label = { custom_id: "m", title: "Order", components: [{ type: 18, label: "How many?", component: { type: 4, custom_id: "count", style: 1 } }] };
  for (const body of [
    { type: 1 }, { type: 4, data: { content: "Hi", flags: 64 } }, { type: 5, data: { flags: 64 } }, { type: 6 },
    { type: 7, data: { components: [row(1)] } }, { type: 8, data: { choices: [{ name: "Dirt", value: "dirt" }] } },
    { type: 9, data: modal }, { type: 9, data: label },
  ]) assert.deepEqual(check(callback(body)), [], JSON.stringify(body));
});

test("a modal with too long a title and an unknown kind of answer are refused", () => {
  const row = { type: 1, components: [{ type: 4, custom_id: "count", style: 1, label: "How many?" }] };
  const modal = { custom_id: "m", title: "a".repeat(46), components: [row] };
  assert.deepEqual(paths(callback({ type: 9, data: modal })), ["data.title"]);
  assert.deepEqual(paths(callback({ type: 99 })), ["type"]);
});

test("Components V2 are checked at every depth", () => {
  const message = (color) => post({ flags: 1 << 15, components: [{ type: 17, accent_color: color, components: [
    { type: 9, components: [{ type: 10, content: "Dirt" }], accessory: button(1) },
    { type: 12, items: [{ media: { url: "attachment://a.png" } }] }, { type: 14, spacing: 2 }, row(2),
  ] }] });
  assert.deepEqual(paths(message(0xffffff)), []);
  assert.deepEqual(paths(message(0x1000000)), ["components.0.accent_color"]);
});

test("the fields of a modal are checked inside their labels", () => {
  const modal = (...components) => callback({ type: 9, data: { custom_id: "m", title: "Order", components: components.map((component) => ({ type: 18, label: "A field", component })) } });
  const options = (count) => Array.from({ length: count }, (_, n) => ({ label: `${n}`, value: `${n}` }));
  const group = (type, count) => ({ type, custom_id: `g${type}`, options: options(count) });
  const good = modal(group(21, 2), group(22, 1), { type: 23, custom_id: "c" }, { type: 19, custom_id: "f", max_values: 10 }, group(3, 25));
  assert.deepEqual(paths(good), []);
  assert.deepEqual(paths(modal(group(21, 1))), ["data.components.0.component.options"]);
  assert.deepEqual(paths(modal(group(22, 11))), ["data.components.0.component.options"]);
  assert.deepEqual(paths(modal({ type: 19, custom_id: "f", max_values: 11 })), ["data.components.0.component.max_values"]);
});

test("the JSON part of a form with files is checked like a body without files", () => {
  const upload = (content) => ({ ...post({ content, attachments: [{ id: 0 }] }), files: [{ name: "a.txt", size: 1 }] });
  assert.deepEqual(check(upload("Hi")), []);
  assert.deepEqual(paths(upload("a".repeat(5000))), ["content"]);
});

test("what webhooks write is checked", () => {
  const entry = (body) => ({ ...post(body), path: "/api/v10/webhooks/1/token" });
  assert.deepEqual(check(entry({ content: "paid", username: "Till" })), []);
  assert.deepEqual(paths(entry({ content: "paid", username: "a".repeat(81) })), ["username"]);
});

test("commands are checked one by one", () => {
  const entry = (body) => ({ ...post(body), method: "PUT", path: "/api/v10/applications/1/guilds/2/commands" });
  const good = { name: "order", description: "Orders", type: 1, default_member_permissions: "8" };
  assert.deepEqual(check(entry([good])), []);
  assert.deepEqual(paths(entry([good, { ...good, name: "a".repeat(33) }])), ["1.name"]);
});

test("an edit of the original response is checked with its path encoded or not", () => {
  for (const original of ["@original", "%40original"]) {
    const entry = (content) => ({ ...post({ content }), method: "PATCH", path: `/api/v10/webhooks/1/token/messages/${original}` });
    assert.deepEqual(check(entry("Sold")), []);
    assert.deepEqual(paths(entry("a".repeat(2001))), ["content"]);
  }
});

test("ids as numbers are taken as Discord takes them, other wrong types are not", () => {
  const entry = (recipient) => ({ ...post({ recipient_id: recipient }), path: "/api/v10/users/@me/channels" });
  assert.deepEqual(check(entry(12)), []);
  assert.deepEqual(paths(entry(true)), ["recipient_id"]);
});

test("times may have an offset, as RFC 3339 says, but must be times", () => {
  const entry = (timestamp) => post({ embeds: [{ title: "t", timestamp }] });
  assert.deepEqual(check(entry("2026-01-01T00:00:00.000000+00:00")), []);
  assert.deepEqual(check(entry("2026-01-01T02:00:00+02:00")), []);
  assert.deepEqual(paths(entry("2026-13-01T00:00:00+00:00")), ["embeds.0.timestamp"]);
});

const user = { id: "1", username: "ada", avatar: null, discriminator: "0", public_flags: 0, flags: 0, global_name: "Ada", primary_guild: null };
const message = {
  id: "3", channel_id: "4", type: 0, author: user, content: "Hi", timestamp: "2026-01-01T00:00:00.000000+00:00", edited_timestamp: null,
  tts: false, mention_everyone: false, mentions: [], mention_roles: [], attachments: [], embeds: [], components: [], pinned: false, flags: 0,
};

test("an answer is held against the schema of its route", () => {
  const answer = (response) => checkAnswer({ ...post({}), response }).map((breach) => breach.path);
  assert.deepEqual(answer(message), []);
  const { flags: _, ...without } = user;
  assert.deepEqual(answer({ ...message, author: without }), ["author.flags"]);
  assert.deepEqual(answer({ ...message, components: [{ type: 1, id: 1, components: [{ type: 3, id: 2, custom_id: "s", options: [] }] }] }),
    ["components.0.components.0.min_values", "components.0.components.0.max_values"]);
  assert.equal(checkAnswer(post({})), undefined, "a log without answers has none to check");
});

test("an answer that the description does not have is a breach, and so is a refusal without its words", () => {
  const told = (entry) => checkAnswer({ ...post({}), ...entry }).map(({ path, message: words }) => path || words);
  assert.deepEqual(told({ path: "/api/v10/nothing", response: {} }), ["the description has no such answer"]);
  assert.deepEqual(told({ status: 404, response: { code: 10003 } }), ["message"]);
  assert.deepEqual(told({ status: 429, response: { code: 0, message: "slow", global: false } }), ["retry_after"]);
});

test("a dispatch is held against the schema of its event", () => {
  const told = (t, d) => checkDispatch({ direction: "out", op: 0, t, d }).map(({ path, message: words }) => path || words);
  assert.deepEqual(told("MESSAGE_CREATE", { ...message, guild_id: "5" }), []);
  assert.deepEqual(told("MESSAGE_CREATE", { ...message, content: 5 }), ["content"]);
  assert.deepEqual(told("MESSAGE_DELETE_BULK", { channel_id: "4", id: "3" }), ["ids"]);
  assert.deepEqual(told("SOMETHING_NEW", {}), ["the description has no such answer"]);
  assert.equal(checkDispatch({ direction: "out", op: 11, d: null }), undefined);
});

test("every inaccuracy of the description has its reason", () => {
  for (const { reason, side } of INACCURACIES) assert.ok(reason.length > 20 && ["request", "answer", "both"].includes(side));
});

test("requests without a body are passed over", () => {
  assert.equal(check({ method: "GET", path: "/api/v10/gateway/bot", body: null }), undefined);
});

test("the program prints each breach of a log file and ends with 1, or 0 without one", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "spec-check-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const run = (entries, ...flags) => {
    const file = join(folder, "log");
    writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    return spawnSync(process.execPath, [join(import.meta.dirname, "main.mjs"), ...flags, file], { encoding: "utf8", timeout: 30_000 });
  };
  const good = post({ content: "Hi" });
  const bad = { ...post({ components: [row(6)] }), n: 7, status: 400 };
  assert.equal(run([good, { n: 2, kind: "gateway" }]).status, 0);
  const found = run([good, bad]);
  assert.equal(found.status, 1);
  assert.match(found.stdout, /log:2: POST \S+ \(answered 400\): requests: components\.0\.components: .*5/);
  assert.match(found.stdout, /2 requests, 0 answers and 0 dispatches .*, 1 of them wrong/);
  assert.equal(run([good, bad], "--accepted").status, 0);
  assert.equal(run([{ n: 5, kind: "dropped", from: 1, to: 5 }]).status, 2);
  const nothing = run([{ n: 2, kind: "gateway" }, { ...good, method: "GET", body: null }]);
  assert.equal(nothing.status, 2, "a run that checked nothing proves nothing");
  assert.match(nothing.stderr, /no request body/);
  assert.equal(run([bad], "--accepted").status, 2);
});
