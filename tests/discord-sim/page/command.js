// The form of a slash command: one field per option, with choices, suggestions and files.

import { acknowledged, post } from "./api.js";
import { choices, settle } from "./components.js";
import { debounce, h } from "./dom.js";
import { readFile } from "./modal.js";
import { select } from "./select.js";
import { place, state } from "./state.js";
import { suggest } from "./suggest.js";

const TYPES = { 6: 5, 7: 8, 8: 6, 9: 7 };

/** Shows the form of a command in place of the message box. `leave` brings the message box back. */
export function commandForm(form, entry, notice, leave) {
  const readers = new Map();
  const call = async (focused) => {
    const options = {};
    for (const [name, read] of readers) {
      const value = await read();
      if (value !== "" && value !== undefined) options[name] = value;
    }
    const where = place(state.channel);
    return { guild_id: where.guild?.id, channel_id: state.channel, application_id: entry.command.application_id, name: entry.name, options, focused };
  };
  const show = (option) => h("div", { class: "option" },
    h("label", { htmlFor: `option-${option.name}`, title: option.description }, option.name, option.required && h("span", { class: "star" }, " *")),
    control(option, readers, call));
  const optional = entry.options.filter((option) => !option.required);
  const more = optional.length > 0 && h("button", { type: "button", class: "more", onclick: () => more.replaceWith(...optional.map(show)) }, `+${optional.length} optional`);
  const send = h("button", { class: "send", type: "submit", "aria-label": `Use /${entry.name}` }, "➤");

  form.className = "commanding";
  form.replaceChildren(
    h("button", { type: "button", class: "close", "aria-label": "Cancel the command", onclick: leave }, "✕"),
    h("span", { class: "called", title: entry.description }, `/${entry.name}`),
    h("div", { class: "options" }, entry.options.filter((option) => option.required).map(show), more), send);
  form.onkeydown = (event) => { if (event.key === "Escape") leave(); };
  form.onsubmit = async (event) => {
    event.preventDefault();
    send.setAttribute("aria-busy", "true");
    notice("");
    try {
      const { interaction_id: id } = await post(`/users/${state.user}/command`, await call());
      leave();
      await settle(id, (text) => notice(text && `/${entry.name}: The application did not respond`));
    } catch (error) {
      notice(error.message);
    } finally {
      send.removeAttribute("aria-busy");
    }
  };
  (form.querySelector("input, .picker") ?? send).focus();
}

function control(option, readers, call) {
  const id = `option-${option.name}`;
  const list = option.choices?.length ? option.choices.map((choice) => ({ label: choice.name, value: String(choice.value) }))
    : option.type === 5 ? [{ label: "True", value: "true" }, { label: "False", value: "false" }]
      : TYPES[option.type] && choices({ type: TYPES[option.type] });
  if (list) {
    const box = select({ id, label: option.name, options: list, placeholder: option.description, changed: () => {} });
    readers.set(option.name, () => box.values()[0]);
    return box;
  }
  if (option.type === 11) {
    const input = h("input", { id, type: "file", required: option.required });
    readers.set(option.name, () => (input.files[0] ? readFile(input.files[0]) : undefined));
    return input;
  }
  const number = option.type === 4 || option.type === 10;
  const input = h("input", {
    id, type: "text", inputMode: number ? "decimal" : "text", placeholder: option.description, required: option.required,
    minLength: option.min_length ?? 0, maxLength: option.max_length ?? 6000, autocomplete: "off",
  });
  if (!option.autocomplete) {
    readers.set(option.name, () => input.value.trim());
    return input;
  }
  return completed(option, input, readers, call);
}

/** A field whose suggestions come from the bot. */
function completed(option, input, readers, call) {
  let taken = null;
  const list = suggest(input, (item) => {
    input.value = item.label;
    taken = item;
  }, `Suggestions for ${option.name}`);
  readers.set(option.name, () => (taken && taken.label === input.value ? taken.value : input.value.trim()));
  let asked = 0;
  const ask = debounce(250, async () => {
    const mine = (asked += 1);
    const { interaction_id: id } = await post(`/users/${state.user}/autocomplete`, await call(option.name));
    const answer = await acknowledged(id);
    // An answer that comes after a later question was asked is about what is no longer there.
    if (mine !== asked || document.activeElement !== input) return;
    list.show((answer.choices ?? []).map((choice) => ({ label: choice.name, value: choice.value })));
  });
  const quietly = () => Promise.resolve(ask()).catch(() => {});
  input.addEventListener("input", quietly);
  input.addEventListener("focus", quietly);
  return h("div", { class: "completed" }, list.box, input);
}
