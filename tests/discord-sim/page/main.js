// Puts the page together: reads the world, shows a channel, listens for changes.

import { get, listen } from "./api.js";
import { compose } from "./composer.js";
import { debounce, h } from "./dom.js";
import { follows, render } from "./message.js";
import { sidebar } from "./sidebar.js";
import { choose, place, refresh, remember, state } from "./state.js";

const log = document.getElementById("messages");
/** Whether the newest message is in sight, and so to be kept in sight. */
let atEnd = true;
/** What is shown: message id -> `{json, short, element}`. */
let shown = new Map();
let latest = 0;

async function load() {
  if (!state.channel) return empty();
  const mine = (latest += 1);
  const path = `/channels/${state.channel}/messages?as=${state.user}`;
  const messages = await get(path).catch(() => []);
  // A newer request was sent meanwhile; its answer counts.
  if (mine !== latest) return undefined;
  draw(messages);
  return undefined;
}

function empty() {
  shown = new Map();
  log.replaceChildren(h("div", { class: "welcome" }, h("h2", {}, "Nothing here yet"),
    h("p", {}, "Make an application, a guild and a channel through the control API, or start with --world.")));
}

function draw(messages) {
  const focused = document.activeElement?.dataset?.id;
  const holder = document.activeElement?.closest("[data-message]")?.dataset.message;
  const next = new Map();
  const parts = [welcome()];
  let before = null;
  for (const message of messages) {
    const day = new Date(message.timestamp).toDateString();
    if (before && day !== new Date(before.timestamp).toDateString()) parts.push(divider(message.timestamp));
    const short = Boolean(follows(message, before));
    const json = JSON.stringify(message);
    const old = shown.get(message.id);
    const element = old?.json === json && old.short === short ? old.element : render(message, short, load);
    next.set(message.id, { json, short, element });
    parts.push(element);
    before = message;
  }
  const fresh = messages.some((message) => !shown.has(message.id));
  shown = next;
  arrange(parts);
  if (focused && !document.activeElement?.dataset?.id) {
    log.querySelector(`[data-message="${holder}"] [data-id="${CSS.escape(focused)}"]`)?.focus();
  }
  if (atEnd || (fresh && messages.at(-1)?.author.id === state.user)) toEnd();
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  atEnd = true;
}

log.addEventListener("scroll", () => { atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80; });
// Pictures grow when they are loaded, and the message box when it becomes a form.
log.addEventListener("load", () => atEnd && toEnd(), true);
new ResizeObserver(() => atEnd && toEnd()).observe(log);

/** Puts elements in order, without touching those that are in their place. */
function arrange(parts) {
  parts.forEach((part, index) => {
    if (log.children[index] !== part) log.insertBefore(part, log.children[index] ?? null);
  });
  while (log.children.length > parts.length) log.lastElementChild.remove();
}

function welcome() {
  const where = place(state.channel);
  const title = where?.guild ? `Welcome to #${where.name}!` : where?.name;
  const text = where?.guild ? `This is the start of the #${where.name} channel.` : `This is the beginning of your direct messages with ${where?.name}.`;
  return h("div", { class: "welcome" }, h("div", { class: "sign", "aria-hidden": "true" }, where?.guild ? "#" : "@"), h("h2", {}, title), h("p", {}, text));
}

function divider(timestamp) {
  const day = new Date(timestamp).toLocaleDateString(undefined, { dateStyle: "long" });
  return h("div", { class: "divider", role: "separator" }, h("span", {}, day));
}

function frame() {
  const where = place(state.channel);
  document.getElementById("title").textContent = where ? `${where.guild ? "#" : "@"} ${where.name}` : "discord-sim";
  document.getElementById("topic").textContent = where?.topic ?? "";
  document.title = `${[...state.unread].some(place) ? "• " : ""}${where ? `${where.guild ? "#" : "@"}${where.name}` : "discord-sim"}`;
  sidebar(go, act);
}

async function go(channel) {
  if (!channel) return;
  choose(channel);
  drawer(false);
  shown = new Map();
  log.replaceChildren();
  frame();
  atEnd = true;
  await Promise.all([load(), compose()]);
  toEnd();
}

async function act(user) {
  state.user = user;
  state.unread.clear();
  remember();
  await refresh();
  await go(state.channel);
}

const menu = document.getElementById("menu");

/** Opens or closes the list of servers and channels of a narrow page; the focus goes with it. */
function drawer(open) {
  const before = menu.getAttribute("aria-expanded") === "true";
  document.getElementById("app").classList.toggle("open", open);
  document.getElementById("shade").hidden = !open;
  menu.setAttribute("aria-expanded", String(open));
  if (open && !before) document.querySelector("#channels [aria-current], #rail [aria-current]")?.focus();
  if (!open && before) menu.focus();
}

const reload = debounce(40, load);
const relist = debounce(80, async () => {
  const before = state.channel;
  await refresh();
  if (state.channel === before) {
    frame();
    reload();
  } else await go(state.channel);
  if (!document.getElementById("compose").contains(document.activeElement)) await compose();
});

function changed(told) {
  if (told.lists) relist();
  else if (told.channel === state.channel) reload();
  else if (told.channel) {
    // Perhaps a channel that only the next list tells of.
    state.unread.add(told.channel);
    if (place(told.channel)) frame();
  }
}

// What happens between the first look and the first connection is told to nobody: every connection begins with a look.
let connected = false;
function status(up) {
  document.getElementById("link").textContent = up ? "" : "Reconnecting…";
  if (up && !connected) relist();
  connected = up;
}

menu.addEventListener("click", () => drawer(menu.getAttribute("aria-expanded") !== "true"));
document.getElementById("shade").addEventListener("click", () => drawer(false));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") drawer(false); });

await refresh();
await go(state.channel ?? undefined);
if (!state.channel) {
  frame();
  empty();
}
listen(changed, status);
