// Message components, classic rows as well as Components V2, and what happens when one is used.

import { acknowledged, post } from "./api.js";
import { h } from "./dom.js";
import { attachment } from "./embed.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { openModal } from "./modal.js";
import { select } from "./select.js";
import { guildOf, nameOf, state } from "./state.js";

/** The components of a message. `fail` shows a line under the message. */
export function components(message, fail) {
  return (message.components ?? []).map((part) => component(part, message, fail));
}

function component(part, message, fail) {
  const inside = () => (part.components ?? []).map((child) => component(child, message, fail));
  switch (part.type) {
    case 1: return h("div", { class: "row" }, inside());
    case 2: return button(part, message, fail);
    case 3: case 5: case 6: case 7: case 8: return menu(part, message, fail);
    case 9: return h("div", { class: "section" }, h("div", { class: "texts" }, inside()), component(part.accessory ?? {}, message, fail));
    case 10: return h("div", { class: "text" }, markdown(part.content));
    case 11: return picture(part, "thumbnail");
    case 12: return h("div", { class: "gallery" }, (part.items ?? []).map((item) => picture(item, "item")));
    case 13: return named(message, part.file?.url);
    case 14: return h("hr", { class: `gap${part.spacing ?? 1} ${part.divider === false ? "plain" : ""}` });
    case 17: return container(part, inside());
    default: return null;
  }
}

function picture(part, name) {
  return h("img", { class: name, src: part.media?.url, alt: part.description ?? "", loading: "lazy" });
}

function named(message, url) {
  const file = (message.attachments ?? []).find((file) => file.url === url);
  return file ? attachment(file) : h("div", { class: "file" }, url ?? "");
}

function container(part, inside) {
  const box = h("div", { class: part.spoiler ? "container hidden" : "container" }, inside);
  if (part.accent_color != null) box.style.setProperty("--accent", `#${part.accent_color.toString(16).padStart(6, "0")}`);
  if (part.spoiler) cover(box);
  return box;
}

/** Hides what is in a box until it is clicked, or Enter pressed on it. */
function cover(box) {
  box.setAttribute("role", "button");
  box.setAttribute("aria-label", "Spoiler");
  box.tabIndex = 0;
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    box.classList.remove("hidden");
    for (const name of ["role", "aria-label", "tabindex"]) box.removeAttribute(name);
    for (const kind of ["click", "keydown"]) box.removeEventListener(kind, reveal);
  };
  for (const kind of ["click", "keydown"]) box.addEventListener(kind, reveal);
}

/** An emoji of a component: the character, or the name of a custom one. */
export const emojiText = (emoji) => emoji && (emoji.id ? `:${emoji.name}:` : emoji.name);

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

function button(part, message, fail) {
  const words = [part.emoji && h("span", { class: "emoji" }, emojiText(part.emoji)), part.label && h("span", {}, part.label)];
  if (part.style === 5) {
    return h("a", { class: "button link", href: part.url, target: "_blank", rel: "noopener noreferrer" }, words, h("span", { "aria-hidden": "true" }, "↗\uFE0E"));
  }
  if (part.style === 6) return h("button", { type: "button", class: "button primary", disabled: true }, icon("shop"), `SKU ${part.sku_id}`);
  const click = (event) => use(event.currentTarget, fail, "click", { message_id: message.id, custom_id: part.custom_id });
  const style = STYLES[part.style] ?? "secondary";
  return h("button", { type: "button", class: `button ${style}`, disabled: part.disabled, "data-id": part.custom_id, onclick: click }, words);
}


/** The things Discord itself fills a select with. */
export function choices(part) {
  const guild = guildOf();
  const chosen = new Set((part.default_values ?? []).map((one) => one.id));
  const one = (label, value, emoji) => ({ label, value, emoji, default: chosen.has(value) });
  const people = () => (guild?.members ?? []).map((member) => one(nameOf(member.user_id), member.user_id, icon("person")));
  const roles = () => (guild?.roles ?? []).filter((role) => role.id !== guild.id).map((role) => one(role.name, role.id, icon("role")));
  switch (part.type) {
    case 3: return (part.options ?? []).map((option) => ({ ...option, emoji: emojiText(option.emoji) }));
    case 5: return people();
    case 6: return roles();
    case 7: return [...people(), ...roles()];
    default: return (guild?.channels ?? []).map((channel) => one(channel.name, channel.id, "#"));
  }
}

function menu(part, message, fail) {
  const box = select({
    options: choices(part), placeholder: part.placeholder, min: part.min_values, max: part.max_values, disabled: part.disabled,
    changed: (values) => use(box.querySelector("button"), fail, "select", { message_id: message.id, custom_id: part.custom_id, values }),
  });
  box.querySelector("button").dataset.id = part.custom_id;
  return box;
}

/** Does what the acting person does, and shows how it goes on the element that was used. */
export async function use(element, fail, what, body) {
  if (element.getAttribute("aria-busy") === "true") return null;
  element.setAttribute("aria-busy", "true");
  fail("");
  try {
    const { interaction_id: id } = await post(`/users/${state.user}/${what}`, body);
    return await settle(id, fail);
  } catch (error) {
    fail(error.message);
    return null;
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** Waits for the first answer, and opens the modal if it is one. */
export async function settle(id, fail) {
  const answer = await acknowledged(id);
  if (answer.state === "failed" || answer.state === "waiting") fail("This interaction failed");
  if (answer.state === "modal") openModal(id, answer.modal, fail);
  return answer;
}
