// JDA, unchanged, against the stand-in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { client } from "../client.mjs";
import { start } from "./bot.mjs";

client("JDA", start, ({ bot }) => {
  test("receives its guild with the channel", () => {
    assert.deepEqual(bot().seen.guild, { guild: "Guild of JDA", channels: ["general"] });
  });
});
