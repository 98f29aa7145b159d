// Embeds and attached files.

import { bytes, h } from "./dom.js";
import { icon } from "./icons.js";
import { inline, markdown } from "./markdown.js";

const picture = (url, name) => h("img", {
  class: name, src: url, alt: "", loading: "lazy", onerror: (event) => event.currentTarget.classList.add("broken"),
});

/** An embed. */
export function embed(one) {
  const color = one.color ? `#${one.color.toString(16).padStart(6, "0")}` : "";
  const title = one.title && h("div", { class: "title" },
    one.url ? h("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, inline(one.title)) : inline(one.title));
  const author = one.author && h("div", { class: "author" }, one.author.icon_url && picture(one.author.icon_url, "icon"), one.author.name);
  const fields = one.fields?.length && h("div", { class: "fields" }, one.fields.map(field));
  const stamp = one.timestamp && new Date(one.timestamp).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
  const footer = (one.footer || stamp) && h("div", { class: "footer" },
    one.footer?.icon_url && picture(one.footer.icon_url, "icon"), [one.footer?.text, stamp].filter(Boolean).join(" • "));
  const body = h("div", { class: "body" }, author, title,
    one.description && h("div", { class: "description" }, markdown(one.description)), fields,
    one.image && picture(one.image.url, "image"), footer);
  const box = h("article", { class: "embed" }, body, one.thumbnail && picture(one.thumbnail.url, "thumbnail"));
  if (color) box.style.setProperty("--accent", color);
  return box;
}

const field = (one) => h("div", { class: one.inline ? "field inline" : "field" },
  h("div", { class: "name" }, inline(one.name)), h("div", { class: "value" }, markdown(one.value)));

/** A file: a picture, a text to unfold, or a card to open. */
export function attachment(file) {
  const kind = file.content_type ?? "";
  if (kind.startsWith("image/")) {
    return h("a", { class: "photo", href: file.url, target: "_blank", rel: "noopener" },
      h("img", { src: file.url, alt: file.description ?? file.filename, loading: "lazy" }));
  }
  const head = h("div", { class: "head" },
    h("span", { class: "sheet" }, icon("file")),
    h("div", { class: "about" },
      h("a", { href: file.url, target: "_blank", rel: "noopener" }, file.filename),
      h("div", { class: "size" }, bytes(file.size))),
    h("a", { class: "save", href: file.url, download: file.filename, "aria-label": `Download ${file.filename}` }, "⤓"));
  const text = typeof file.content === "string" && kind.startsWith("text/") && h("details", {},
    h("summary", {}, "Show content"), h("pre", {}, file.content));
  return h("div", { class: "file" }, head, text);
}
