// What the page knows: the world, who is acting, which channel is open. The address bar keeps both choices.

import { get } from "./api.js";

export const state = {
  world: { users: [], guilds: [], direct: [] },
  users: new Map(),
  /** The id of the person who acts. */
  user: null,
  /** The id of the guild shown; null shows direct messages. */
  guild: null,
  /** The id of the channel shown. */
  channel: null,
  unread: new Set(),
};

/** Reads the world anew and mends choices that no longer exist. */
export async function refresh() {
  state.world = await get("/world");
  state.users = new Map(state.world.users.map((user) => [user.id, user]));
  const asked = new URLSearchParams(location.search);
  const people = state.world.users.filter((user) => !user.bot);
  const exists = (id) => people.some((user) => user.id === id);
  if (!exists(state.user)) {
    const owners = new Set(state.world.guilds.map((guild) => guild.owner_id));
    const wanted = asked.get("as");
    const first = people.find((user) => !owners.has(user.id)) ?? people[0];
    state.user = exists(wanted) ? wanted : (first?.id ?? null);
  }
  if (!place(state.channel)) choose(asked.get("channel"));
}

/** The channel with its kind and name, if the acting person has it. */
export function place(id) {
  for (const guild of state.world.guilds) {
    const channel = guild.channels.find((channel) => channel.id === id);
    if (channel) return { ...channel, guild };
  }
  const direct = state.world.direct.find((direct) => direct.id === id && direct.user === state.user);
  return direct && { ...direct, name: nameOf(direct.bot) };
}

/** Opens a channel, or the first one there is. */
export function choose(id) {
  const first = state.world.guilds.flatMap((guild) => guild.channels)[0]?.id ?? null;
  const found = place(id);
  state.channel = found ? id : first;
  state.guild = place(state.channel)?.guild?.id ?? null;
  state.unread.delete(state.channel);
  remember();
}

/** Puts the choices into the address bar, so that the page can be linked to. */
export function remember() {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of [["as", state.user], ["channel", state.channel]]) {
    if (value) query.set(key, value);
    else query.delete(key);
  }
  history.replaceState(null, "", `?${query}`);
}

export const nameOf = (id) => state.users.get(id)?.name ?? "unknown-user";
export const guildOf = () => state.world.guilds.find((guild) => guild.id === place(state.channel)?.guild?.id);
export const roleOf = (id) => state.world.guilds.flatMap((guild) => guild.roles).find((role) => role.id === id);
export const channelOf = (id) => state.world.guilds.flatMap((guild) => guild.channels).find((one) => one.id === id);

/** The colour of a member's highest coloured role. */
export function memberColor(id) {
  const guild = guildOf();
  const member = guild?.members.find((member) => member.user_id === id);
  const roles = guild?.roles.filter((role) => member?.roles.includes(role.id) && role.color) ?? [];
  roles.sort((one, other) => other.position - one.position);
  return roles[0] ? `#${roles[0].color.toString(16).padStart(6, "0")}` : "";
}
