// Small helpers to build elements. Text always goes in as text, never as markup.

/** Makes an element: properties, `on...` listeners, `class`, `data-`/`aria-` attributes, then children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key in element && !key.includes("-") && key !== "list") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

/** Adds children of any nesting; empty ones are left out. */
export function append(element, children) {
  for (const child of [children].flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
  return element;
}

/** A colour of Discord's default avatars, always the same for an id. */
export function colorOf(id) {
  const colors = ["#5865f2", "#757e8a", "#3ba55c", "#c27c0e", "#ed4245", "#d64292", "#1f8b9c"];
  let sum = 0;
  for (const letter of String(id)) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return colors[sum % colors.length];
}

/** A round picture with someone's first letters. */
export function avatar(id, name, size = "") {
  const letters = [...(name || "?")].slice(0, 1).join("").toUpperCase();
  const circle = h("span", { class: `avatar ${size}`, "aria-hidden": "true" }, letters);
  circle.style.setProperty("--color", colorOf(id));
  return circle;
}

/** `1.2 KB`. */
export function bytes(count) {
  if (count < 1000) return `${count} bytes`;
  const units = ["KB", "MB", "GB"];
  let value = count;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** Waits until calls have been quiet for a moment, then calls once. */
export function debounce(milliseconds, action) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), milliseconds);
  };
}
