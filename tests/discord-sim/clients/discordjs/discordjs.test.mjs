// discord.js, unchanged, against the stand-in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { client } from "../client.mjs";
import { act } from "../lab.mjs";
import { start } from "./bot.mjs";

client("discord.js", start, ({ lab, bot }) => {
  test("receives its guild with the channel", () => {
    const guild = bot().guilds.cache.get(lab().guild);
    assert.equal(guild.name, "Guild of discord.js");
    assert.equal(guild.channels.cache.get(lab().channel).name, "general");
  });

  test("reads radio groups and checkboxes of a modal", async () => {
    const channel = await bot().channels.fetch(lab().channel);
    const message = await channel.send({ content: "Answer me", components: [{ type: 1, components: [{ type: 2, style: 1, label: "Survey", custom_id: "survey" }] }] });
    const clicked = await act(lab().user, "click", { message_id: message.id, custom_id: "survey" });
    const fields = { animal: "Cat", toppings: ["Sugar", "Salt"], news: true };
    const submitted = await act(lab().user, "submit", { interaction_id: clicked.id, fields });
    assert.equal(submitted.response.content, "Survey: Cat, Sugar+Salt, true");
  });
});
