// A bot of a few lines without a library: it gets its interactions by HTTP and answers them in the response.

import { createServer } from "node:http";
import { once } from "node:events";

const row = (...components) => ({ type: 1, components });
const button = (custom_id, label, style = 1) => ({ type: 2, style, label, custom_id });
const answer = (content, more = {}) => ({ type: 4, data: { content, flags: 64, ...more } });

const PRODUCTS = {
  type: 3, custom_id: "product", placeholder: "Choose a product",
  options: [{ label: "Dirt Pack", value: "DIRT", description: "12 in stock" }, { label: "Diamond Lock", value: "DLOCK" }],
};
const QUANTITY = {
  type: 9,
  data: {
    custom_id: "how-many", title: "How many?",
    components: [row({ type: 4, custom_id: "quantity", label: "Quantity", style: 1, max_length: 3 })],
  },
};

/** What the shop answers to an interaction. */
function reply(interaction) {
  const { type, data } = interaction;
  if (type === 1) return { type: 1 };
  if (type === 2) return answer(`You have **${data.options[0].value}** coins`);
  if (type === 5) return { type: 7, data: { content: `Bought ${data.components[0].components[0].value} × Dirt Pack`, components: [] } };
  if (data.custom_id === "buy") return answer("What would you like?", { components: [row(PRODUCTS)] });
  if (data.custom_id === "product") return QUANTITY;
  return null;
}

/** Starts the shop in a stand-in's world: a message with buttons, a command, everything answered. */
export async function open(sim) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = reply(JSON.parse(Buffer.concat(chunks)));
    // The button without an answer fails after three seconds.
    if (body) response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await sim.call("PUT", `/applications/${sim.application.id}`, { interactions_url: `http://127.0.0.1:${server.address().port}/` });
  const rest = (method, path, body) => fetch(`${sim.url}/api/v10${path}`, {
    method, body: JSON.stringify(body),
    headers: {
      authorization: `Bot ${sim.application.token}`, "content-type": "application/json",
      "user-agent": "DiscordBot (https://example.org, 1.0)",
    },
  }).then((answer) => answer.json());
  await rest("PUT", `/applications/${sim.application.id}/commands`, [
    { name: "give", description: "Gives coins", options: [{ type: 4, name: "coins", description: "How many", required: true, min_value: 1 }] },
  ]);
  const live = await rest("POST", `/channels/${sim.channel}/messages`, {
    embeds: [{ title: "Live stock", description: "Updated <t:1767225600:R>", fields: [{ name: "Dirt Pack", value: "**12** in stock" }] }],
    components: [row(button("buy", "Buy", 3), button("silent", "Silent"), { ...button("off", "Off"), disabled: true })],
  });
  const edit = (body) => rest("PATCH", `/channels/${sim.channel}/messages/${live.id}`, body);
  return { rest, edit, close: () => server.close() };
}
