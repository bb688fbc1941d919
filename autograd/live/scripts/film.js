/** Film: the forward and the backward pass, held in the hand, one step at a time. */

import { explainSteps, lineHTML, lineText } from "./derivation.js";
import { chooser, element, pushButton, putHTML, putText } from "./elements.js";

/** Milliseconds between two steps while it plays. */
const BEAT = 1400;

const LEVELS = /** @type {[string, string][]} */ ([
  ["op", "single operations"],
  ["named", "named values"],
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
    this.stale = true;
    /** @type {any[]} */
    this.steps = [];
    this.play = pushButton("▶", "play", () => this.toggle());
    this.back = pushButton("‹", "back", () => this.go(this.step - 1));
    this.next = pushButton("›", "next", () => this.go(this.step + 1));
    this.slider = element("input", { type: "range", min: 1, "aria-label": "step",
      oninput: () => this.go(Number(this.slider.value)) });
    this.count = element("span", { class: "cr-count" });
    this.sentence = element("p", { class: "cr-sentence", role: "status", "aria-live": "polite" });
    this.lines = element("div", { class: "cr-lines" });
    this.levels = chooser("a step is one of", LEVELS, (level) => this.change(level));
    this.panel = element("div", { class: "cr-film" },
      element("div", { class: "cr-bar", role: "group", "aria-label": "Film" },
        pushButton("⏮", "to the start", () => this.go(1)), this.back, this.play, this.next,
        pushButton("⏭", "to the end", () => this.go(Infinity)), this.slider, this.count,
        this.levels),
      this.sentence, this.lines);
  }

  /** @param {number} wanted goes to that step, from 1, or to the nearest there is */
  go(wanted) {
    this.read();
    this.step = Math.min(Math.max(1, Math.round(wanted) || 1), this.steps.length);
    if (this.step === this.steps.length) this.pause();
    this.page.show(this.key);
  }

  /** @param {string} level */
  change(level) {
    this.level = level;
    this.stale = true;
    this.go(1);
  }

  /** The steps, worked out anew when a number has changed since. */
  read() {
    if (this.stale) this.steps = explainSteps(this.page.session, this.level);
    this.stale = false;
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.step >= this.steps.length) this.go(1);
    this.timer = setInterval(() => this.go(this.step + 1), BEAT);
    this.page.draw();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
  }

  leave() {
    this.pause();
    this.page.picture.moment(null);
  }

  update() {
    this.read();
    const { steps } = this;
    const step = steps[Math.min(this.step, steps.length) - 1];
    this.page.picture.show(this.level);
    this.page.picture.moment(this.moment(step));
    this.slider.max = String(steps.length);
    this.slider.value = String(this.step);
    this.slider.setAttribute("aria-valuetext", stepTitle(step));
    putText(this.count, `${this.step} / ${steps.length}`);
    putText(this.play, this.timer ? "⏸" : "▶");
    this.play.setAttribute("aria-label", this.timer ? "pause" : "play");
    this.back.disabled = this.step === 1;
    this.next.disabled = this.step === steps.length;
    this.levels.value = this.level;
    putText(this.sentence, stepSentence(step));
    this.sentence.className = `cr-sentence cr-${step.phase}`;
    putHTML(this.lines, stepHTML(step));
  }

  /** What the picture shows at a step: what is known by then, and where we are. */
  moment(step = this.steps[this.step - 1]) {
    const values = new Set(this.page.session.leaves), grads = new Set();
    const until = this.steps.slice(0, this.step);
    const complete = until.length === this.steps.length;
    for (const { phase, node, parts } of until) {
      if (phase === "forward") this.page.program.nodes.forEach((_, at) => at <= node && values.add(at));
      else grads.add(node);
      if (phase === "backward")
        for (const part of parts) if (part.use[0] === part.use[1]) grads.add(part.node);
    }
    if (complete) this.page.program.nodes.forEach((_, node) => grads.add(node));
    return { active: step.node, phase: step.phase, values, grads };
  }

  /** @param {KeyboardEvent} event whether it was for the film */
  pressed(event) {
    const way = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === " ") this.toggle();
    else if (way !== undefined) this.go(this.step + way);
    else return false;
    return true;
  }

  address() {
    return `step=${this.step}`;
  }

  /** @param {URLSearchParams} asked whether the address asks for the film */
  arrives(asked) {
    if (!asked.has("step")) return false;
    this.step = Number(asked.get("step")) || 1;
    this.read();
    this.step = Math.min(Math.max(1, Math.round(this.step)), this.steps.length);
    return true;
  }
}

/** @param {any} step */
function stepTitle(step) {
  return step.title;
}

/** What happens at a step, in a sentence. @param {any} step */
function stepSentence(step) {
  return step.title;
}

/** @param {any} step */
function stepHTML(step) {
  return lineHTML(step.line);
}
