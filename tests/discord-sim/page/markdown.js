// Discord's markdown as elements: blocks (code, quotes, headings, lists) and inline marks, mentions, times, links.

import { h } from "./dom.js";
import { channelOf, nameOf, roleOf } from "./state.js";

/** Renders a text. */
export function markdown(text) {
  const box = document.createDocumentFragment();
  const parts = String(text ?? "").split(/```(?:([\w+-]*)\n)?([\s\S]*?)```/g);
  for (let at = 0; at < parts.length; at += 3) {
    box.append(...blocks(parts[at]));
    if (at + 2 < parts.length) box.append(h("pre", {}, h("code", {}, parts[at + 2].replace(/\n$/, ""))));
  }
  return box;
}

function blocks(text) {
  const found = [];
  let list = null;
  let quote = null;
  const lines = text.replace(/^\n|\n$/g, "").split("\n");
  if (lines.length === 1 && lines[0] === "") return found;
  for (const line of lines) {
    const quoted = /^> ?(.*)$/.exec(line);
    const item = /^\s*(?:[-*]|\d+\.) (.+)$/.exec(line);
    const heading = /^(#{1,3}) (.+)$/.exec(line);
    const small = /^-# (.+)$/.exec(line);
    if (quoted) {
      quote ??= found[found.push(h("blockquote")) - 1];
      quote.append(h("div", {}, inline(quoted[1])));
    } else if (item) {
      list ??= found[found.push(h(/^\s*\d/.test(line) ? "ol" : "ul")) - 1];
      list.append(h("li", {}, inline(item[1])));
    } else if (heading) {
      found.push(h("div", { class: `heading h${heading[1].length}`, role: "heading" }, inline(heading[2])));
    } else if (small) {
      found.push(h("div", { class: "subtext" }, inline(small[1])));
    } else {
      found.push(h("div", { class: "line" }, line ? inline(line) : h("br")));
    }
    if (!quoted) quote = null;
    if (!item) list = null;
  }
  return found;
}

// The first mark that fits at the earliest place wins; what is inside is read again.
const MARKS = [
  [/``(.+?)``|`([^`]+)`/, (m) => h("code", {}, m[1] ?? m[2])],
  [/\\([*_~`|\\<>#@])/, (m) => m[1]],
  [/\*\*\*(.+?)\*\*\*/, (m) => h("strong", {}, h("em", {}, inline(m[1])))],
  [/\*\*(.+?)\*\*/, (m) => h("strong", {}, inline(m[1]))],
  [/__(.+?)__/, (m) => h("u", {}, inline(m[1]))],
  [/\*(?=\S)(.+?)(?<=\S)\*|\b_(.+?)_\b/, (m) => h("em", {}, inline(m[1] ?? m[2]))],
  [/~~(.+?)~~/, (m) => h("s", {}, inline(m[1]))],
  [/\|\|(.+?)\|\|/, (m) => spoiler(m[1])],
  [/<@!?(\d+)>/, (m) => mention(`@${nameOf(m[1])}`)],
  [/<@&(\d+)>/, (m) => mention(`@${roleOf(m[1])?.name ?? "deleted-role"}`)],
  [/<#(\d+)>/, (m) => mention(`#${channelOf(m[1])?.name ?? "unknown"}`)],
  [/<\/([^:>]+):\d+>/, (m) => mention(`/${m[1]}`)],
  [/@(everyone|here)\b/, (m) => mention(m[0])],
  [/<a?:(\w+):\d+>/, (m) => h("span", { class: "emoji", title: `:${m[1]}:` }, `:${m[1]}:`)],
  [/<t:(-?\d+)(?::([tTdDfFR]))?>/, (m) => time(Number(m[1]), m[2] ?? "f")],
  [/\[([^\]]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m) => link(m[2], inline(m[1]))],
  [/<?(https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"])>?/, (m) => link(m[1], m[1])],
];

/** Renders one line. */
export function inline(text) {
  let first = null;
  for (const [pattern, make] of MARKS) {
    const match = pattern.exec(text);
    if (match && (!first || match.index < first.match.index)) first = { match, make };
  }
  if (!first) return [text];
  const { match, make } = first;
  const rest = text.slice(match.index + match[0].length);
  return [text.slice(0, match.index), make(match), ...(rest ? inline(rest) : [])].filter((part) => part !== "");
}

const mention = (text) => h("span", { class: "mention" }, text);
const link = (url, text) => h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);

function spoiler(text) {
  const reveal = (event) => event.currentTarget.classList.add("open");
  return h("button", { type: "button", class: "spoiler", "aria-label": "Spoiler", onclick: reveal }, inline(text));
}

const FORMATS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/** A time that goes on counting if it is relative. */
export function time(seconds, style) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `<t:${seconds}>`;
  const element = h("time", { dateTime: date.toISOString(), title: format(date, "F") });
  if (style === "R") element.dataset.relative = seconds;
  element.textContent = style === "R" ? relative(date) : format(date, style);
  return element;
}

const format = (date, style) => new Intl.DateTimeFormat(undefined, FORMATS[style] ?? FORMATS.f).format(date);

const STEPS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });

/** `in 3 minutes`, `2 hours ago`. */
export function relative(date) {
  const away = Math.round((date.getTime() - Date.now()) / 1000);
  const [unit, size] = STEPS.find(([, size]) => Math.abs(away) >= size) ?? ["second", 1];
  return RELATIVE.format(Math.trunc(away / size), unit);
}

setInterval(() => {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const text = relative(new Date(Number(element.dataset.relative) * 1000));
    if (element.textContent !== text) element.textContent = text;
  }
}, 1000);
