// A small bot of discord.js: a command with autocomplete, buttons, selects, modals, a file by direct message.

import {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, Client, ComponentType, Events, GatewayIntentBits, MessageFlags,
  ModalBuilder, SlashCommandBuilder, StringSelectMenuBuilder, TextInputBuilder, TextInputStyle,
} from "discord.js";

/** The row with the one button of the bot. */
export const button = () => new ActionRowBuilder().addComponents(
  new ButtonBuilder().setCustomId("amount").setLabel("Choose an amount").setStyle(ButtonStyle.Primary));

const colours = () => new ActionRowBuilder().addComponents(
  new StringSelectMenuBuilder().setCustomId("colours").setMaxValues(2).addOptions(
    { label: "Red", value: "red" }, { label: "Green", value: "green" }, { label: "Blue", value: "blue" }));

const command = new SlashCommandBuilder().setName("order").setDescription("Orders something")
  .addStringOption((option) => option.setName("item").setDescription("What to order").setRequired(true).setAutocomplete(true));

const field = (id, label, style) => new ActionRowBuilder().addComponents(
  new TextInputBuilder().setCustomId(id).setLabel(label).setStyle(style));

const modal = () => new ModalBuilder().setCustomId("order").setTitle("Your order").addComponents(
  field("count", "How many?", TextInputStyle.Short), field("note", "A note", TextInputStyle.Paragraph));

const options = (...values) => values.map((value) => ({ label: value, value }));
const labelled = (label, component) => ({ type: ComponentType.Label, label, component });

/** Fields that people mark instead of filling them. */
const survey = () => ({ custom_id: "survey", title: "A survey", components: [
  labelled("Animal", { type: ComponentType.RadioGroup, custom_id: "animal", options: options("Ant", "Bee", "Cat") }),
  labelled("Toppings", { type: ComponentType.CheckboxGroup, custom_id: "toppings", required: false, max_values: 2, options: options("Sugar", "Salt", "Pepper") }),
  labelled("News", { type: ComponentType.Checkbox, custom_id: "news" }),
] });

function tell(interaction, content) {
  return interaction.reply({ content, flags: MessageFlags.Ephemeral });
}

async function answer(interaction) {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    if (typed === "Slow") await new Promise((resolve) => setTimeout(resolve, 1500));
    return interaction.respond([{ name: `${typed}rt`, value: `${typed}rt` }]);
  }
  if (interaction.isChatInputCommand()) {
    await interaction.reply({ content: "One moment", flags: MessageFlags.Ephemeral });
    return interaction.editReply({ content: `Order ${interaction.options.getString("item")}?`, components: [button(), colours()] });
  }
  if (interaction.isAnySelectMenu()) return tell(interaction, `Chose ${interaction.values.join(" and ")}`);
  // Nobody answers this one.
  if (interaction.customId === "silent") return undefined;
  if (interaction.isButton()) return interaction.showModal(interaction.customId === "survey" ? survey() : modal());
  if (interaction.customId === "survey") {
    const { fields } = interaction;
    return tell(interaction, `Survey: ${fields.getRadioGroup("animal")}, ${fields.getCheckboxGroup("toppings").join("+")}, ${fields.getCheckbox("news")}`);
  }
  const value = (name) => interaction.fields.getTextInputValue(name);
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  await interaction.user.send({
    content: "Your goods", files: [new AttachmentBuilder(Buffer.from(`${value("count")} units\n`), { name: "goods.txt" })],
  });
  return interaction.editReply(`Ordered ${value("count")}: ${value("note")}`);
}

/** Logs in, registers the command in its guild, and returns the client with what it `seen`: ids of messages, resumes, errors. */
export async function start(url, { token, guild }) {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages], rest: { api: `${url}/api` },
  });
  client.seen = { messages: [], resumes: [], errors: [] };
  const { seen } = client;
  const note = (error) => seen.errors.push(error);
  client.on(Events.Error, note);
  client.on(Events.MessageCreate, (message) => seen.messages.push(message.id));
  client.on(Events.ShardResume, (_shard, replayed) => seen.resumes.push(replayed));
  client.on(Events.InteractionCreate, (interaction) => answer(interaction).catch(note));
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  try {
    await client.login(token);
    await ready;
    await client.application.commands.set([command], guild);
  } catch (error) {
    await client.destroy();
    throw error;
  }
  return client;
}
