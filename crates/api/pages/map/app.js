// The page: what is chosen, what is loaded, what is drawn. Nothing is kept beyond it: no storage, no cookie, no address.

import { Refused, logIn, logOut, read, whenEnded } from "./api.js";
import { drawAlerts, drawDetail, drawNotes, drawTable } from "./detail.js";
import { byId, fill, make } from "./dom.js";
import { UNITS, called, first, periods } from "./periods.js";
import { drawLegend, drawTiles, walk } from "./tiles.js";
import { number, preferred, word } from "./words.js";

const CLASSIFIERS = ["risk_indicator", "range_state", "rate_direction", "rate_sufficiency"];

const state = {
  language: preferred(navigator.languages ?? []),
  me: null,
  layout: {},
  labels: {},
  map: null,
  alerts: null,
  indicator: "facts",
  unit: "year",
  period: first("year", new Date()),
  method: null,
  selected: null,
};

/** Counts loads: only the latest may draw. */
let turn = 0;

const say = (key, values) => word(key, state.language, values);

function translate() {
  document.documentElement.lang = state.language;
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  byId("languages").setAttribute("aria-label", say("languages"));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  }
}

const option = (value, text, selected) => make("option", { value, selected }, text);

function drawControls() {
  const indicators = Object.entries(state.labels.risk_indicator ?? {});
  fill(byId("indicator"), ...indicators.map(([code, label]) => option(code, label, code === state.indicator)));
  fill(byId("unit"), ...UNITS.map((unit) => option(unit, say(unit), unit === state.unit)));
  const all = periods(state.unit, new Date());
  fill(byId("period"), ...all.map((period) => option(`${period.from}/${period.to}`, called(period, state.language), period.from === state.period.from)));
  const exact = state.me?.permissions.includes("statistics_exact") ?? false;
  byId("method-field").hidden = !exact;
  fill(byId("method"), ...["exact", "protected"].map((method) => option(method, say(method), method === (state.method ?? "exact"))));
}

async function loadLabels() {
  const lists = await Promise.all(CLASSIFIERS.map((name) => read(`/classifiers/${name}`, state.language)));
  state.labels = Object.fromEntries(lists.map((list) => [list.name, Object.fromEntries(list.items.map((item) => [item.code, item.label]))]));
}

function failed(error) {
  byId("status").textContent = "";
  byId("error").textContent = error instanceof Refused ? error.message : say("offline");
  if (!(error instanceof Refused)) console.info(error.name);
}

async function load() {
  const mine = (turn += 1);
  const { from, to } = state.period;
  const method = state.method ? `&method=${state.method}` : "";
  byId("error").textContent = "";
  byId("status").textContent = say("loading");
  try {
    const period = `from=${from}&to=${to}${method}`;
    const [map, alerts] = await Promise.all([
      read(`/risk-map?indicator=${state.indicator}&${period}`, state.language),
      read(`/risk-map/alerts?${period}`, state.language),
    ]);
    if (mine !== turn) return;
    Object.assign(state, { map, alerts });
    draw();
    byId("status").textContent = say("ready", { what: map.label, period: called(map.period, state.language) });
  } catch (error) {
    if (mine === turn) failed(error);
  }
}

function draw() {
  const { map } = state;
  if (!map) return;
  byId("result").hidden = false;
  const measure = map.indicator === "composite" ? say("index") : say("rate");
  state.heading = `${map.label}, ${called(map.period, state.language)} · ${measure} · ${say(map.method)}`;
  byId("map-heading").textContent = state.heading;
  drawTiles(byId("tiles"), state, choose);
  drawLegend(byId("legend"), state.language);
  drawDetail(state);
  drawTable(state);
  drawAlerts(state);
  drawNotes(state);
  document.documentElement.dataset.drawn = `${state.language} ${map.indicator} ${map.period.from} ${number(turn, "en")}`;
}

function choose(kato) {
  state.selected = state.selected === kato ? null : kato;
  drawTiles(byId("tiles"), state, choose);
  drawDetail(state);
}

function enter(me) {
  state.me = me;
  byId("login").hidden = true;
  byId("tool").hidden = false;
  byId("account").hidden = false;
  byId("user").textContent = me.user.display_name;
}

function leave(message) {
  turn += 1;
  Object.assign(state, { me: null, map: null, alerts: null, selected: null, method: null });
  for (const id of ["figures", "tiles", "table", "alerts", "history", "forms", "index-parts", "notes"]) fill(byId(id));
  delete document.documentElement.dataset.drawn;
  byId("login").hidden = false;
  byId("tool").hidden = true;
  byId("result").hidden = true;
  byId("account").hidden = true;
  byId("user").textContent = "";
  byId("login-error").textContent = message;
  byId("username").focus();
}

async function onLogin(event) {
  event.preventDefault();
  const [username, password] = [byId("username"), byId("password")];
  byId("login-error").textContent = "";
  try {
    await logIn(username.value, password.value, state.language);
    password.value = "";
    enter(await read("/auth/me", state.language));
    await loadLabels();
    drawControls();
    byId("indicator").focus();
    await load();
  } catch (error) {
    password.value = "";
    if (state.me) return failed(error);
    byId("login-error").textContent = error instanceof Refused ? error.message : say("offline");
    password.focus();
  }
}

async function onLanguage(language) {
  state.language = language;
  translate();
  if (!state.me) return;
  try {
    await loadLabels();
    drawControls();
    await load();
  } catch (error) {
    failed(error);
  }
}

function onChoice() {
  const unit = byId("unit").value;
  if (unit === state.unit) {
    const [from, to] = byId("period").value.split("/");
    state.period = { from, to };
  } else {
    state.unit = unit;
    state.period = first(unit, new Date());
  }
  state.indicator = byId("indicator").value;
  state.method = byId("method-field").hidden ? null : byId("method").value;
  drawControls();
  load();
}

async function start() {
  translate();
  walk(byId("tiles"));
  whenEnded(() => leave(say("ended")));
  byId("login-form").addEventListener("submit", onLogin);
  byId("logout").addEventListener("click", async () => {
    await logOut(state.language);
    leave("");
  });
  byId("controls").addEventListener("change", onChoice);
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("print").addEventListener("click", () => window.print());
  byId("show-region").addEventListener("click", () => {
    choose(state.selected);
    byId("detail-heading").focus();
  });
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => onLanguage(button.dataset.language));
  }
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    // Phones resize when their address bar hides: only a new width redraws.
    if (state.map && window.innerWidth !== width) drawDetail(state);
    width = window.innerWidth;
  });
  state.layout = await (await fetch("/map/layout.json", { credentials: "omit" })).json();
  document.documentElement.dataset.ready = "true";
}

start();
