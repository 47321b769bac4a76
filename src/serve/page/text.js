// Text from articles → nodes. Nothing here (or elsewhere) parses markup: text is only ever text.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An element with attributes and children; a child that is no node becomes text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A link where the address is a web page's, else its text alone: `javascript:` and its like lead nowhere. */
export function link(address, text) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return make("span", {}, text);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return make("span", {}, text);
  return make("a", { href: url.href, rel: "noopener noreferrer external", target: "_blank" }, text);
}

/**
 * `text` with spans marked. A span is `{start, end, make}`, UTF-8 bytes of `text`; `make` gives the element and
 * is told whether it will lie in a button, which may hold no other.
 * Spans may lie in each other; one that only overlaps another is cut at its end.
 */
export function marked(text, spans) {
  const bytes = encoder.encode(text);
  const slice = (start, end) => decoder.decode(bytes.subarray(start, end));
  const sorted = spans
    .filter((span) => span.start >= 0 && span.end <= bytes.length && span.start < span.end)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let next = 0;
  const fill = (parent, start, end) => {
    let at = start;
    while (next < sorted.length && sorted[next].start < end) {
      const span = sorted[next];
      next += 1;
      if (span.start < at) continue;
      parent.append(slice(at, span.start));
      const stop = Math.min(span.end, end);
      const element = span.make(parent instanceof Element && parent.closest("button") !== null);
      fill(element, span.start, stop);
      parent.append(element);
      at = stop;
    }
    parent.append(slice(at, end));
  };
  const all = document.createDocumentFragment();
  fill(all, 0, bytes.length);
  return all;
}

/** Spans of `[start, end]` pairs as `<mark>`. */
export function marks(pairs) {
  return (pairs ?? []).map(([start, end]) => ({ start, end, make: () => document.createElement("mark") }));
}

/** Spans within `from..to`, moved to count from there. */
export function within(spans, from, to) {
  return spans
    .filter((span) => span.start >= from && span.end <= to)
    .map((span) => ({ ...span, start: span.start - from, end: span.end - from }));
}

export function bytesOf(text) {
  return encoder.encode(text).length;
}

/** A date as its reader writes it: as precise as it is known. */
export function day(published) {
  if (!published) return "undated";
  const [, year, month, date] = /^(-?\d{4,6})(?:-(\d\d))?(?:-(\d\d))?/.exec(published) ?? [];
  if (!year) return published;
  if (!month) return year;
  const names = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December"];
  const name = names[Number(month) - 1];
  return date ? `${Number(date)} ${name} ${year}` : `${name} ${year}`;
}

export function number(value) {
  return value.toLocaleString("en");
}

export function counted(value, one, many) {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** A language code that may stand in `lang`, else none. */
export function lang(code) {
  return /^[a-z]{2,3}$/.test(code ?? "") ? code : null;
}
