// The page: state ↔ address bar, questions to the API, answers → nodes.

import { bytesOf, counted, day, lang, link, make, marked, marks, number, within } from "./text.js";
import { Timeline } from "./time.js";

const $ = (id) => document.getElementById(id);
const LISTS = [["person", "People"], ["org", "Organisations"], ["place", "Places"], ["source", "Sources"],
  ["year", "Years"]];
const VALUES = ["person", "org", "place", "entity", "source", "not-source", "lang", "about"];
const SINGLE = ["from", "to", "as-of", "sort", "axis", "duplicates", "match", "now"];
const PAGE = 20;
const PAUSE = 140;

let state = read();
let hits = [];
let current = -1;
let opened = null;

// ---- State and address ----

function empty() {
  return { q: "", article: null, passage: null, ...Object.fromEntries(VALUES.map((name) => [name, []])),
    ...Object.fromEntries(SINGLE.map((name) => [name, ""])) };
}

function read() {
  const params = new URLSearchParams(location.search);
  const found = empty();
  found.q = params.get("q") ?? "";
  found.article = params.get("article");
  found.passage = params.get("passage");
  for (const name of VALUES) found[name] = params.getAll(name).filter(Boolean);
  for (const name of SINGLE) found[name] = params.get(name) ?? "";
  return found;
}

function filters(of = state) {
  const params = new URLSearchParams();
  for (const name of VALUES) for (const value of of[name]) params.append(name, value);
  for (const name of ["from", "to", "as-of", "duplicates", "match", "now"]) if (of[name]) params.set(name, of[name]);
  return params;
}

function address(of = state) {
  const params = filters(of);
  if (of.sort && of.sort !== "relevance") params.set("sort", of.sort);
  if (of.axis && of.axis !== "published") params.set("axis", of.axis);
  if (of.article !== null) params.set("article", of.article);
  if (of.passage !== null) params.set("passage", of.passage);
  const head = new URLSearchParams(of.q ? { q: of.q } : {});
  const all = [head.toString(), params.toString()].filter(Boolean).join("&");
  return all ? `/?${all}` : "/";
}

function is_asked(of = state) {
  return of.q.trim() !== "" || filters(of).toString() !== "";
}

/** Moves to a changed state; typing replaces the entry in the history, everything else adds one. */
function go(change, replace = false) {
  const from_results = state.article === null;
  state = { ...state, ...change };
  if (replace) history.replaceState(history.state, "", address());
  else history.pushState({ from_results }, "", address());
  show();
}

// ---- Questions ----

/** The API's answer, or its error thrown; `slot` names what is superseded by the next question of that name. */
const running = new Map();
async function ask(slot, path, params) {
  running.get(slot)?.abort();
  const controller = new AbortController();
  running.set(slot, controller);
  try {
    const response = await fetch(`${path}?${params}`, { signal: controller.signal, headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.error?.message ?? response.statusText), answer.error);
    return answer;
  } catch (error) {
    if (error.name === "TypeError") throw new Error("the server does not answer; is `dateline serve` still running?");
    throw error;
  } finally {
    if (running.get(slot) === controller) running.delete(slot);
  }
}

function drop(...slots) {
  for (const slot of slots) running.get(slot)?.abort();
}

function is_stale(error) {
  return error.name === "AbortError";
}

function question() {
  const params = filters();
  params.set("q", is_asked() ? state.q : "*");
  return params;
}

// ---- Search ----

let shown_question = null;

function show() {
  if ($("q").value !== state.q && document.activeElement !== $("q")) $("q").value = state.q;
  $("sort").value = state.sort || "relevance";
  $("axis-published").setAttribute("aria-pressed", String(state.axis !== "mentioned"));
  $("axis-mentioned").setAttribute("aria-pressed", String(state.axis === "mentioned"));
  chips();
  const reading = state.article !== null;
  $("search").hidden = reading;
  $("reader").hidden = !reading;
  if (reading) {
    read_article();
    return;
  }
  drop("article", "related");
  opened = null;
  document.title = state.q ? `${state.q} – dateline` : "dateline";
  const asked = address();
  if (asked === shown_question) {
    restore();
    return;
  }
  shown_question = asked;
  search();
  timeline();
  facets();
}

function chips() {
  const chip = (text, label, change) => {
    const button = make("button", { type: "button", "aria-label": `Remove filter ${label}`, dir: "auto" }, text);
    button.addEventListener("click", () => go({ ...change, article: null, passage: null }));
    return button;
  };
  const list = [];
  const names = { person: "person", org: "organisation", place: "place", entity: "name", source: "source",
    "not-source": "not from", lang: "language", about: "speaks of" };
  for (const name of VALUES) {
    for (const value of state[name]) {
      const shown = name === "about" ? value.replace("..", " to ") : value;
      const rest = state[name].filter((other) => other !== value);
      list.push(chip(`${names[name]}: ${shown}`, `${names[name]} ${shown}`, { [name]: rest }));
    }
  }
  if (state.from || state.to) {
    const text = `published ${state.from || "…"} to ${state.to || "…"}`;
    list.push(chip(text, text, { from: "", to: "" }));
  }
  if (state["as-of"]) list.push(chip(`as of ${state["as-of"]}`, "as of", { "as-of": "" }));
  $("chips").replaceChildren(...list);
}

function notes(list, query) {
  return list.map((note) => {
    const box = make("p", { class: `note ${note.kind === "zero" ? "zero" : ""}`, dir: "auto" }, note.message);
    if (note.kind === "repair" && note.start !== null) box.append(" ", place(query, note.start, note.end));
    return box;
  });
}

function place(query, start, end) {
  const spans = start < end && end <= bytesOf(query)
    ? [{ start, end, make: () => make("span", { class: "caret" }) }] : [];
  return make("code", { dir: "auto" }, marked(query, spans));
}

function failed(error, box) {
  if (is_stale(error)) return;
  const note = make("p", { class: "note error", role: "alert", dir: "auto" }, make("b", {}, "Not understood: "), error.message);
  if (error.code !== "query") note.firstChild.textContent = "No answer: ";
  if (typeof error.start === "number") note.append(" ", place(state.q, error.start, error.end));
  box.replaceChildren(note);
}

async function search(offset = 0) {
  const params = question();
  params.set("limit", PAGE);
  params.set("unit", "article");
  if (offset) params.set("offset", offset);
  params.set("sort", state.sort || (is_asked() ? "relevance" : "newest"));
  $("results").classList.add("waiting");
  try {
    const answer = await ask("search", "/api/search", params);
    if (offset === 0) {
      hits = [];
      current = -1;
      $("results").replaceChildren();
    }
    const found = answer.hits.map((hit, at) => result(hit, offset + at));
    hits.push(...answer.hits);
    $("results").append(...found);
    const total = `${answer.total_is_exact ? "" : "at least "}${counted(answer.total, "story", "stories")}`;
    $("count").textContent = is_asked() ? `${total}, ${answer.elapsed_ms.toFixed(1)} ms` : `${total} in this archive, newest first`;
    if (offset === 0) $("notes").replaceChildren(...notes(is_asked() ? answer.notes : [], answer.query));
    if (offset === 0 && hits.length === 0 && answer.notes.length === 0) $("notes").replaceChildren(make("p", { class: "note zero" }, "Nothing matches."));
    $("more").hidden = hits.length >= answer.total || answer.hits.length === 0;
    $("results").classList.remove("waiting");
  } catch (error) {
    if (is_stale(error)) return;
    hits = [];
    $("results").replaceChildren();
    $("results").classList.remove("waiting");
    $("count").textContent = "";
    $("more").hidden = true;
    failed(error, $("notes"));
  }
}

function facts(hit) {
  const published = make("time", { datetime: hit.published && hit.published.slice(0, 10) }, day(hit.published));
  return make("p", { class: "facts" }, published,
    hit.source && make("span", { dir: "auto" }, hit.source),
    hit.lang && hit.lang !== "en" ? make("span", {}, hit.lang) : null,
    hit.status && make("b", {}, hit.status),
    hit.duplicates > 0 ? make("span", { class: "copies" }, `+${counted(hit.duplicates, "copy", "copies")}`) : null);
}

function heading(hit, level = "h2") {
  const title = make("a", { href: address({ ...state, article: hit.article, passage: String(hit.passage) }), dir: "auto", lang: lang(hit.lang) });
  title.append(hit.title ? marked(hit.title, marks(hit.title_marks)) : hit.article);
  title.addEventListener("click", (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(hit);
  });
  return make(level, { dir: "auto" }, title);
}

function result(hit, at) {
  const item = make("li", { "data-at": at }, heading(hit), facts(hit));
  for (const snippet of hit.snippets) {
    item.append(make("p", { class: "snippet", dir: "auto", lang: lang(hit.lang) }, marked(snippet.text, marks(snippet.marks))));
  }
  item.addEventListener("focusin", () => point(at, false));
  return item;
}

function open(hit) {
  go({ article: hit.article, passage: String(hit.passage) });
}

/** Back from an article: where one was. */
function restore() {
  const item = $("results").children[current];
  item?.querySelector("a")?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: "nearest" });
}

function point(at, focus = true) {
  const items = $("results").children;
  if (!items.length) return;
  items[current]?.removeAttribute("aria-current");
  current = Math.max(0, Math.min(items.length - 1, at));
  items[current].setAttribute("aria-current", "true");
  if (!focus) return;
  items[current].querySelector("a").focus({ preventScroll: true });
  items[current].scrollIntoView({ block: "nearest" });
}

// ---- Timeline ----

const line = new Timeline($("chart"), narrow, (text) => { $("range").value = text; });

function narrow(from, to) {
  if (state.axis === "mentioned") go({ about: [from === to ? from : `${from}..${to}`] });
  else go({ from, to });
}

async function timeline() {
  const params = question();
  params.set("axis", state.axis || "published");
  params.set("match", state.match || "any");
  params.set("duplicates", state.duplicates || "collapse");
  params.set("by", "year");
  try {
    let answer = await ask("timeline", "/api/timeline", params);
    const years = answer.buckets.length;
    if (years > 0 && years <= 12) {
      params.set("by", years > 1 ? "month" : "day");
      // Intervals of a year and more count by year alone, so the finer answer may hold less.
      if (state.axis !== "mentioned" || years <= 8) answer = await ask("timeline", "/api/timeline", params);
    }
    line.show(answer.buckets);
    $("when").hidden = answer.buckets.length === 0 && state.axis !== "mentioned";
  } catch (error) {
    if (!is_stale(error)) line.show([]);
  }
}

// ---- Facets ----

async function facets() {
  await Promise.all(LISTS.map(async ([field, title], at) => {
    const params = question();
    params.set("field", field);
    params.set("limit", field === "year" ? 30 : 8);
    params.set("match", state.match || "any");
    params.set("duplicates", state.duplicates || "collapse");
    try {
      const answer = await ask(`facet ${field}`, "/api/facets", params);
      section(at).replaceChildren(...list(field, title, answer.values));
    } catch (error) {
      if (!is_stale(error)) section(at).replaceChildren();
    }
  }));
}

function section(at) {
  const lists = $("lists");
  while (lists.children.length <= at) lists.append(make("section"));
  return lists.children[at];
}

function list(field, title, values) {
  if (field === "year") values = values.toSorted((a, b) => (a.value < b.value ? 1 : -1));
  if (values.length === 0) return [];
  const items = values.map(({ value, count }) => {
    const is_on = field === "year" ? state.from === `${value}-01-01` && state.to === `${value}-12-31` : state[field].includes(value);
    const name = make("span", { dir: "auto" }, value);
    const button = make("button", { type: "button", "aria-pressed": is_on, "data-field": field }, name, make("span", { class: "n" }, number(count)));
    button.setAttribute("aria-pressed", String(is_on));
    button.addEventListener("click", () => {
      if (field === "year") go(is_on ? { from: "", to: "" } : { from: `${value}-01-01`, to: `${value}-12-31` });
      else go({ [field]: is_on ? state[field].filter((other) => other !== value) : [...state[field], value] });
    });
    return make("li", {}, button);
  });
  return [make("h3", { id: `list-${field}` }, title), make("ul", { "aria-labelledby": `list-${field}` }, ...items)];
}

// ---- One article ----

async function read_article() {
  const id = state.article;
  if (opened === id) return;
  opened = id;
  $("article").replaceChildren(make("p", { class: "facts" }, "…"));
  $("background").replaceChildren();
  $("marking").replaceChildren();
  const path = `/api/articles/${encodeURIComponent(id)}`;
  const params = new URLSearchParams();
  if (state.q) params.set("q", state.q);
  background(id);
  try {
    const article = await ask("article", path, params);
    if (opened === id) print(article);
  } catch (error) {
    if (!is_stale(error)) failed(error, $("article"));
  }
}

function print(article) {
  const code = lang(article.lang);
  document.title = `${article.title ?? article.id} – dateline`;
  const body = [];
  body.push(make("h2", { dir: "auto", lang: code }, article.title ? marked(article.title, marks(article.title_marks)) : article.id));
  if (article.standfirst) body.push(make("p", { class: "standfirst", dir: "auto", lang: code }, article.standfirst));
  body.push(make("p", { class: "facts" },
    make("time", { datetime: article.published && article.published.slice(0, 10) }, day(article.published)),
    article.source && make("span", { dir: "auto" }, article.source),
    article.authors.length ? make("span", { dir: "auto" }, article.authors.join(", ")) : null,
    article.dateline && make("span", { dir: "auto" }, article.dateline),
    article.status && make("b", {}, article.status),
    article.url ? link(article.url, "original page") : null,
    make("span", {}, article.path)));
  let section = null;
  article.passages.forEach((passage, at) => {
    if (passage.section !== section && passage.heading) body.push(make("h3", { dir: "auto", lang: code }, passage.heading));
    section = passage.section;
    const spans = [...marks(article.marks[at]), ...passage.entities.map(name), ...passage.dates.filter((date) => date.from).map(spoken)];
    const is_hit = state.passage === String(passage.passage);
    const block = make("div", { id: `passage-${passage.passage}`, class: is_hit ? "here" : null, dir: "auto", lang: code });
    let from = 0;
    for (const paragraph of passage.text.split("\n\n")) {
      const to = from + bytesOf(paragraph);
      block.append(make("p", { dir: "auto", class: paragraph.startsWith("- ") ? "item" : null }, marked(paragraph, within(spans, from, to))));
      from = to + 2;
    }
    body.push(block);
  });
  $("article").setAttribute("lang", code ?? "und");
  $("article").replaceChildren(...body);
  const toggles = [["marks", "matches", article.marks.some((list) => list.length)], ["names", "names", true], ["dates", "dates", true]];
  $("marking").replaceChildren(...toggles.filter(([, , any]) => any).map(([kind, text]) => {
    const is_off = $("article").classList.contains(`no-${kind}`);
    const button = make("button", { type: "button", "aria-pressed": String(!is_off) }, text);
    button.addEventListener("click", () => {
      const off = $("article").classList.toggle(`no-${kind}`);
      button.setAttribute("aria-pressed", String(!off));
    });
    return button;
  }));
  $("article").focus({ preventScroll: true });
  const here = $("article").querySelector(".here");
  if (here && article.passages[0].passage !== Number(state.passage)) here.scrollIntoView({ block: "center" });
  else window.scrollTo(0, 0);
}

/** A name or a date in the text: a click searches for it. */
function pressed(span, kind, title, change) {
  return { start: span.start, end: span.end, make: (is_inner) => {
    const element = make(is_inner ? "span" : "button", { type: is_inner ? null : "button", class: kind, title });
    if (!is_inner) element.addEventListener("click", () => go({ ...empty(), ...change }));
    return element;
  } };
}

function name(entity) {
  const kinds = { person: "person", org: "organisation", place: "place" };
  return pressed(entity, `name ${entity.type}`, `${kinds[entity.type]}: ${entity.name}`, { [entity.type]: [entity.name] });
}

function spoken(date) {
  const is_day = date.from === date.to;
  const days = is_day ? day(date.from) : `${day(date.from)} to ${day(date.to)}`;
  return pressed(date, "date", `speaks of ${days}`, { about: [is_day ? date.from : `${date.from}..${date.to}`] });
}

async function background(id) {
  try {
    const answer = await ask("related", "/api/related", new URLSearchParams({ id, limit: 8 }));
    if (opened !== id) return;
    const items = answer.hits.map((hit) => make("li", {}, heading(hit, "h3"), facts(hit)));
    const none = answer.hits.length ? [] : [make("p", { class: "facts" }, "None found.")];
    $("background").replaceChildren(make("h2", {}, "Background"), make("ol", {}, ...items), ...none);
  } catch (error) {
    if (!is_stale(error)) failed(error, $("background"));
  }
}

// ---- What people do ----

let timer = 0;
$("q").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(typed, PAUSE);
});

/** The first letters add to the history, further ones change that entry: back leads past all of them. */
let typing = false;
function typed() {
  clearTimeout(timer);
  const q = $("q").value;
  if (q === state.q && state.article === null) return;
  go({ q, article: null, passage: null }, typing);
  typing = true;
}
$("q").addEventListener("blur", () => { typing = false; });
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  typed();
  typing = false;
  $("results").focus({ preventScroll: true });
});
$("sort").addEventListener("change", () => go({ sort: $("sort").value }));
$("axis-published").addEventListener("click", () => go({ axis: "published" }));
$("axis-mentioned").addEventListener("click", () => go({ axis: "mentioned" }));
$("more").addEventListener("click", async () => {
  const next = hits.length;
  await search(next);
  point(next);
});
$("home").addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  $("q").value = "";
  go(empty());
});
$("back").addEventListener("click", back);

/** To the results: by the history where they are the step before, so that forward leads here again. */
function back() {
  if (shown_question !== null && history.state?.from_results) history.back();
  else go({ article: null, passage: null });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const into = event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
  if (event.key === "Escape") {
    if (into) into.blur();
    else if (state.article !== null) back();
    return;
  }
  if (into) return;
  if (event.key === "/") {
    event.preventDefault();
    $("q").focus();
    $("q").select();
    window.scrollTo(0, 0);
  } else if (state.article === null && event.key === "j") {
    point(current + 1);
  } else if (state.article === null && event.key === "k") {
    point(current - 1);
  } else if (state.article === null && event.key === "Enter" && event.target === $("results") && hits[Math.max(0, current)]) {
    open(hits[Math.max(0, current)]);
  }
});

window.addEventListener("popstate", () => {
  state = read();
  $("q").value = state.q;
  show();
});

if (matchMedia("(max-width: 46rem)").matches) $("facets").open = false;
$("q").value = state.q;
show();
if (state.article === null && !state.q) $("q").focus({ preventScroll: true });
ask("status", "/api/status", new URLSearchParams())
  .then((status) => { $("index").textContent = `· ${counted(status.articles, "article", "articles")}, ${counted(status.passages, "passage", "passages")}`; })
  .catch(() => {});
