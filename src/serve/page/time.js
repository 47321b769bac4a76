// The timeline: bars that are brushed, by mouse, touch or keys, to a range of dates.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 72;
const LABELS = 16;

function svg(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Timeline {
  /** `narrow(from, to)` is called with inclusive days; `say(text)` with what the brush covers. */
  constructor(box, narrow, say) {
    this.box = box;
    this.narrow = narrow;
    this.say = say;
    this.buckets = [];
    this.anchor = null;
    this.cursor = null;
    this.dragging = false;
    box.addEventListener("pointerdown", (event) => this.down(event));
    box.addEventListener("pointermove", (event) => this.move(event));
    box.addEventListener("pointerup", (event) => this.up(event));
    box.addEventListener("pointercancel", () => this.clear());
    box.addEventListener("pointerleave", () => { if (!this.dragging) this.say(""); });
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("focus", () => {
      if (this.cursor === null && this.buckets.length) this.put(this.buckets.length - 1, false);
    });
    box.addEventListener("blur", () => { if (!this.dragging) this.clear(); });
    new ResizeObserver(() => this.draw()).observe(box);
  }

  show(buckets) {
    this.buckets = buckets;
    this.anchor = null;
    this.cursor = null;
    this.dragging = false;
    this.draw();
    if (document.activeElement === this.box && buckets.length) this.put(buckets.length - 1, false);
  }

  clear() {
    this.anchor = null;
    this.cursor = null;
    this.dragging = false;
    this.brush();
  }

  /** First and last bucket of the brush. */
  get selected() {
    if (this.cursor === null) return null;
    const other = this.anchor ?? this.cursor;
    return [Math.min(other, this.cursor), Math.max(other, this.cursor)];
  }

  at(event) {
    const { left, width } = this.box.getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / width) * this.buckets.length);
    return Math.max(0, Math.min(this.buckets.length - 1, place));
  }

  down(event) {
    if (!this.buckets.length || event.button !== 0) return;
    this.dragging = true;
    this.box.setPointerCapture(event.pointerId);
    this.anchor = this.at(event);
    this.cursor = this.anchor;
    this.brush();
  }

  move(event) {
    if (!this.buckets.length) return;
    if (this.dragging) {
      this.cursor = this.at(event);
      this.brush();
    } else {
      this.say(this.words([this.at(event), this.at(event)]));
    }
  }

  up(event) {
    if (!this.dragging) return;
    this.cursor = this.at(event);
    this.dragging = false;
    this.choose();
  }

  key(event) {
    const last = this.buckets.length - 1;
    if (last < 0) return;
    const now = this.cursor ?? last;
    const to = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1,
      PageUp: now + 12, PageDown: now - 12, Home: 0, End: last }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.put(Math.max(0, Math.min(last, to)), event.shiftKey);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      this.choose();
    } else if (event.key === "Escape" && this.anchor !== null) {
      event.stopPropagation();
      this.anchor = null;
      this.brush();
    }
  }

  put(place, extend) {
    this.anchor = extend ? (this.anchor ?? this.cursor ?? place) : null;
    this.cursor = place;
    this.brush();
  }

  choose() {
    const selected = this.selected;
    if (!selected) return;
    this.narrow(this.buckets[selected[0]].from, this.buckets[selected[1]].to);
  }

  words([first, last]) {
    if (!this.buckets[first]) return "";
    let count = 0;
    for (let at = first; at <= last; at += 1) count += this.buckets[at].count;
    const [from, to] = [this.buckets[first].label, this.buckets[last].label];
    const sum = count.toLocaleString("en");
    return first === last ? `${from}: ${sum}` : `${from} to ${to}: ${sum}`;
  }

  draw() {
    const width = Math.max(this.box.clientWidth, 100);
    const all = svg("svg", { width, height: HEIGHT + LABELS, "aria-hidden": "true", focusable: "false" });
    const step = width / Math.max(1, this.buckets.length);
    const most = Math.max(1, ...this.buckets.map((bucket) => bucket.count));
    this.shade = svg("rect", { class: "brush", y: 0, height: HEIGHT, width: 0, x: 0 });
    all.append(this.shade);
    let free = 0;
    this.buckets.forEach((bucket, at) => {
      if (bucket.count > 0) {
        // A root, so that one busy month does not flatten all others to nothing.
        const height = Math.max(3, Math.sqrt(bucket.count / most) * (HEIGHT - 4));
        all.append(svg("rect", { class: "bar", x: at * step + (step > 4 ? 1 : 0), y: HEIGHT - height,
          width: Math.max(1, step - (step > 4 ? 2 : 0)), height }));
      }
      const label = bucket.label;
      const is_year = label.length === 4 || label.endsWith("-01") || at === 0;
      const x = at * step;
      if (is_year && x >= free && x + 32 <= width) {
        all.append(svg("text", { x, y: HEIGHT + 13 }, label.slice(0, 4)));
        free = x + 44;
      }
    });
    all.append(svg("line", { class: "ground", x1: 0, x2: width, y1: HEIGHT, y2: HEIGHT }));
    this.box.replaceChildren(all);
    this.step = step;
    this.brush();
  }

  brush() {
    const selected = this.selected;
    const last = Math.max(0, this.buckets.length - 1);
    this.box.setAttribute("aria-valuemin", 0);
    this.box.setAttribute("aria-valuemax", last);
    this.box.setAttribute("aria-valuenow", this.cursor ?? last);
    this.box.setAttribute("aria-valuetext", selected ? this.words(selected) : "no dates selected");
    if (!this.shade) return;
    const [first, end] = selected ?? [0, -1];
    this.shade.setAttribute("x", first * this.step);
    this.shade.setAttribute("width", Math.max(0, (end - first + 1) * this.step));
    this.say(selected ? this.words(selected) : "");
  }
}
