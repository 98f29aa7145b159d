// One message as a person sees it.

import { call } from "./api.js";
import { components } from "./components.js";
import { avatar, h } from "./dom.js";
import { attachment, embed } from "./embed.js";
import { icon } from "./icons.js";
import { inline, markdown } from "./markdown.js";
import { memberColor, nameOf, state } from "./state.js";

const LOADING = 1 << 7;
const V2 = 1 << 15;
/** Messages of one author this close together share a head. */
const TOGETHER = 7 * 60 * 1000;

/** Whether a message goes under the head of the one before. */
export function follows(message, before) {
  return before && before.author.id === message.author.id && !message.interaction_metadata?.name && !message.referenced_message
    && !before.ephemeral && !message.ephemeral && new Date(message.timestamp) - new Date(before.timestamp) < TOGETHER;
}

/** Renders a message; `short` leaves out the head. */
export function render(message, short, dismiss) {
  const problem = h("div", { class: "problem", role: "alert" });
  const fail = (text) => { problem.textContent = text; };
  const name = message.author.global_name ?? message.author.username;
  const mentioned = message.mention_everyone || message.mentions.some((user) => user.id === state.user);
  const classes = ["message", short && "short", message.ephemeral && "ephemeral", mentioned && "mentioned"];
  const box = h("article", { class: classes.filter(Boolean).join(" "), "data-message": message.id, "aria-label": `Message of ${name}` },
    !short && before(message),
    h("div", { class: "side" }, short ? clock(message, "small") : avatar(message.author.id, name)),
    h("div", { class: "main" },
      !short && head(message, name),
      h("div", { class: "content" }, content(message)),
      h("div", { class: "accessories" },
        (message.embeds ?? []).map(embed),
        !(message.flags & V2) && (message.attachments ?? []).map(attachment),
        components(message, fail), problem),
      message.ephemeral && footer(message, dismiss)));
  return box;
}

function before(message) {
  const used = message.interaction_metadata;
  if (used?.name) {
    const user = nameOf(used.user.id);
    return h("div", { class: "above" }, avatar(used.user.id, user, "tiny"), h("span", { class: "who" }, user), " used ",
      h("span", { class: "command" }, `/${used.name}`));
  }
  const replied = message.referenced_message;
  if (!replied) return null;
  const user = replied.author.global_name ?? replied.author.username;
  return h("div", { class: "above" }, avatar(replied.author.id, user, "tiny"), h("span", { class: "who" }, user), " ",
    h("span", { class: "quoted" }, replied.content ? inline(replied.content.split("\n")[0]) : "Click to see attachment"));
}

function head(message, name) {
  const author = h("span", { class: "name" }, name);
  const color = memberColor(message.author.id);
  if (color) author.style.color = color;
  const tag = message.author.bot && h("span", { class: "tag" }, message.webhook_id && !message.application_id ? "WEBHOOK" : "APP");
  return h("header", {}, author, tag, clock(message));
}

function clock(message, kind = "") {
  const date = new Date(message.timestamp);
  const today = date.toDateString() === new Date().toDateString();
  const hour = date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const text = kind || today ? hour : `${date.toLocaleDateString()} ${hour}`;
  return h("time", { class: `clock ${kind}`, dateTime: message.timestamp, title: date.toLocaleString() }, text);
}

function content(message) {
  if (message.flags & LOADING) {
    return h("span", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, "•••"), ` ${message.author.username} is thinking…`);
  }
  const text = message.content && markdown(message.content);
  const edited = message.edited_timestamp && message.content
    && h("span", { class: "edited", title: new Date(message.edited_timestamp).toLocaleString() }, "(edited)");
  const last = text?.lastElementChild;
  if (!edited || !last?.classList.contains("line")) return [text, edited];
  last.append(edited);
  return [text];
}

function footer(message, dismiss) {
  const away = async () => {
    await call("DELETE", `/messages/${message.id}`).catch(() => {});
    dismiss();
  };
  return h("div", { class: "only" }, icon("eye"), " Only you can see this • ", h("button", { type: "button", class: "text", onclick: away }, "Dismiss message"));
}
