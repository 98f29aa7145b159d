// Servers, channels, direct messages, and who is acting.

import { post } from "./api.js";
import { avatar, colorOf, h } from "./dom.js";
import { icon } from "./icons.js";
import { nameOf, place, state } from "./state.js";

/** Draws everything at the left. `go(channel)` opens a channel, `act(user)` changes who is acting. */
export function sidebar(go, act) {
  const shown = state.world.guilds.find((guild) => guild.id === state.guild);
  document.getElementById("rail").replaceChildren(...rail(go));
  document.getElementById("place").replaceChildren(h("h2", {}, shown?.name ?? "Direct Messages"));
  document.getElementById("channels").replaceChildren(...channels(shown, go));
  document.getElementById("self").replaceChildren(...self(act));
}

const directs = () => state.world.direct.filter((direct) => direct.user === state.user);

function rail(go) {
  const latest = directs()[0];
  const waiting = directs().filter((direct) => state.unread.has(direct.id)).length;
  const home = pill(icon("mail"), "Direct messages", state.guild === null, waiting, () => latest && go(latest.id), !latest);
  const guilds = state.world.guilds.map((guild) => {
    const initials = guild.name.split(/\s+/).map((word) => [...word][0]).slice(0, 3).join("");
    const unread = guild.channels.filter((channel) => state.unread.has(channel.id)).length;
    const button = pill(initials, guild.name, guild.id === state.guild, unread && "•", () => go(guild.channels[0]?.id), !guild.channels.length);
    button.style.setProperty("--color", colorOf(guild.id));
    return button;
  });
  return [home, h("hr"), ...guilds];
}

function pill(text, name, current, count, onclick, disabled) {
  return h("button", { type: "button", class: "pill", title: name, "aria-label": count ? `${name}, unread` : name, "aria-current": current && "true", onclick, disabled },
    text, Boolean(count) && h("span", { class: "badge" }, count));
}

function channels(guild, go) {
  const groups = [];
  if (guild) {
    groups.push(h("h3", {}, "Text channels"));
    groups.push(h("ul", {}, guild.channels.map((channel) => entry(channel.id, h("span", { class: "hash" }, "#"), channel.name, go))));
  }
  if (directs().length) {
    groups.push(h("h3", {}, "Direct messages"));
    groups.push(h("ul", {}, directs().map((direct) => entry(direct.id, avatar(direct.bot, nameOf(direct.bot), "little"), nameOf(direct.bot), go))));
  }
  return groups;
}

function entry(id, sign, name, go) {
  const unread = state.unread.has(id);
  const classes = ["channel", unread && "unread"].filter(Boolean).join(" ");
  return h("li", {}, h("button", { type: "button", class: classes, "aria-current": id === state.channel && "page", onclick: () => go(id) },
    sign, h("span", { class: "label" }, name), unread && h("span", { class: "badge", "aria-label": "unread" }, "•")));
}

function self(act) {
  const people = state.world.users.filter((user) => !user.bot);
  const choose = h("select", { id: "as", "aria-label": "Act as", onchange: (event) => {
    if (event.target.value === "new") add(act);
    else act(event.target.value);
  } }, people.map((user) => h("option", { value: user.id, selected: user.id === state.user }, user.name)),
  h("option", { value: "new" }, "＋ Add a person…"));
  const me = state.users.get(state.user);
  return [me && avatar(me.id, me.name), h("div", { class: "acting" }, h("label", { htmlFor: "as" }, "Acting as"), choose)];
}

async function add(act) {
  const name = prompt("Name of the new person");
  const guild = place(state.channel)?.guild ?? state.world.guilds[0];
  if (!name?.trim() || !guild) return act(state.user);
  const made = await post(`/guilds/${guild.id}/members`, { name: name.trim() });
  return act(made.user_id);
}
