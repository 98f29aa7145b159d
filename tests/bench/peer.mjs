// The peer of the purchases' bench: a plain discord.js bot that sells with one button. Its goods are in memory: it keeps no books, and
// a crash forgets them.
//
// Usage: peer.mjs SIM_URL TOKEN CHANNEL

import { createRequire } from "node:module";

const packages = createRequire(new URL("../discord-sim/clients/discordjs/package.json", import.meta.url));
const { ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, MessageFlags } =
  packages("discord.js");

const [url, token, channelId] = process.argv.slice(2);
let sold = 0;

async function sell(interaction) {
  await interaction.reply({ content: "One moment", flags: MessageFlags.Ephemeral });
  sold += 1;
  const file = new AttachmentBuilder(Buffer.from(`1. unit-${sold}\n`), { name: `VIP_1x_${sold}.txt` });
  await interaction.user.send({ content: "Your goods", files: [file] });
  await interaction.editReply("Thank you! Your goods are in your direct messages.");
}

const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: `${url}/api` } });
client.on(Events.Error, (error) => console.error(error));
client.on(Events.InteractionCreate, (interaction) => {
  if (interaction.isButton()) sell(interaction).catch((error) => console.error(error));
});
client.once(Events.ClientReady, async () => {
  const button = new ButtonBuilder().setCustomId("sb1:ok:peer").setLabel("Buy").setStyle(ButtonStyle.Success);
  const channel = await client.channels.fetch(channelId);
  await channel.send({ content: "VIP", components: [new ActionRowBuilder().addComponents(button)] });
});
await client.login(token);
