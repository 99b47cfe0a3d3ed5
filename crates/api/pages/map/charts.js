// Charts of one place. D3 (vendored) does scales, axes and lines.

import { make, fill } from "./dom.js";
import { called } from "./periods.js";
import { number, word } from "./words.js";

const { d3 } = globalThis;
const HEIGHT = 190;
const MARGIN = { top: 14, right: 14, bottom: 26, left: 34 };

/** The points of a place: its past, then the period shown. */
function points(properties, map) {
  const now = { from: map.period.from, to: map.period.to, count: properties.count, now: true };
  return [...properties.history, now];
}

/** Facts by period, with the expected range of the last one. */
export function drawHistory(into, properties, map, language) {
  const data = points(properties, map);
  const names = data.map((point) => called(point, language));
  const { expected } = properties;
  const width = Math.max(260, into.clientWidth || 480);
  const range = expected ? word("historyRange", language, { low: number(expected.low, language), high: number(expected.high, language) }) : "";
  const told = data.map((point, at) => `${names[at]}: ${number(point.count, language)}`).join("; ");
  fill(into);
  const svg = d3.select(into).append("svg").attr("viewBox", `0 0 ${width} ${HEIGHT}`).attr("role", "img")
    .attr("aria-label", word("historyLabel", language, { points: told, range }));
  const x = d3.scalePoint(names, [MARGIN.left + 12, width - MARGIN.right - 12]);
  const most = d3.max([...data.map((point) => point.count), expected?.high ?? 0, 4]);
  const y = d3.scaleLinear([0, most], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const room = Math.max(1, Math.ceil((names.length * 62) / (width - MARGIN.left)));
  const shown = names.filter((_, at) => (names.length - 1 - at) % room === 0);
  svg.append("g").attr("transform", `translate(0,${HEIGHT - MARGIN.bottom})`).call(d3.axisBottom(x).tickValues(shown).tickSizeOuter(0));
  svg.append("g").attr("transform", `translate(${MARGIN.left},0)`)
    .call(d3.axisLeft(y).ticks(4).tickFormat((value) => number(value, language)));
  const place = (point, at) => [x(names[at]), y(point.count)];
  svg.append("path").attr("class", "line").attr("d", d3.line()(data.map(place)));
  if (expected) {
    const [at, low, high] = [x(names.at(-1)), y(expected.low), y(expected.high)];
    svg.append("path").attr("class", "range").attr("d", `M${at - 7},${high}h14M${at},${high}V${low}M${at - 7},${low}h14`);
  }
  svg.selectAll("circle").data(data).join("circle").attr("class", (point) => (point.now ? "now" : "dot"))
    .attr("cx", (_, at) => x(names[at])).attr("cy", (point) => y(point.count)).attr("r", (point) => (point.now ? 6 : 3.5));
}

/** What the facts were: a bar for each form and level. */
export function drawForms(into, properties, language) {
  const rows = [...properties.breakdown].sort((one, other) => other.count - one.count);
  if (rows.length === 0) return fill(into, make("p", {}, word("none", language)));
  const most = rows[0].count;
  const items = rows.map(({ label, count, indicator }) => {
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(count / most) * 100}%`;
    return make("li", { "data-indicator": indicator }, make("span", {}, label), bar, make("span", { class: "number" }, number(count, language)));
  });
  return fill(into, make("ul", { class: "bars" }, ...items));
}
