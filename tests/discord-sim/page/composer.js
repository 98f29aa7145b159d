// The box at the bottom: writing messages and starting slash commands.

import { get, post } from "./api.js";
import { commandForm } from "./command.js";
import { h } from "./dom.js";
import { place, state } from "./state.js";
import { suggest } from "./suggest.js";

const form = document.getElementById("compose");
let offered = [];

/** Every command and sub-command as one entry `{name, command, options}`. */
function flatten(command) {
  const walk = (options, name) => {
    const nested = (options ?? []).filter((option) => option.type === 1 || option.type === 2);
    if (!nested.length) return [{ name, command, options: options ?? [] }];
    return nested.flatMap((option) => walk(option.options, `${name} ${option.name}`).map((entry) => ({ description: option.description, ...entry })));
  };
  return walk(command.options, command.name).map((entry) => ({ description: command.description, ...entry }));
}

/** Shows the message box of the open channel. */
export async function compose() {
  const where = place(state.channel);
  if (!where || !state.user) return form.replaceChildren();
  write();
  offered = [];
  const commands = await get(`/users/${state.user}/commands?channel_id=${state.channel}`).catch(() => []);
  offered = commands.filter((command) => command.type === 1).flatMap(flatten).sort((one, other) => one.name.localeCompare(other.name));
}

function notice(text) {
  const box = document.getElementById("notices");
  box.replaceChildren(...(text ? [h("div", { class: "notice" }, h("span", {}, text),
    h("button", { type: "button", "aria-label": "Dismiss", onclick: () => box.replaceChildren() }, "✕"))] : []));
}

function write(text = "") {
  const where = place(state.channel);
  const hint = `Message ${where.guild ? "#" : "@"}${where.name}`;
  const field = h("textarea", { id: "text", rows: 1, maxLength: 2000, placeholder: hint, "aria-label": hint, value: text, oninput: typed });
  const list = suggest(field, (item) => start(item.entry), "Commands");
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  function typed() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    const asked = /^\/([\w\s-]*)$/.exec(field.value);
    list.show(asked ? offered.filter((entry) => entry.name.startsWith(asked[1].trimStart())).slice(0, 12).map(view) : []);
  }
  form.onsubmit = async (event) => {
    event.preventDefault();
    const content = field.value.trim();
    if (!content) return;
    if (content.startsWith("/")) {
      const entry = offered.find((entry) => `/${entry.name}` === content);
      if (entry) start(entry);
      else notice(`There is no command ${content} here.`);
      return;
    }
    field.value = "";
    typed();
    notice("");
    await post(`/users/${state.user}/message`, { channel_id: state.channel, content }).catch((error) => notice(error.message));
  };
  form.className = "writing";
  form.replaceChildren(list.box, field, h("button", { class: "send", "aria-label": "Send", type: "submit" }, "➤"));
  return field;
}

function view(entry) {
  const needed = entry.options.filter((option) => option.required).map((option) => ` ${option.name}`);
  return { entry, view: h("span", { class: "entry" },
    h("span", { class: "name" }, `/${entry.name}`, h("span", { class: "options" }, needed)),
    h("span", { class: "description" }, entry.description)) };
}

function start(entry) {
  notice("");
  commandForm(form, entry, notice, () => write().focus());
}
