// Signs drawn as lines, so that they look the same on machines without a font for emoji.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  file: "M6 2h8l4 4v16H6zM14 2v4h4M9 12h6M9 16h6",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6",
  role: "M3 12V3h9l9 9-9 9zM8 8h.01",
  shop: "M4 9h16l-1 12H5zM8 9a4 4 0 0 1 8 0",
  mail: "M3 5h18v14H3zM3 6l9 7 9-7",
};

/** A sign by its name; screen readers pass over it. */
export function icon(name) {
  const sign = document.createElementNS(SVG, "svg");
  sign.setAttribute("class", `icon-${name} sign`);
  sign.setAttribute("viewBox", "0 0 24 24");
  sign.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  sign.append(path);
  return sign;
}
