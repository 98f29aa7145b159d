// A small shop written with discord.js.

import {
  ActionRowBuilder, ApplicationCommandOptionType, AttachmentBuilder, ButtonBuilder, ButtonStyle, Client, Events,
  GatewayIntentBits, MessageFlags, ModalBuilder, TextInputBuilder, TextInputStyle,
} from "discord.js";

const COMMAND = {
  name: "buy",
  description: "Buys",
  options: [{ type: ApplicationCommandOptionType.String, name: "code", description: "Code", required: true, autocomplete: true }],
};

/** Connects a bot; `told` gets what it went through. */
export async function connect(url, token, told) {
  const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent];
  const client = new Client({ intents, rest: { api: `${url}/api` } });
  client.on(Events.MessageCreate, (message) => told.push(`message ${message.content}`));
  client.on(Events.ShardResume, () => told.push("resumed"));
  client.on(Events.Error, (error) => told.push(`error ${error}`));
  client.on(Events.InteractionCreate, (interaction) => answer(interaction).catch((error) => told.push(`error ${error}`)));
  client.once(Events.ClientReady, async () => {
    await client.application.commands.create(COMMAND);
    told.push(`ready ${client.guilds.cache.map((guild) => `${guild.name} ${guild.channels.cache.size}`).join()}`);
  });
  await client.login(token);
  return client;
}

async function answer(interaction) {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    await interaction.respond([{ name: `${typed}rt`, value: "DIRT" }]);
  } else if (interaction.isChatInputCommand()) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const confirm = new ButtonBuilder().setCustomId("confirm").setLabel("Confirm").setStyle(ButtonStyle.Success);
    const content = `Buy ${interaction.options.getString("code")}?`;
    await interaction.editReply({ content, components: [new ActionRowBuilder().addComponents(confirm)] });
  } else if (interaction.isButton()) {
    const quantity = new TextInputBuilder().setCustomId("quantity").setLabel("Quantity").setStyle(TextInputStyle.Short);
    const row = new ActionRowBuilder().addComponents(quantity);
    await interaction.showModal(new ModalBuilder().setCustomId("how-many").setTitle("How many?").addComponents(row));
  } else if (interaction.isModalSubmit()) {
    await interaction.update({ content: `Bought ${interaction.fields.getTextInputValue("quantity")}`, components: [] });
    await interaction.user.send({ content: "Here", files: [new AttachmentBuilder(Buffer.from("unit 1\n"), { name: "goods.txt" })] });
  }
}
