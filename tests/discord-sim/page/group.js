// Radio groups, checkbox groups and single checkboxes of modals, as the browser's own inputs.

import { h } from "./dom.js";

const RADIO_GROUP = 21;

/** One box or dot with its words. */
function option(kind, name, one, required) {
  const input = h("input", { type: kind, name, value: one.value, checked: one.default === true, required });
  return h("label", { class: "choice" }, input,
    h("span", { class: "words" }, h("span", {}, one.label), one.description && h("span", { class: "description" }, one.description)));
}

/** A radio or checkbox group; `values()` are those of the marked options. */
export function group(field, id, label) {
  const single = field.type === RADIO_GROUP;
  const required = field.required !== false;
  const options = field.options ?? [];
  const most = single ? 1 : (field.max_values ?? options.length);
  const box = h("div", { id, class: "choices", role: single ? "radiogroup" : "group", "aria-label": label, "aria-required": single && required && "true" },
    options.map((one) => option(single ? "radio" : "checkbox", id, one, single && required)));
  const marked = () => [...box.querySelectorAll("input:checked")];
  // What is full takes no more, as in Discord's own dialog.
  const limit = () => {
    const full = marked().length >= most;
    for (const input of box.querySelectorAll("input[type=checkbox]")) input.disabled = full && !input.checked;
  };
  box.addEventListener("change", limit);
  limit();
  return Object.assign(box, { values: () => marked().map((input) => input.value) });
}

/** A single checkbox; its label is the field's own. */
export function checkbox(field, id) {
  return h("input", { id, type: "checkbox", class: "switch", role: "switch", checked: field.default === true });
}
