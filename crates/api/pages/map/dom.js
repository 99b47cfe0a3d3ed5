// Small helpers: elements are made, never parsed from text.

/** An element with attributes and children; text children are text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") element.className = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element of an id. */
export const byId = (id) => document.getElementById(id);

/** Puts children in the place of those that are there. */
export const fill = (element, ...children) => element.replaceChildren(...children);

/** A table with its caption, its heads and rows of cells; the first cell of a row heads it. */
export function table(into, caption, heads, rows) {
  const head = make("tr", {}, ...heads.map(({ text, numeric }) => make("th", { scope: "col", class: numeric ? "number" : null }, text)));
  const lines = rows.map(({ cells, kato }) => make("tr", { "data-kato": kato ?? null }, ...cells.map((cell, at) => (
    at === 0 ? make("th", { scope: "row" }, cell) : make("td", { class: heads[at].numeric ? "number" : null }, cell)))));
  fill(into, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...lines));
  return into;
}
