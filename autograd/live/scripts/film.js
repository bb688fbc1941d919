/** Film: the forward and the backward pass, held in the hand, one step at a time. */

import { chooser, element, pushButton, putHTML, putText } from "./elements.js";
import { stepSentence, steps, totalsOf } from "./passes.js";
import { escapeHTML } from "./typeset.js";

/** @typedef {import("./passes.js").Step} Step */

/** Milliseconds between two steps while it plays. */
const BEAT = 1500;

const LEVELS = /** @type {[string, string][]} */ ([
  ["op", "of single operations"],
  ["named", "of named values"],
]);

export class Film {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.key = "film";
    this.title = "Film";
    this.step = 1;
    this.level = page.program.options.level;
    this.timer = 0;
    /** The folding that the film asked for, and the one that was there before. */
    this.pictured = this.before = "";
    /** Whether a number has changed since the steps were worked out. */
    this.stale = true;
    /** @type {Step[]} */
    this.known = [];
    /** The values whose gradients are known at this step. @type {Set<number>} */
    this.grads = new Set();
    this.play = pushButton("play", "play or pause", () => this.toggle());
    this.first = pushButton("«", "to the start", () => this.go(1));
    this.back = pushButton("‹", "back", () => this.go(this.step - 1));
    this.next = pushButton("›", "next", () => this.go(this.step + 1));
    this.last = pushButton("»", "to the end", () => this.go(Infinity));
    this.slider = element("input", { type: "range", min: 1, "aria-label": "step",
      oninput: () => this.go(Number(this.slider.value)) });
    this.count = element("span", { class: "cr-count" });
    this.levels = chooser("steps", LEVELS, (level) => this.change(level));
    /** What happens, for who hears it, and where we are, for who sees the working below. */
    this.sentence = element("p", { class: "cr-spoken", role: "status", "aria-live": "polite" });
    this.place = element("p", { class: "cr-sentence" });
    this.lines = element("div", { class: "cr-lines", tabindex: 0, role: "region",
      "aria-label": "working" });
    this.panel = element("div", { class: "cr-film" },
      element("div", { class: "cr-bar", role: "group", "aria-label": "film" },
        this.first, this.back, this.play, this.next, this.last, this.slider, this.count,
        this.levels),
      this.sentence, this.place, this.lines);
  }

  /** The steps, with the present numbers. */
  get steps() {
    if (this.stale) this.known = steps(this.page.book, this.level);
    this.stale = false;
    return this.known;
  }

  /** Goes to a step, from 1, or to the nearest there is. @param {number} wanted */
  go(wanted) {
    this.step = Math.max(1, Math.min(Math.round(wanted) || 1, this.steps.length));
    if (this.step === this.steps.length) this.pause();
    this.page.show(this.key);
  }

  /** @param {string} level */
  change(level) {
    this.level = level;
    this.stale = true;
    this.go(1);
  }

  toggle() {
    if (this.timer) this.pause();
    else {
      if (this.step >= this.steps.length) this.step = 1;
      this.timer = setInterval(() => this.go(this.step + 1), BEAT);
    }
    this.page.draw();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
  }

  /** The picture has a box for what a step is of, until the film is left. */
  unfold() {
    const { picture } = this.page;
    if (this.pictured === this.level) return;
    if (this.pictured === "") this.before = picture.wanted;
    picture.show(this.pictured = this.level);
  }

  leave() {
    this.pause();
    this.pictured = "";
    this.page.picture.moment(null);
    this.page.picture.show(this.before);
  }

  update() {
    const { page, steps: all } = this, step = all[this.step - 1];
    if (step === undefined) return putText(this.sentence, "There is no step: nothing is computed.");
    this.unfold();
    const moment = this.moment(step);
    this.grads = moment.grads;
    page.picture.moment(moment);
    this.slider.max = String(all.length);
    this.slider.value = String(this.step);
    this.slider.setAttribute("aria-valuetext", step.title);
    putText(this.count, `${this.step} / ${all.length}`);
    putText(this.play, this.timer ? "pause" : "play");
    this.first.disabled = this.back.disabled = this.step === 1;
    this.last.disabled = this.next.disabled = this.step === all.length;
    this.levels.value = this.level;
    putText(this.sentence, stepSentence(page.book, step));
    putHTML(this.place, `<b>${escapeHTML(step.title)}</b> <span class="cr-faint">${
      escapeHTML(step.rule)}</span>`);
    this.place.className = `cr-sentence cr-${step.phase}`;
    putHTML(this.lines, this.written(step));
  }

  /** @param {number} node */
  hides(node) {
    return !this.grads.has(node);
  }

  /** What the picture shows at a step: what is known by then. @param {Step} step */
  moment(step) {
    const { root, leaves, nodes } = this.page.session;
    const until = this.steps.slice(0, this.step), back = until.filter(isBackward);
    const reached = back.length ? root : Math.max(...until.map(({ node }) => node));
    const values = new Set([...leaves, ...Array(reached + 1).keys()]);
    const complete = back.flatMap(({ parts }) => parts.filter(({ use }) => use[0] === use[1]));
    const grads = new Set([...back, ...complete.map((part) => ({ node: part.parent }))]
      .map(({ node }) => node));
    if (this.step === this.steps.length) nodes.forEach((_, node) => grads.add(node));
    return { active: step.node, phase: step.phase, values, grads };
  }

  /** The working of a step, and what it adds to whom. @param {Step} step */
  written(step) {
    const parts = step.parts.map((part) => {
      const [before, total] = totalsOf(this.page.book, part);
      const adds = part.product === null ? "" : `<div class="cr-adds">adds ${
        part.product.working()} to ${escapeHTML(part.name)}: ${before} → <b>${total}</b></div>`;
      return part.line.html() + adds;
    });
    const notes = step.notes.map((note) => `<p class="cr-lesson">${escapeHTML(note)}</p>`);
    return [step.line.html(), ...parts, ...notes].join("");
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const way = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === " ") this.toggle();
    else if (way !== undefined) this.go(this.step + way);
    return event.key === " " || way !== undefined;
  }

  address() {
    const own = this.level === this.page.program.options.level;
    return `step=${this.step}${own ? "" : `&level=${this.level}`}`;
  }

  /** @param {URLSearchParams} asked */
  arrives(asked) {
    const step = Math.round(Number(asked.get("step"))) || 1;
    const level = asked.get("level") ?? this.page.program.options.level;
    if (asked.has("step") && level !== this.level && LEVELS.some(([key]) => key === level)) {
      this.level = level;
      this.stale = true;
    }
    if (asked.has("step")) this.step = Math.max(1, Math.min(step, this.steps.length));
    return asked.has("step");
  }
}

/** @param {Step} step */
function isBackward(step) {
  return step.phase === "backward";
}
