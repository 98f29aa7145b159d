// Modals: the dialog, its fields, and sending it off.

import { post } from "./api.js";
import { choices, settle } from "./components.js";
import { h } from "./dom.js";
import { checkbox, group } from "./group.js";
import { markdown } from "./markdown.js";
import { select } from "./select.js";
import { state } from "./state.js";

/** Opens the modal an interaction was answered with. */
export function openModal(interaction, modal, fail) {
  const dialog = document.getElementById("modal");
  const readers = new Map();
  const problem = h("p", { class: "problem", role: "alert" });
  const fields = (modal.components ?? []).map((part) => block(part, readers));
  const submit = h("button", { class: "button primary", type: "submit" }, "Submit");
  const cancel = h("button", { class: "button plain", type: "button", onclick: () => dialog.close() }, "Cancel");
  const form = h("form", { method: "dialog", onsubmit: send },
    h("header", {}, h("h2", { id: "modal-title" }, modal.title),
      h("button", { class: "close", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "✕")),
    h("div", { class: "fields" }, fields, problem),
    h("footer", {}, cancel, submit));

  async function send(event) {
    event.preventDefault();
    submit.setAttribute("aria-busy", "true");
    problem.textContent = "";
    try {
      const given = {};
      for (const [id, read] of readers) given[id] = await read();
      const sent = await post(`/users/${state.user}/submit`, { interaction_id: interaction, fields: given });
      const answer = await settle(sent.interaction_id, (text) => { problem.textContent = text && "Something went wrong. Try again."; });
      if (answer.state !== "failed") dialog.close();
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      submit.removeAttribute("aria-busy");
    }
  }
  dialog.setAttribute("aria-labelledby", "modal-title");
  dialog.replaceChildren(form);
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  dialog.onclose = returnFocus(document.activeElement);
  dialog.showModal();
  dialog.querySelector("input, textarea, .picker")?.focus();
  fail("");
}

/** Gives the focus back to what opened the dialog, or to what took its place when the message was drawn anew. */
function returnFocus(opener) {
  const id = opener?.dataset?.id;
  const message = opener?.closest?.("[data-message]")?.dataset.message;
  return () => {
    if (opener?.isConnected) return opener.focus();
    const same = id && document.querySelector(`[data-message="${message}"] [data-id="${CSS.escape(id)}"]`);
    return (same || document.getElementById("text"))?.focus();
  };
}

function block(part, readers) {
  if (part.type === 10) return h("div", { class: "text" }, markdown(part.content));
  const field = part.component ?? part.components?.[0] ?? {};
  const label = part.label ?? field.label ?? field.custom_id;
  const id = `field-${field.custom_id}`;
  // A single checkbox cannot be required.
  const star = field.type !== 23 && field.required !== false;
  return h("div", { class: field.type === 23 ? "field single" : "field" },
    h("label", { htmlFor: id }, label, star && h("span", { class: "star", title: "Required" }, " *")),
    part.description && h("p", { class: "hint" }, part.description),
    control(field, id, label, readers));
}

function control(field, id, label, readers) {
  if (field.type === 4) return text(field, id, readers);
  if (field.type === 19) return files(field, id, readers);
  if (field.type === 23) return keep(readers, field, checkbox(field, id), (box) => box.checked);
  if (field.type === 21 || field.type === 22) return keep(readers, field, group(field, id, label), (box) => box.values());
  const box = select({
    id, label, options: choices(field), placeholder: field.placeholder, min: field.min_values, max: field.max_values, changed: () => {},
  });
  readers.set(field.custom_id, () => box.values());
  return box;
}

function keep(readers, field, element, read) {
  readers.set(field.custom_id, () => read(element));
  return element;
}

function text(field, id, readers) {
  const long = field.style === 2;
  const input = h(long ? "textarea" : "input", {
    id, value: field.value ?? "", placeholder: field.placeholder, required: field.required !== false,
    minLength: field.min_length ?? 0, maxLength: field.max_length ?? 4000, rows: long ? 4 : undefined, autocomplete: "off",
  });
  readers.set(field.custom_id, () => input.value);
  return input;
}

function files(field, id, readers) {
  const input = h("input", { id, type: "file", multiple: (field.max_values ?? 1) > 1, required: field.required !== false });
  readers.set(field.custom_id, () => Promise.all([...input.files].map(readFile)));
  return input;
}

/** A file as the control API takes it. */
export async function readFile(file) {
  const data = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < data.length; at += 8192) binary += String.fromCharCode(...data.subarray(at, at + 8192));
  return { filename: file.name, base64: btoa(binary), content_type: file.type || undefined };
}
