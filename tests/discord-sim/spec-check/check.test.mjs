// The checker itself must see what is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints } from "./schemas.mjs";

const POST = ["POST", "/channels/{channel}/messages"];
const button = (id) => ({ type: 2, style: 1, label: "Go", custom_id: id });
const row = (count) => ({ type: 1, components: Array.from({ length: count }, (_, n) => button(String(n))) });

test("a good message passes", () => {
  assert.deepEqual(complaints(...POST, { content: "hello", components: [row(5)] }), []);
});

test("six buttons in a row are refused", () => {
  assert.notDeepEqual(complaints(...POST, { components: [row(6)] }), []);
});

test("five thousand characters are refused", () => {
  assert.equal(complaints(...POST, { content: "x".repeat(5000) })[0].path, "content");
});

test("permission bits in a string pass", () => {
  const command = { name: "admin", description: "d", default_member_permissions: "8" };
  assert.deepEqual(complaints("POST", "/applications/{application}/commands", command), []);
});

test("an answer of an unknown type is refused", () => {
  assert.notDeepEqual(complaints("POST", "/interactions/{id}/{token}/callback", { type: 77 }), []);
});

test("a route without a schema is left out", () => {
  assert.equal(complaints("GET", "/users/@me", {}), null);
});
