/**
 * Practise: the mode in which the page asks, about its own graph or one of the exercises that it
 * carries, and checks what is answered. `#practise&seed=7` is an exercise and its questions.
 */

import { AnswerError, lastUnit, readAnswer, withPoint } from "./answers.js";
import { Book } from "./derivation.js";
import { chooser, element, pushButton, putHTML, putText } from "./elements.js";
import { Session } from "./graph.js";
import { verdict } from "./mistakes.js";
import { digits, parseNumber } from "./numbers.js";
import { Picture } from "./picture.js";
import { questionsOf } from "./questions.js";
import { mathElement } from "./typeset.js";

/** @typedef {import("./questions.js").Question} Question */
/** @typedef {import("./numbers.js").Num} Num */

/** From easy to hard; seeds go through them in turn: see exercises.py. */
const LEVELS = ["chain", "product", "paths", "activation", "neuron"];

/** Of more values than these no list is written. */
const MOST_GIVEN = 12;

/** So many digits of a number are shown, of a wrong answer more where they are wanted. */
const DECIMALS = 12, PLACES = [DECIMALS, 17, 40, 100, 400];

const LONGEST_SEED = 20; // of what is no seed is said again

/** How many questions of each kind are asked at most, in the order of the two passes. */
const ROUND = /** @type {const} */ ([["value", 1], ["slope", 2], ["share", 1], ["gradient", 3]]);

export class Practise {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.key = "practise";
    this.title = "Practise";
    /** The exercise, null for the page's own graph. @type {number | null} */
    this.seed = null;
    /** @type {Promise<any[]> | null} */
    this.pool = null;
    /** @type {Question[]} */
    this.questions = [];
    this.place = this.right = this.asked = 0;
    this.done = this.helped = false;
    this.book = page.book;
    this.stale = false;
    page.session.subscribe(() => (this.stale = true));
    this.head = element("h3", { class: "cr-part" });
    this.score = element("span", { class: "cr-count", role: "status" });
    this.given = element("div", { class: "cr-task" });
    this.question = element("p", { class: "cr-ask", "aria-live": "polite" });
    this.field = element("input", { type: "text", autocomplete: "off", spellcheck: "false",
      autocapitalize: "off", "aria-label": "answer", placeholder: "a number or -1.5*0.2" });
    this.said = element("p", { class: "cr-verdict", role: "status", "aria-live": "polite" });
    this.lines = element("div", { class: "cr-lines" });
    this.drawing = element("section", { class: "cr-drawing", "aria-label": "Picture" });
    this.check = element("button", { type: "submit", class: "cr-main" }, "Check");
    this.own = pushButton("this graph", "this graph", () => this.open(null));
    /** Why an address opened the page's own graph. */
    this.note = "";
    this.level = chooser("level", [["", "any level"], ...LEVELS.map((level) =>
      /** @type {[string, string]} */ ([level, level]))], () => this.open(this.fresh()));
    const made = pushButton("new exercise", "new exercise", () => this.open(this.fresh()));
    made.hidden = this.level.hidden = !page.program.exercises;
    const form = element("form", { class: "cr-bar", onsubmit: (event) => this.submitted(event) },
      this.field, this.check, pushButton("hint", "hint", () => this.hint()),
      pushButton("working", "working", () => this.work()),
      pushButton("next", "next question", () => this.next()));
    this.panel = element("div", { class: "cr-practise" },
      element("div", { class: "cr-bar" }, this.head, this.score, this.level, made,
        this.own), this.given,
      this.question, form, this.said, this.lines, this.drawing);
  }

  /**
   * Takes up an exercise, or the page's own graph and says why.
   * @param {number | null} seed @param {string} note
   */
  open(seed, note = "") {
    this.note = note;
    this.begin(seed).catch((error) => this.say("wrong", `No exercise could be opened: ${error}`));
  }

  /** @param {number | null} seed */
  async begin(seed) {
    this.seed = seed;
    const { page } = this, pool = seed === null ? [] : await this.load();
    if (this.seed !== seed) return; // another one was asked for meanwhile
    const shape = seed === null ? null : pool[seed % pool.length];
    const session = shape ? new Session(shape, page.session.rows) : page.session;
    if (shape) session.setAll(numbersOf(shape, session, Math.floor(Number(seed) / pool.length)));
    this.book = shape ? new Book(session) : page.book;
    this.drawing.replaceChildren();
    this.picture = new Picture(this.drawing, session, (shape ?? page.program).views);
    this.picture.show("named");
    this.own.hidden = seed === null;
    putText(this.head, shape ? `Exercise ${seed}: ${shape.level}` : "This graph");
    this.questions = chosen(questionsOf(this.book), seed ?? 0);
    this.ask(0);
    if (seed === null) this.say("note", this.note);
    page.show(this.key);
    // A cell that has just been run keeps the keys: only who is in the page goes to its field.
    if (page.alone || this.panel.closest(".cr-app")?.contains(document.activeElement))
      this.field.focus({ preventScroll: true });
  }

  /** The exercises that the page carries, unpacked when they are first wanted. */
  load() {
    this.pool ??= unpacked(this.page.program.exercises);
    return this.pool;
  }

  /** The next seed, of the level that is chosen. */
  fresh() {
    const level = LEVELS.indexOf(this.level.value);
    let seed = this.seed === null ? 0 : this.seed + 1;
    while (level >= 0 && seed % LEVELS.length !== level) seed += 1;
    return seed;
  }

  /** Asks the question at a place. @param {number} place */
  ask(place) {
    const { book } = this, question = this.questions[place];
    this.place = place;
    this.done = this.helped = false;
    this.field.value = "";
    this.say("", "");
    putHTML(this.lines, "");
    const formulas = book.named.map(({ node }) => this.formula(node));
    putHTML(this.given, formulas.length <= MOST_GIVEN ? formulas.join("") + this.numbers() : "");
    putHTML(this.question, question ? this.asks(question) : "There is nothing to ask here.");
    this.field.disabled = this.check.disabled = !question;
    this.picture?.highlight(null);
    this.show();
  }

  /** The formula of a named value, with its name. @param {number} node */
  formula(node) {
    const line = this.book.valueLine(node), { mathml } = this.book;
    const [left, right] = [line.left, line.parts()[0]].map((side) => mathml.write(side));
    return `<span class="cr-given">${mathElement(`${left}<mo>=</mo>${right}`)}</span> `;
  }

  /** The numbers of the leaves. */
  numbers() {
    const { mathml, session } = this.book;
    const known = session.leaves.filter((leaf) => session.nodes[leaf].name).map((leaf) => {
      const sides = [this.book.called(leaf), this.book.number(session.values[leaf])];
      return mathElement(sides.map((side) => mathml.write(side)).join("<mo>=</mo>"));
    });
    return `<div class="cr-faint">${known.join(" &#160; ")}</div>`;
  }

  /** @param {Question} question */
  asks({ kind, node, of, lines }) {
    const { book } = this, count = `${this.place + 1}. `;
    const math = (/** @type {any} */ formula) => mathElement(book.mathml.write(formula));
    const left = math(lines().slice(-1)[0].left);
    if (kind === "value") return `${count}What is the value of ${left}?`;
    if (kind === "slope") return `${count}What is the local slope ${left}?`;
    if (kind === "gradient") return `${count}What is the gradient ${left}?`;
    const gradient = math(book.partial(book.session.root, node));
    return `${count}On the way back, what does ${math(book.called(of))} add to ${gradient}?`;
  }

  /** The picture, in which what is asked is hidden until it is known. */
  show() {
    const question = this.questions[this.place], { session } = this.book;
    if (!question) return this.picture?.moment(null);
    const { kind, node, of } = question, hidden = new Set(kind === "value" && !this.done
      ? this.book.byNode.get(node)?.inner : []);
    session.parents.forEach((parents, at) =>
      parents.some((parent) => parent !== null && hidden.has(parent)) && hidden.add(at));
    const values = new Set([...session.nodes.keys()].filter((at) => !hidden.has(at)));
    const grads = new Set(kind === "share" ? [session.root, of] : []);
    if (kind === "gradient") grads.add(session.root).add(this.done ? node : session.root);
    this.picture?.moment({ active: kind === "gradient" ? node : of, values, grads,
      phase: kind === "value" ? "forward" : "backward",
      slopes: new Set(kind === "slope" && this.done ? [of] : []) });
  }

  /** @param {Event} event Enter: checks, and goes on from what is known */
  submitted(event) {
    event.preventDefault();
    if (this.done) this.next();
    else this.answer(this.field.value);
    this.field.focus({ preventScroll: true });
  }

  /** @param {string} text */
  answer(text) {
    const question = this.questions[this.place], { node, kind } = question;
    try {
      const number = readAnswer(text, this.book.session, kind === "value" ? node : -1);
      const { right, said } = verdict(this.book, question, number, lastUnit(text));
      const typed = text.trim().replace("-", "−");
      const found = right ? answerText(question.answer) : givenText(number, question.answer);
      const shown = typed === found ? "" : found;
      if (right) this.finish(`Right${shown && `: ${shown}`}${said && `, ${said}`}.`);
      else {
        const reason = this.pointless(text, question) || said || "That is not it.";
        this.say("wrong", [shown && `${shown}.`, reason].join(" ").trim());
      }
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      this.say("wrong", `That ${error.message}.`);
    }
  }

  /** What is said if · stands for a point. @param {string} text @param {Question} question */
  pointless(text, question) {
    const meant = withPoint(text), number = meant && parseNumber(meant.replace("–", "-"));
    if (!number || !verdict(this.book, question, number, lastUnit(meant)).right) return "";
    return `Here · multiplies: a decimal point is a point, ${meant}.`;
  }

  /** @param {string} said */
  finish(said) {
    this.asked += 1;
    this.right += this.helped ? 0 : 1;
    this.done = true;
    this.say(said && "right", said);
    putText(this.score, `${this.right} right of ${this.asked}`);
    this.show();
  }

  /** @param {string} kind @param {string} text */
  say(kind, text) {
    this.said.className = `cr-verdict cr-${kind}`;
    this.field.setAttribute("aria-invalid", String(kind === "wrong"));
    putText(this.said, text);
    putText(this.check, this.done ? "Go on" : "Check");
  }

  /** The formula to begin with. */
  hint() {
    const question = this.questions[this.place];
    if (!question) return;
    const { kind, node, lines } = question, [line] = lines().slice(-1), parts = line.parts();
    const formula = kind === "share" ? line.left : parts[kind === "value" ? 1 : 0];
    const written = mathElement(this.book.mathml.write(formula));
    putHTML(this.lines, `<div class="cr-line">${written}</div>`);
    if (kind === "gradient") this.picture?.highlight(node);
    this.field.focus({ preventScroll: true });
  }

  /** The whole of it: what was asked is then known, and does not count. */
  work() {
    const question = this.questions[this.place];
    if (!question) return;
    this.helped = true;
    if (!this.done) this.finish("");
    putHTML(this.lines, question.lines().map((line) => line.html()).join(""));
  }

  next() {
    if (this.place + 1 < this.questions.length) this.ask(this.place + 1);
    else if (this.page.program.exercises) this.open(this.fresh());
    else this.ask(0);
    this.field.focus({ preventScroll: true });
  }

  /** Numbers of the page's own graph that are others make its questions others. */
  update() {
    if (!this.picture) this.open(this.seed, this.note);
    else if (this.seed === null && this.stale) {
      this.questions = chosen(questionsOf(this.book), 0);
      this.ask(this.questions[this.place] ? this.place : 0);
    }
    this.stale = false;
  }

  leave() {}

  pressed() {
    return false;
  }

  address() {
    return this.seed === null ? this.key : `${this.key}&seed=${this.seed}`;
  }

  /** @param {URLSearchParams} asked */
  arrives(asked) {
    if (!asked.has(this.key)) return false;
    const text = asked.get("seed"), known = Boolean(this.page.program.exercises);
    const wanted = known && /^\d{1,9}$/.test(text ?? "") ? Number(text) : null;
    const why = known ? `A seed is a whole number from 0 to 999999999, not “${briefly(text ?? "")}”`
      : "This page carries no exercises, so a seed means nothing";
    const note = text === null || wanted !== null ? "" : `${why}: here is this graph.`;
    if (wanted !== this.seed || !this.picture || note) this.open(wanted, note);
    return true;
  }
}

/** @param {string} text what an address says, of any length */
const briefly = (text) => (text.length > LONGEST_SEED ? `${text.slice(0, LONGEST_SEED)}…` : text);

/** All digits of an answer, where they are few, or the fraction. @param {Num} answer */
function answerText(answer) {
  const all = digits(answer);
  return all.length <= 2 * DECIMALS ? all : digits(answer, DECIMALS);
}

/**
 * A wrong answer, in digits enough to tell it from the right one.
 * @param {Num} given @param {Num} answer
 */
function givenText(given, answer) {
  const enough = PLACES.find((places) => digits(given, places) !== digits(answer, places));
  return digits(given, enough ?? DECIMALS);
}

/**
 * The numbers of one set, by leaf.
 * @param {any} shape @param {Session} session @param {number} round
 */
function numbersOf({ sets }, session, round) {
  const numbers = sets[round % sets.length].split(" ").map(parseNumber);
  return session.leaves.map((leaf, at) => /** @type {[number, any]} */ ([leaf, numbers[at]]));
}

/**
 * Some questions of each kind, the same for the same seed.
 * @param {Question[]} all @param {number} seed
 */
function chosen(all, seed) {
  let state = seed + 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  random();
  return ROUND.flatMap(([kind, count]) => {
    const drawn = all.filter((one) => one.kind === kind).map((one) => ({ one, at: random() }));
    drawn.sort((a, b) => b.one.ways.length - a.one.ways.length || a.at - b.at); // many ways first
    return drawn.slice(0, count).map(({ one }) => one);
  });
}

/**
 * What `pool.py` packs: JSON with a list for each key, deflated, in base 64.
 * @param {string} text
 */
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const columns = Object.entries(await new Response(plain).json());
  return columns[0][1].map((/** @type {any} */ _, /** @type {number} */ at) =>
    Object.fromEntries(columns.map(([key, list]) => [key, list[at]])));
}
