/** Picture: the graph, whose boxes and arrows show the session's numbers. */

import { chooser, element, pushButton, putText } from "./elements.js";
import { add, compare, digits, isExact, mul, neg, short, whole } from "./numbers.js";
import { shapes } from "./shapes.js";
import { Viewport } from "./viewport.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./shapes.js").Views} Views
 * @typedef {{active: number, phase: string, values: Set<number>, grads: Set<number>}} Moment
 * @typedef {{element: SVGGElement, index: number, shown: number, members: number[], open: string |
 *   null, title: string, texts: SVGTextElement[]}} Box
 * @typedef {{element: SVGGElement, tail: Box, head: Box, slope: number | string | null,
 *   text: SVGTextElement | null}} Arrow
 * @typedef {{select?: (node: number) => void,
 *   slope?: (head: number, place: number, tail: number) => string | undefined}} Told
 */

const ZOOMS = /** @type {Record<string, number>} */ ({ "+": 1.25, "=": 1.25, "-": 0.8 });

export class Picture {
  /**
   * @param {HTMLElement} host
   * @param {import("./graph.js").Session} session
   * @param {Views} views
   * @param {Told} on `select(node)` is told of a box that is chosen; `slope` may say, as text, what
   *   an arrow shows: the slope of `head` to its argument at `place`, -1 for a way through its box
   */
  constructor(host, session, views, on = {}) {
    this.session = session;
    this.views = views;
    this.on = on;
    this.key = "";
    this.selected = session.root;
    /** The value whose ways to the root are marked. @type {number | null} */
    this.traced = null;
    /** @type {Moment | null} */
    this.now = null;
    /** @type {Box[]} */
    this.boxes = [];
    /** @type {Arrow[]} */
    this.arrows = [];
    /** The box in which each value is. @type {Map<number, Box>} */
    this.home = new Map();
    /** What was written last, by element. @type {Map<Element, (Num | null)[]>} */
    this.written = new Map();
    this.levels = chooser("boxes", views.levels, (key) => this.show(key));
    this.unfold = pushButton("unfold", "unfold the box", () => this.open());
    this.fold = pushButton("fold", "fold again", () => this.close());
    this.trace = pushButton("paths", "mark all paths to the root", () =>
      this.highlight(this.traced === null ? this.selected : null));
    this.search = element("input", { type: "search", placeholder: "find a name",
      "aria-label": "find a name", oninput: () => this.find(this.search.value) });
    this.count = element("output", { class: "cr-count" });
    this.hint = element("div", { class: "cr-hint", role: "tooltip", hidden: true });
    this.drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.frame = element("div", { class: "cr-frame" }, this.drawing);
    this.viewport = new Viewport(this.frame, this.drawing);
    this.build(host);
    if (views.first) this.show(views.first);
    else this.frame.textContent = views.missing;
  }

  /** @param {HTMLElement} host */
  build(host) {
    const { drawing } = this;
    const zoom = (/** @type {number} */ by) => () => this.viewport.zoom(by);
    host.append(element("div", { class: "cr-tools", role: "group", "aria-label": "Picture" },
      this.levels, this.unfold, this.fold, this.trace, pushButton("−", "smaller", zoom(0.8)),
      pushButton("+", "larger", zoom(1.25)), pushButton("fit", "fit", () => this.fit()),
      this.search, this.count), this.frame, this.hint);
    drawing.setAttribute("role", "group");
    drawing.setAttribute("aria-label", "boxes and arrows of the graph");
    drawing.addEventListener("click", (event) => this.clicked(event));
    drawing.addEventListener("keydown", (event) => this.pressed(event));
    for (const [kind, on] of /** @type {const} */ ([["pointerover", true], ["focusin", true],
      ["pointerout", false], ["focusout", false]]))
      drawing.addEventListener(kind, (event) => this.explain(on ? this.arrowOf(event) : null));
  }

  /** Another folding; nothing where there is none of that name. @param {string} key */
  show(key) {
    const folding = this.views.foldings[key];
    if (!folding || key === this.key) return;
    this.key = key;
    this.folding = folding;
    this.levels.value = folding.of ?? key;
    this.viewport.draw(shapes(this.views, folding), folding.size);
    const all = (/** @type {string} */ kind) => [...this.drawing.querySelectorAll(`.${kind}`)];
    const boxes = /** @type {SVGGElement[]} */ (all("cr-box"));
    const arrows = /** @type {SVGGElement[]} */ (all("cr-arrow"));
    this.boxes = folding.boxes.map(([, , , , title, , shown, group, open], index) => ({
      element: boxes[index], index, shown, open, title: this.views.titles[title],
      members: group < 0 ? [shown] : this.views.groups[group],
      texts: [...boxes[index].querySelectorAll("text")].filter((text) => text.matches(".cr-number")),
    }));
    this.arrows = folding.arrows.map(([tail, head, , , , , , slope], index) => ({
      element: arrows[index], tail: this.boxes[tail], head: this.boxes[head], slope,
      text: arrows[index].querySelector("text"),
    }));
    this.home = new Map(this.boxes.flatMap((box) => box.members.map((node) => [node, box])));
    this.written.clear();
    this.update();
    this.mark(this.selected);
    this.highlight(this.traced);
  }

  fit() {
    this.viewport.fit();
  }

  /** Writes what has changed. */
  update() {
    for (const box of this.boxes) this.writeBox(box);
    for (const arrow of this.arrows) this.writeArrow(arrow);
  }

  /** @param {Box} box */
  writeBox(box) {
    const { values, gradients } = this.session, { views, now } = this, { shown, members } = box;
    const known = (/** @type {"values" | "grads"} */ which) =>
      !now || (shown < 0 ? members : [shown]).every((node) => now[which].has(node));
    let numbers = [values[shown] ?? null, gradients[shown] ?? (shown < 0 ? null : whole(0n))];
    if (shown < 0) numbers = [...this.span(members), this.bound(members)];
    const given = [...numbers.slice(0, -1).map((number) => known("values") ? number : null),
      known("grads") ? numbers[numbers.length - 1] : null];
    if (!this.differs(box.element, given)) return;
    const room = shown < 0 ? views.few + views.room - views.digits : views.room;
    const texts = given.map((number) => number === null ? ""
      : fitted(number, shown < 0 ? views.few : views.digits, room, views.exactly));
    const value = texts.slice(0, -1).filter(Boolean).join(" … "), grad = texts[texts.length - 1];
    putText(box.texts[0], value);
    putText(box.texts[1], grad);
  }

  /** The least and the largest value that is computed in a box. @param {number[]} members */
  span(members) {
    const { values, nodes } = this.session;
    const computed = members.filter((node) => nodes[node].op !== null);
    const numbers = (computed.length ? computed : members).map((node) => values[node]);
    const sound = numbers.filter((number) => compare(number, number) === 0);
    return sound.length ? [least(sound), neg(least(sound.map(neg)))] : [NaN];
  }

  /** What no gradient in a box exceeds. @param {number[]} members */
  bound(members) {
    const sizes = members.map((node) => this.session.gradients[node] ?? whole(0n))
      .map((number) => compare(number, 0) < 0 ? neg(number) : number)
      .filter((number) => compare(number, number) === 0);
    return sizes.length ? neg(least(sizes.map(neg))) : NaN;
  }

  /** @param {Arrow} arrow */
  writeArrow(arrow) {
    const { views, now } = this, { text, head, slope } = arrow;
    const number = now && !now.values.has(head.shown) ? null : this.slopeOf(arrow);
    if (!this.differs(arrow.element, [number])) return;
    if (text && typeof slope === "string") putText(text, slope);
    else if (text) putText(text, number === null ? ""
      : fitted(number, this.folding?.digits ?? 6, views.slope, views.exactly));
    arrow.element.setAttribute("aria-label", this.said(arrow));
  }

  /** The slope that an arrow shows, of what its head shows to what its tail does. */
  slopeOf(/** @type {Arrow} */ { slope, head, tail }) {
    const { session } = this, zero = whole(0n);
    if (typeof slope !== "number") return null;
    if (slope >= 0) return session.slopes[head.shown][slope] ?? zero;
    /** @type {Map<number, Num>} */
    const found = new Map([[head.shown, whole(1n)]]);
    for (const node of [...head.members].reverse())
      session.parents[node].forEach((parent, place) => {
        const above = found.get(node), own = session.slopes[node][place];
        if (parent === null || above === undefined || own === null) return;
        const share = mul(above, own), other = found.get(parent);
        found.set(parent, other === undefined ? share : add(other, share));
      });
    return found.get(tail.shown) ?? zero;
  }

  /** What an arrow says: `∂h/∂w₁ = 5`. @param {Arrow} arrow */
  said(arrow) {
    const { slope, head, tail } = arrow, number = this.slopeOf(arrow);
    if (number === null) return `${this.called(tail)} → ${this.called(head)}`;
    return this.on.slope?.(head.shown, Number(slope), tail.shown)
      ?? `∂${this.called(head)}/∂${this.called(tail)} = ${digits(number, 12)}`;
  }

  /** @param {Box} box its name, else its title */
  called(box) {
    return this.session.nodes[box.shown]?.name?.text ?? box.title.replace("\n", " ");
  }

  /** Whether numbers are others than those that were written. @param {Element} where */
  differs(where, /** @type {(Num | null)[]} */ numbers) {
    const before = this.written.get(where);
    this.written.set(where, numbers);
    return before?.length !== numbers.length || !numbers.every((number, k) => same(number, before[k]));
  }

  /** The picture in the middle of a film; null is at its end. @param {Moment | null} moment */
  moment(moment) {
    this.now = moment;
    this.update();
    const active = moment ? this.home.get(moment.active) : undefined;
    for (const { element: shape, head } of [...this.boxes.map((box) => ({ ...box, head: box })),
      ...this.arrows]) {
      shape.classList.toggle("cr-forward", head === active && moment?.phase === "forward");
      shape.classList.toggle("cr-backward", head === active && moment?.phase === "backward");
    }
    if (active) this.viewport.reveal(active.element);
  }

  /** Marks all ways from a value to the root, or none. @param {number | null} node */
  highlight(node) {
    this.traced = node;
    const on = new Set(node === null ? [] : [node]);
    this.session.parents.forEach((parents, place) => {
      if (parents.some((parent) => parent !== null && on.has(parent))) on.add(place);
    });
    this.drawing.classList.toggle("cr-traced", node !== null);
    this.trace.setAttribute("aria-pressed", String(node !== null));
    for (const box of this.boxes)
      box.element.classList.toggle("cr-on", box.members.some((place) => on.has(place)));
    for (const { element: shape, tail, head } of this.arrows) {
      const from = new Set(tail.members.filter((place) => on.has(place)));
      shape.classList.toggle("cr-on", head.members.some((place) => on.has(place)
        && this.session.parents[place].some((parent) => parent !== null && from.has(parent))));
    }
  }

  /** Marks the boxes of a name and shows the first; gives how many there are. @param {string} text */
  find(text) {
    const wanted = plainName(text), { nodes } = this.session;
    const found = wanted ? [...nodes.keys()].filter((node) =>
      [nodes[node].label, nodes[node].name?.text ?? ""].some((name) => plainName(name) === wanted))
      : [];
    if (found.length && !found.some((node) => this.home.has(node))) this.show(this.holding(found[0]));
    const boxes = new Set(found.map((node) => this.home.get(node)));
    for (const box of this.boxes) box.element.classList.toggle("cr-found", boxes.has(box));
    putText(this.count, wanted ? `${found.length || "none"} found` : "");
    const first = this.boxes.find((box) => boxes.has(box));
    if (first) this.viewport.reveal(first.element);
    return found.length;
  }

  /** The first folding in which a value is in a box. @param {number} node */
  holding(node) {
    const { foldings, groups } = this.views;
    return Object.keys(foldings).find((key) => foldings[key].boxes.some((box) =>
      box[6] === node || groups[box[7]]?.includes(node))) ?? this.key;
  }

  /** Unfolds a box. */
  open(box = this.home.get(this.selected)) {
    if (box?.open) this.show(box.open);
  }

  close() {
    if (this.folding?.of) this.show(this.folding.of);
  }

  /** Marks a box as the one that is chosen. @param {number} node */
  mark(node) {
    this.selected = node;
    const box = this.home.get(node) ?? this.boxes[0];
    for (const other of this.boxes) other.element.setAttribute("aria-pressed", String(other === box));
    this.unfold.disabled = !box?.open;
    this.fold.disabled = !this.folding?.of;
    this.reach(box?.element);
  }

  /** The one shape that the tab key comes to. @param {Element | undefined} shape */
  reach(shape) {
    this.drawing.querySelectorAll('[tabindex="0"]').forEach((old) => old.setAttribute("tabindex", "-1"));
    shape?.setAttribute("tabindex", "0");
  }

  /** @param {Event} event */
  clicked(event) {
    const target = /** @type {Element} */ (event.target);
    const box = this.boxes.find((one) => one.element.contains(target));
    if (!box) return;
    if (target.closest(".cr-open")) return this.open(box);
    this.choose(box);
  }

  /** @param {Box} box */
  choose(box) {
    const node = box.shown < 0 ? box.members[box.members.length - 1] : box.shown;
    this.mark(node);
    this.on.select?.(node);
  }

  /** @param {Event} event */
  arrowOf(event) {
    const target = /** @type {Node} */ (event.target);
    return this.arrows.find((arrow) => arrow.element.contains(target)) ?? null;
  }

  /** Says beside an arrow what it shows. @param {Arrow | null} arrow */
  explain(arrow) {
    this.hint.hidden = arrow === null;
    if (arrow === null) return;
    const host = /** @type {HTMLElement} */ (this.hint.parentElement).getBoundingClientRect();
    const at = (arrow.text ?? arrow.element).getBoundingClientRect();
    putText(this.hint, this.said(arrow));
    const left = (at.left + at.right) / 2 - host.left - this.hint.offsetWidth / 2;
    const most = host.width - this.hint.offsetWidth - 4;
    this.hint.style.left = `${Math.max(4, Math.min(left, most))}px`;
    this.hint.style.top = `${Math.max(4, at.top - host.top - this.hint.offsetHeight - 4)}px`;
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {Element} */ (event.target), { key } = event;
    const box = this.boxes.find((one) => one.element === target), arrow = this.arrowOf(event);
    const next = box ? this.besideBox(box, key) : arrow ? this.besideArrow(arrow, key) : undefined;
    if (next) {
      this.reach(next);
      next.focus({ preventScroll: true });
      this.viewport.reveal(next);
    } else if (box && (key === "Enter" || key === " ")) this.choose(box);
    else if (box && key === "u") this.open(box);
    else if (key === "f") this.close();
    else if (key in ZOOMS) this.viewport.zoom(ZOOMS[key]);
    else if (key === "0") this.fit();
    else return;
    event.preventDefault();
  }

  /** Up and down are the boxes in order; left and right the arrows. @param {Box} box */
  besideBox(box, /** @type {string} */ key) {
    const { boxes, arrows } = this, last = boxes.length - 1;
    const place = { ArrowUp: box.index - 1, ArrowDown: box.index + 1, Home: 0, End: last }[key];
    if (place !== undefined) return boxes[Math.min(Math.max(0, place), last)].element;
    if (key === "ArrowLeft") return arrows.find(({ head }) => head === box)?.element;
    return key === "ArrowRight" ? arrows.find(({ tail }) => tail === box)?.element : undefined;
  }

  /** Left and right are its ends; up and down the others to the same box. @param {Arrow} arrow */
  besideArrow(arrow, /** @type {string} */ key) {
    const others = this.arrows.filter(({ head }) => head === arrow.head);
    const way = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (way) return others[(others.indexOf(arrow) + way + others.length) % others.length].element;
    return { ArrowLeft: arrow.tail, ArrowRight: arrow.head }[key]?.element;
  }
}

/** @param {Num[]} numbers */
const least = (numbers) => numbers.reduce((one, other) => (compare(other, one) < 0 ? other : one));

/** @param {Num | null} one @param {Num | null} other */
function same(one, other) {
  if (one === null || other === null || !isExact(one) || !isExact(other)) return Object.is(one, other);
  return one.n === other.n && one.d === other.d;
}

/** A name as it is typed: w₁ is w1. @param {string} name */
const plainName = (name) => name.normalize("NFKD").replace(/[\u0300-\u036f\s]/g, "").toLowerCase();

/**
 * A number in so many characters, with fewer digits where it is long.
 * @param {Num} number @param {number} significant @param {number} room @param {boolean} exactly
 */
export function fitted(number, significant, room, exactly = false) {
  let text = "";
  for (let few = significant; few > 0; few -= 1) {
    text = exactly ? digits(number, few) : short(number, few);
    if (text.length <= room) break;
  }
  return text;
}
