// A list of suggestions above a text field (a combobox): arrows move, Enter or Tab takes, Escape hides.

import { h } from "./dom.js";

let counter = 0;

/** Attaches suggestions to a field. `pick` gets the item taken. Returns `{box, show, hide, visible}`. */
export function suggest(field, pick, label) {
  const id = `suggestions-${(counter += 1)}`;
  const list = h("ul", { id, class: "suggestions", role: "listbox", hidden: true, "aria-label": label });
  let items = [];
  let active = 0;
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-controls", id);
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-autocomplete", "list");

  function show(found) {
    items = found;
    active = 0;
    list.replaceChildren(...items.map((item, index) => h("li", {
      id: `${id}-${index}`, role: "option",
      onpointerdown: (event) => { event.preventDefault(); take(index); },
      onpointermove: () => mark(index),
    }, item.view ?? item.label)));
    list.hidden = items.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (items.length) mark(0);
    else field.removeAttribute("aria-activedescendant");
  }
  function mark(index) {
    active = (index + items.length) % items.length;
    [...list.children].forEach((element, at) => {
      element.classList.toggle("active", at === active);
      element.setAttribute("aria-selected", String(at === active));
    });
    field.setAttribute("aria-activedescendant", `${id}-${active}`);
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }
  function take(index) {
    const item = items[index];
    hide();
    if (item) pick(item);
  }
  const hide = () => show([]);

  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(active + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" || event.key === "Tab") take(active);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  field.addEventListener("blur", hide);
  return { box: list, show, hide, visible: () => !list.hidden };
}
