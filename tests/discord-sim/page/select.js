// A select menu like Discord's: a button that opens a list, usable with the keyboard.

import { h } from "./dom.js";

let open = null;
let counter = 0;
document.addEventListener("pointerdown", (event) => {
  if (open && !open.box.contains(event.target)) open.close();
});

/**
 * Makes a select. `options` are `{label, value, description?, emoji?, default?}`; `changed` gets the chosen values,
 * at once when one is chosen, on closing when several may be.
 */
export function select({ options, placeholder, min = 1, max = 1, disabled, label, id, changed }) {
  const chosen = new Set(options.filter((option) => option.default).map((option) => option.value));
  const before = () => [...chosen].join("\n");
  let opened = "";
  let active = 0;
  const own = `list-${(counter += 1)}`;
  const title = label ?? placeholder ?? "Make a selection";
  const text = h("span", { class: "chosen" });
  const button = h("button", {
    type: "button", class: "picker", id, disabled, role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": own,
    onclick: () => (list.hidden ? show() : close()), onkeydown: keys,
  }, text, h("span", { class: "arrow", "aria-hidden": "true" }, "▾"));
  // The focus stays on the button, whose keys move in the list.
  const list = h("ul", { id: own, role: "listbox", hidden: true, onmousedown: (event) => event.preventDefault(), "aria-label": title, "aria-multiselectable": String(max > 1) });
  const items = options.map((option, index) => item(option, index));
  list.append(...items);
  const box = h("div", { class: "select" }, button, list);

  function item(option, index) {
    return h("li", { id: `${own}-${index}`, role: "option", "data-value": option.value, onclick: () => pick(index), onpointermove: () => mark(index) },
      option.emoji && h("span", { class: "emoji" }, option.emoji),
      h("span", { class: "words" }, h("span", {}, option.label),
        option.description && h("span", { class: "description" }, option.description)),
      h("span", { class: "tick", "aria-hidden": "true" }));
  }
  function draw() {
    const names = options.filter((option) => chosen.has(option.value)).map((option) => option.label);
    text.textContent = names.length ? names.join(", ") : (placeholder ?? "Make a selection");
    text.classList.toggle("empty", !names.length);
    button.setAttribute("aria-label", names.length ? `${title}: ${names.join(", ")}` : title);
    if (list.hidden || !items.length) button.removeAttribute("aria-activedescendant");
    else button.setAttribute("aria-activedescendant", `${own}-${active}`);
    items.forEach((element, index) => {
      element.setAttribute("aria-selected", String(chosen.has(options[index].value)));
      element.classList.toggle("active", index === active && !list.hidden);
    });
  }
  function mark(index) {
    active = Math.max(0, Math.min(items.length - 1, index));
    items[active]?.scrollIntoView({ block: "nearest" });
    draw();
  }
  function pick(index) {
    const value = options[index].value;
    if (max === 1) {
      chosen.clear();
      chosen.add(value);
      close();
      changed([value]);
    } else if (chosen.has(value)) chosen.delete(value);
    else if (chosen.size < max) chosen.add(value);
    draw();
  }
  function show() {
    open?.close();
    list.hidden = false;
    const below = window.innerHeight - button.getBoundingClientRect().bottom;
    box.classList.toggle("up", below < Math.min(260, list.scrollHeight + 12));
    opened = before();
    button.setAttribute("aria-expanded", "true");
    open = { box, close };
    mark(Math.max(0, options.findIndex((option) => chosen.has(option.value))));
  }
  function close() {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    open = null;
    draw();
    if (max > 1 && before() !== opened && chosen.size >= min) changed([...chosen]);
  }
  function keys(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5, Home: -99, End: 99 };
    if (event.key in moves) {
      event.preventDefault();
      if (list.hidden) show();
      else mark(active + moves[event.key]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      event.preventDefault();
      close();
    } else if ((event.key === "Enter" || event.key === " ") && !list.hidden) {
      event.preventDefault();
      pick(active);
    } else if (event.key === "Tab") close();
    else if (event.key.length === 1 && !list.hidden) {
      const at = options.findIndex((option) => option.label.toLowerCase().startsWith(event.key.toLowerCase()));
      if (at >= 0) mark(at);
    }
  }
  draw();
  return Object.assign(box, { values: () => [...chosen] });
}
