/** Picture: the graph, whose boxes and arrows show the session's numbers. */

import { chooser, element, pushButton, putText } from "./elements.js";
import { boxFigures, fitted, sameNumber, slopeInto } from "./figures.js";
import { digits } from "./numbers.js";
import { shapes } from "./shapes.js";
import { Viewport } from "./viewport.js";
import { beside } from "./walk.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./shapes.js").Views} Views
 * @typedef {{active: number, phase: string, values: Set<number>, grads: Set<number>,
 *   slopes?: Set<number>}} Moment what is known; slopes are those of these heads, else of values
 * @typedef {{element: SVGElement, shown: number, members: number[], open: string | null,
 *   title: string, texts: Element[]}} Box
 * @typedef {{element: SVGElement, tail: Box, head: Box, slope: number | string | null,
 *   text: Element | null, title: string}} Arrow
 * @typedef {{select?: (node: number) => void,
 *   slope?: (head: number, place: number, tail: number) => string | undefined}} Told
 */

/** By how much a key, or a button, makes it larger. @type {Record<string, number>} */
const ZOOMS = { "+": 1.25, "=": 1.25, "-": 0.8 };

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
    /** The folding that is shown, and the one that was asked for. */
    this.key = this.wanted = "";
    this.selected = session.root;
    /** The value whose ways to the root are marked. @type {number | null} */
    this.traced = null;
    /** @type {Moment | null} */
    this.now = null;
    /** The arrow that is explained. @type {Arrow | null} */
    this.hinted = null;
    /** @type {Box[]} */
    this.boxes = [];
    /** @type {Arrow[]} */
    this.arrows = [];
    /** The box in which each value is. @type {Map<number, Box>} */
    this.home = new Map();
    /** The numbers that were written last. @type {Map<Element, (Num | null)[]>} */
    this.written = new Map();
    this.levels = chooser("boxes", views.levels, (key) => this.show(key));
    this.unfold = pushButton("unfold", "unfold", () => this.open());
    this.fold = pushButton("fold", "fold", () => this.close());
    this.trace = pushButton("paths", "paths", () =>
      this.highlight(this.traced === null ? this.selected : null));
    this.search = element("input", { type: "search", placeholder: "find a name",
      "aria-label": "find a name", oninput: () => this.find(this.search.value) });
    this.count = element("output", { class: "cr-matches" });
    this.hint = element("div", { class: "cr-hint", "aria-hidden": "true", hidden: true });
    this.drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.frame = element("div", { class: "cr-frame" }, this.drawing);
    this.viewport = new Viewport(this.frame, this.drawing);
    this.build(host);
    if (views.first) this.show(views.first);
    else this.frame.textContent = views.missing;
    /** When all foldings can be shown. */
    this.ready = this.unpack();
  }

  /** @param {HTMLElement} host */
  build(host) {
    const zoom = (/** @type {string} */ key) => () => this.viewport.zoom(ZOOMS[key]);
    host.append(element("div", { class: "cr-tools", role: "group", "aria-label": "Picture" },
      this.levels, this.unfold, this.fold, this.trace, pushButton("−", "smaller", zoom("-")),
      pushButton("+", "larger", zoom("+")), pushButton("fit", "fit", () => this.fit()),
      this.search, this.count), this.frame, this.hint);
    const { drawing } = this, hint = () => this.explain(this.hinted);
    drawing.setAttribute("role", "group");
    drawing.setAttribute("aria-label", "boxes and arrows of the graph");
    drawing.addEventListener("click", (event) => this.clicked(event));
    drawing.addEventListener("keydown", (event) => this.pressed(event));
    for (const kind of ["pointerover", "focusin", "pointerout", "focusout"])
      drawing.addEventListener(kind, ({ target }) => this.explain(/over|in/.test(kind)
        && this.arrows.find((one) => one.element.contains(/** @type {Node} */ (target))) || null));
    this.frame.addEventListener("scroll", hint);
  }

  /** The foldings that came compressed; one that was asked for before is shown then. */
  async unpack() {
    const packed = Uint8Array.from(atob(this.views.packed), (char) => char.charCodeAt(0));
    if (!packed.length) return;
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    Object.assign(this.views.foldings, await new Response(stream).json());
    this.show(this.wanted);
  }

  /** Another folding; nothing where there is none of that name. @param {string} key */
  show(key) {
    const folding = this.views.foldings[key];
    this.wanted = key;
    if (!folding || key === this.key) return;
    this.key = key;
    this.folding = folding;
    this.levels.value = folding.of ?? key;
    const focused = this.drawing.contains(document.activeElement);
    this.viewport.draw(shapes(this.views, folding), folding.size);
    const all = (/** @type {string} */ kind) =>
      /** @type {NodeListOf<SVGElement>} */ (this.drawing.querySelectorAll(kind));
    const boxes = all(".cr-box"), arrows = all(".cr-arrow");
    this.boxes = folding.boxes.map(([, , , , title, , shown, group, open], index) => ({
      element: boxes[index], shown, open, title: this.views.titles[title].replace("\n", " "),
      members: group < 0 ? [shown] : this.views.groups[group],
      texts: [...boxes[index].querySelectorAll(".cr-number")],
    }));
    this.arrows = folding.arrows.map(([tail, head, , , , , , slope], index) => {
      const ends = [this.boxes[tail], this.boxes[head]], shape = arrows[index];
      const text = shape.querySelector("text"), title = this.titleOf(ends, slope);
      shape.setAttribute("aria-label", title);
      if (text && typeof slope === "string") putText(text, slope);
      return { element: shape, tail: ends[0], head: ends[1], slope, text, title };
    });
    this.home = new Map(this.boxes.flatMap((box) => box.members.map((node) => [node, box])));
    this.written.clear();
    this.explain(null);
    this.moment(this.now);
    this.mark(this.selected);
    this.highlight(this.traced);
    if (focused) this.stop?.focus({ preventScroll: true });
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
    const { session, views, now } = this, { shown, members } = box, several = shown < 0;
    const known = (/** @type {Set<number> | undefined} */ set) =>
      !set || (several ? members : [shown]).every((node) => set.has(node));
    const figures = boxFigures(session, shown, members), last = figures.length - 1;
    const [valued, graded] = [known(now?.values), known(now?.grads)];
    const given = figures.map((one, at) => ((at < last ? valued : graded) ? one : null));
    if (!this.differs(box.element, given)) return;
    const most = several ? views.few : views.digits, room = most + views.room - views.digits;
    const texts = given.map((one) => (one === null ? "" : fitted(one, most, room, views.asked)));
    putText(box.texts[0], texts.slice(0, last).filter(Boolean).join(" … "));
    putText(box.texts[1], texts[last]);
  }

  /** @param {Arrow} arrow without a label it says its slope when it is asked: see `explain` */
  writeArrow(arrow) {
    const { views, now, folding } = this, { text, head, slope } = arrow;
    if (text === null || typeof slope !== "number") return;
    const number = now && !now.values.has(head.shown) ? null : this.slopeOf(arrow);
    if (!this.differs(arrow.element, [number])) return;
    putText(text, number === null ? ""
      : fitted(number, folding?.digits ?? views.few, views.slope, views.asked));
    arrow.element.setAttribute("aria-label", `${arrow.title} ${text.textContent}`);
  }

  /** Whether numbers are others than those that were written. @param {Element} where */
  differs(where, /** @type {(Num | null)[]} */ numbers) {
    const before = this.written.get(where);
    this.written.set(where, numbers);
    return !before || !numbers.every((number, at) => sameNumber(number, before[at]));
  }

  /** @param {Arrow} arrow the slope that it shows, of its head to its tail @returns {Num | null} */
  slopeOf({ slope, head, tail }) {
    if (this.now?.slopes?.has(head.shown) === false || typeof slope !== "number") return null;
    return slopeInto(this.session, head, tail.shown, slope);
  }

  /** What an arrow is: `∂h/∂w₁ =`. @param {Box[]} ends @param {Arrow["slope"]} slope */
  titleOf(ends, slope) {
    const [below, above] = ends.map(({ shown, title }) =>
      this.session.nodes[shown]?.name?.text ?? (/\W/u.test(title) ? `(${title})` : title));
    return typeof slope === "number" ? `∂${above}/∂${below} =` : `${below} → ${above}`;
  }

  /** Says beside an arrow what it shows. @param {Arrow | null} arrow */
  explain(arrow) {
    const { hint } = this;
    this.hinted = arrow;
    hint.hidden = arrow === null;
    if (arrow === null) return;
    const { head, slope, tail, title } = arrow, number = this.slopeOf(arrow);
    const said = number !== null && this.on.slope?.(head.shown, Number(slope), tail.shown);
    putText(hint, said || (number !== null ? `${title} ${digits(number, 12)}` : title));
    arrow.element.setAttribute("aria-label", String(hint.textContent));
    const host = /** @type {HTMLElement} */ (hint.parentElement).getBoundingClientRect();
    const at = (arrow.text ?? arrow.element).getBoundingClientRect();
    const left = (at.left + at.right - hint.offsetWidth) / 2 - host.left;
    hint.style.left = `${Math.max(4, Math.min(left, host.width - hint.offsetWidth - 4))}px`;
    hint.style.top = `${Math.max(4, at.top - host.top - hint.offsetHeight - 4)}px`;
  }

  /** The picture in the middle of a film; null is at its end. @param {Moment | null} moment */
  moment(moment) {
    this.now = moment;
    this.update();
    const active = moment ? this.home.get(moment.active) : undefined;
    const put = (/** @type {Element} */ shape, /** @type {boolean} */ on) => {
      for (const phase of ["forward", "backward"])
        shape.classList.toggle(`cr-${phase}`, on && moment?.phase === phase);
    };
    for (const box of this.boxes) put(box.element, box === active);
    for (const arrow of this.arrows) put(arrow.element, arrow.head === active);
    if (moment) this.reveal(moment.active);
  }

  /** Marks all ways from a value to the root, or none. @param {number | null} node */
  highlight(node) {
    const { parents } = this.session, on = new Set(node === null ? [] : [node]);
    const comes = (/** @type {number} */ place, /** @type {Set<number>} */ from) =>
      parents[place].some((parent) => parent !== null && from.has(parent));
    parents.forEach((_, place) => comes(place, on) && on.add(place));
    this.traced = node;
    this.drawing.classList.toggle("cr-traced", node !== null);
    this.trace.setAttribute("aria-pressed", String(node !== null));
    for (const box of this.boxes)
      box.element.classList.toggle("cr-on", box.members.some((place) => on.has(place)));
    for (const { element: shape, tail, head } of this.arrows) {
      const from = new Set(tail.members.filter((place) => on.has(place)));
      shape.classList.toggle("cr-on", head.members.some((place) => comes(place, from)));
    }
  }

  /**
   * Marks the boxes of a name, or of those that begin so; shows the first, gives how many.
   * @param {string} text
   */
  find(text) {
    const wanted = plainName(text), { nodes } = this.session;
    const called = nodes.map((node) => [node.label, node.name?.text ?? ""].map(plainName));
    const those = (/** @type {(name: string) => boolean} */ fits) =>
      [...nodes.keys()].filter((node) => wanted && called[node].some(fits));
    const exact = those((name) => name === wanted);
    const found = exact.length ? exact : those((name) => name.startsWith(wanted));
    if (found.length && !found.some((node) => this.home.has(node))) this.show(this.keyOf(found[0]));
    const boxes = new Set(found.map((node) => this.home.get(node)));
    for (const box of this.boxes) box.element.classList.toggle("cr-found", boxes.has(box));
    putText(this.count, wanted ? `${found.length || "none"} found` : "");
    if (found.length) this.reveal(found[0]);
    return found.length;
  }

  /** The first folding in which a value is in a box. @param {number} node */
  keyOf(node) {
    const { foldings, groups } = this.views;
    return Object.keys(foldings).find((key) => foldings[key].boxes.some((box) =>
      box[6] === node || groups[box[7]]?.includes(node))) ?? this.key;
  }

  /** Unfolds a box. */
  open(box = this.home.get(this.selected)) {
    if (!box?.open) return;
    this.show(box.open);
    this.reveal(box.members[box.members.length - 1]);
  }

  close() {
    if (!this.folding?.of) return;
    this.show(this.folding.of);
    this.reveal(this.selected);
  }

  /** Moves the box of a value into view. @param {number} node */
  reveal(node) {
    const box = this.home.get(node);
    if (box) this.viewport.reveal(box.element);
  }

  /** Marks the box of a value as the one that is chosen. @param {number} node */
  mark(node) {
    this.selected = node;
    const own = this.home.get(node);
    for (const box of this.boxes) box.element.setAttribute("aria-pressed", String(box === own));
    this.unfold.disabled = !own?.open;
    this.fold.disabled = !this.folding?.of;
    this.reach((own ?? this.boxes[0])?.element);
  }

  /** The one shape that the tab key comes to. @param {SVGElement | undefined} shape */
  reach(shape) {
    this.stop?.setAttribute("tabindex", "-1");
    shape?.setAttribute("tabindex", "0");
    this.stop = shape;
  }

  /** @param {Event} event */
  clicked({ target }) {
    const at = /** @type {Element} */ (target);
    const box = this.boxes.find((one) => one.element.contains(at));
    if (box && at.closest(".cr-open")) this.open(box);
    else if (box) this.choose(box);
  }

  /** @param {Box} box */
  choose({ shown, members }) {
    const node = shown < 0 ? members[members.length - 1] : shown;
    this.mark(node);
    if (this.traced !== null) this.highlight(node);
    this.on.select?.(node);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = /** @type {SVGElement} */ (event.target), { key } = event;
    const next = /** @type {SVGElement} */ (beside(this.boxes, this.arrows, from, key));
    const box = this.boxes.find((one) => one.element === from);
    if (next) {
      this.reach(next);
      next.focus({ preventScroll: true });
      this.viewport.reveal(next);
    } else if (box && (key === "Enter" || key === " ")) this.choose(box);
    else if (box && key === "u") this.open(box);
    else if (key === "f") this.close();
    else if (key in ZOOMS) this.viewport.zoom(ZOOMS[key]);
    else if (key === "0") this.fit();
    else if (key === "Escape" && this.hinted) this.explain(null);
    else return;
    event.preventDefault();
  }
}

/** A name as it is typed: w₁ is w1. @param {string} name */
const plainName = (name) => name.normalize("NFKD").replace(/[\u0300-\u036f\s]/g, "").toLowerCase();
