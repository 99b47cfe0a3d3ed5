// The map: one tile for each city and district, standing about where it lies.

import { make, fill } from "./dom.js";
import { number, word } from "./words.js";

// A soft hyphen.
const SOFT = "\u00ad";
const VOWELS = "аеёиоуыэюяәіөүұaeiouy";

/** The name without what kind of unit it is, with places where a long word may break. */
export function shortName(name) {
  const bare = name.replace(/^город\s+|\s*\(г\.а\.\)|\s+район$|\s+қ\.ә\.$|\s+ауданы$|\s+District$/gi, "");
  return bare.replace(/[^\s-]{7,}/g, breakable);
}

/** A word that may break before a consonant with a vowel after it, three letters from either end. */
function breakable(long) {
  const vowel = (place) => VOWELS.includes(long[place].toLowerCase());
  return [...long].map((letter, at) => {
    const may = at >= 3 && long.length - at >= 3 && !vowel(at) && vowel(at + 1);
    return may ? SOFT + letter : letter;
  }).join("");
}

/** The class of a place's colour: 0 where there are too few data, 1 to 5 against the region. */
export function classOf(properties) {
  const { relative, sufficiency } = properties;
  if (relative === null || sufficiency === "insufficient") return 0;
  if (relative < 0.5) return 1;
  if (relative < 0.8) return 2;
  if (relative <= 1.25) return 3;
  return relative <= 2 ? 4 : 5;
}

const ARROWS = { rising: "↗", falling: "↘", no_clear_change: "→" };

/** The signs of a tile: an alert and the trend. */
function signs(properties) {
  const alert = { above: "▲", below: "▼" }[properties.state] ?? "";
  const trend = ARROWS[properties.trend?.direction] ?? "";
  return [alert, trend].filter(Boolean).join(" ");
}

/** What a tile says to those who do not see it. */
function spoken(properties, text, view) {
  const parts = [`${properties.name}: ${text}`];
  if (properties.alert) parts.push(view.labels.range_state[properties.state]);
  if (properties.trend) parts.push(view.labels.rate_direction[properties.trend.direction]);
  if (properties.sufficiency !== "sufficient") parts.push(view.labels.rate_sufficiency[properties.sufficiency]);
  return parts.join(". ");
}

/** The value that the map shows, as text. */
export function valueText(properties, map, language) {
  return number(properties.value, language, map.indicator === "composite" ? 0 : 1);
}

/** Draws all tiles. */
export function drawTiles(into, view, choose) {
  const { map, layout, selected, language } = view;
  let spare = 1 + Math.max(...Object.values(layout).map((place) => place.row));
  const tiles = map.features.map(({ id, properties }) => {
    // A place that the layout does not know yet stands below the others, so that it is not lost.
    const { column, row } = layout[id] ?? { column: 1, row: (spare += 1) };
    const text = valueText(properties, map, language);
    const tile = make("button", {
      type: "button",
      class: `tile class-${classOf(properties)}${properties.alert ? " alert" : ""}`,
      "data-kato": id,
      "data-column": String(column),
      "data-row": String(row),
      "aria-pressed": String(id === selected),
      "aria-label": spoken(properties, text, view),
    }, make("span", { class: "name" }, shortName(properties.name)), make("span", { class: "value" }, text), make("span", { class: "sign", "aria-hidden": "true" }, signs(properties)));
    tile.style.gridColumn = String(column);
    tile.style.gridRow = String(row);
    tile.addEventListener("click", () => choose(id));
    return tile;
  });
  // Read and tabbed through row by row, as they stand.
  tiles.sort((one, other) => one.dataset.row - other.dataset.row || one.dataset.column - other.dataset.column);
  into.dataset.north = `↑\n${word("north", language)}`;
  const focused = into.contains(document.activeElement) ? document.activeElement.dataset.kato : null;
  fill(into, ...tiles);
  tiles.find((tile) => tile.dataset.kato === focused)?.focus();
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Arrow keys move to the nearest tile in their direction. */
export function walk(into) {
  into.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const from = event.target.closest(".tile");
    if (!step || !from) return;
    event.preventDefault();
    const place = (tile) => [Number(tile.dataset.column), Number(tile.dataset.row)];
    const [column, row] = place(from);
    let best = null;
    for (const tile of into.querySelectorAll(".tile")) {
      const [x, y] = [place(tile)[0] - column, place(tile)[1] - row];
      const along = x * step[0] + y * step[1];
      const aside = Math.abs(x * step[1]) + Math.abs(y * step[0]);
      const distance = along + aside * 2.5;
      if (along > 0 && (!best || distance < best.distance)) best = { tile, distance };
    }
    best?.tile.focus();
  });
}

/** What the colours and signs mean. */
export function drawLegend(into, language) {
  const items = [1, 2, 3, 4, 5, 0].map((at) => make("li", {}, make("span", { class: `swatch class-${at}` }), word(`class${at}`, language)));
  fill(into, make("strong", {}, word("legend", language)), make("ul", {}, ...items), make("p", {}, word("alertSign", language)));
}
