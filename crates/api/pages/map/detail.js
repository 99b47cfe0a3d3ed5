// What is said of one place, of all places in a table, and of what left its range.

import { drawForms, drawHistory } from "./charts.js";
import { byId, fill, make, table } from "./dom.js";
import { number, word } from "./words.js";

const signed = (value, language) => (value === null ? "" : ` (${value > 0 ? "+" : ""}${number(value, language, 0)} %)`);

/** The trend in words. */
function trendText({ trend }, view) {
  if (!trend) return view.labels.rate_direction.unknown;
  return view.labels.rate_direction[trend.direction] + signed(trend.change_percent, view.language);
}

const rangeText = (range, language, digits) => (range ? `${number(range.low, language, digits)} – ${number(range.high, language, digits)}` : "–");
const times = (value, language) => (value === null ? "–" : `× ${number(value, language, 2)}`);

/** The numbers of a place, and its charts. */
export function drawDetail(view) {
  const { map, language, labels } = view;
  const properties = map.features.find((feature) => feature.id === view.selected)?.properties ?? map.region;
  const figures = [
    ["facts", number(properties.count, language)],
    ["children", number(properties.children, language)],
    ["rate", number(properties.rate, language, 2)],
    ["interval", rangeText(properties.interval, language, 2)],
    ["relative", times(properties.relative, language)],
    ["trend", trendText(properties, view)],
    ["expected", rangeText(properties.expected, language, 0)],
    ["state", labels.range_state[properties.state], properties.alert],
    ["sufficiency", labels.rate_sufficiency[properties.sufficiency]],
  ];
  byId("detail-heading").textContent = properties.name;
  fill(byId("figures"), ...figures.flatMap(([key, text, flag]) => [make("dt", {}, word(key, language)), make("dd", { class: flag ? "flag" : null }, text)]));
  byId("show-region").hidden = properties === map.region;
  drawHistory(byId("history"), properties, map, language);
  drawForms(byId("forms"), properties, language);
  drawIndex(properties.index, language);
}

function drawIndex(index, language) {
  const heading = byId("index-heading");
  heading.hidden = !index;
  if (!index) return fill(byId("index-parts"));
  heading.textContent = `${word("index", language)}: ${number(index.value, language)} (${rangeText(index, language, 0)})`;
  const heads = [["indicator"], ["facts", true], ["ratio", true], ["weight", true], ["points", true]].map(([key, numeric]) => ({ text: word(key, language), numeric }));
  const rows = index.parts.map((part) => ({
    cells: [part.label, number(part.count, language), times(part.ratio, language), `${number(part.weight * 100, language)} %`, number(part.points, language, 1)],
  }));
  return fill(byId("index-parts"), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "index-heading" }, table(make("table"), word("indexParts", language), heads, rows)));
}

/** Everything that the map shows, as a table: the region first. */
export function drawTable(view) {
  const { map, language, labels } = view;
  const heads = [["place"], ["facts", true], ["rate", true], ["interval", true], ["relative", true], ["trend"], ["expected", true], ["state"], ["index", true], ["sufficiency"]]
    .map(([key, numeric]) => ({ text: word(key, language), numeric }));
  const rows = [map.region, ...map.features.map((feature) => feature.properties)].map((properties) => ({
    kato: properties.kato,
    cells: [
      properties.name, number(properties.count, language), number(properties.rate, language, 1), rangeText(properties.interval, language, 1),
      times(properties.relative, language), trendText(properties, view), rangeText(properties.expected, language, 0),
      labels.range_state[properties.state], properties === map.region ? "100" : number(properties.index?.value ?? null, language), labels.rate_sufficiency[properties.sufficiency],
    ],
  }));
  table(byId("table"), view.heading, heads, rows);
}

/** What left the range that was expected, of all indicators. */
export function drawAlerts(view) {
  const { alerts, language, labels } = view;
  const values = { compared: number(alerts.compared, language), chance: number(alerts.by_chance, language, 1) };
  if (alerts.items.length === 0) return fill(byId("alerts"), make("p", {}, word("alertsNone", language, values)));
  const heads = [["place"], ["indicator"], ["facts", true], ["expected", true], ["state"]].map(([key, numeric]) => ({ text: word(key, language), numeric }));
  const rows = alerts.items.map((item) => ({
    kato: item.kato,
    cells: [item.name, item.label, number(item.count, language), rangeText(item.expected, language, 0), `${item.state === "above" ? "▲" : "▼"} ${labels.range_state[item.state]}`],
  }));
  const made = table(make("table"), word("alertsCaption", language, values), heads, rows);
  return fill(byId("alerts"), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "alerts-heading" }, made));
}

/** What a reader must know. */
export function drawNotes(view) {
  const { map, language } = view;
  const lines = [
    [word("asOf", language, { day: map.as_of }), map.period.complete ? "" : word("incomplete", language)],
    [map.note],
    [map.provisional ? word("provisional", language) : "", map.source],
    [map.children_source ? word("childrenFrom", language, { source: map.children_source }) : "", map.children_provisional ? word("estimated", language) : ""],
    [map.attribution],
  ];
  fill(byId("notes"), ...lines.map((line) => make("p", {}, line.filter(Boolean).join(" "))));
}
