/**
 * Answers: what is typed as an answer, read and computed with the numbers of a session. Numbers,
 * names and functions of the graph, + - * / ^ and brackets; signs of a product may be left out.
 * Where a text can be read in two ways it is refused.
 */

import { applied } from "./exact.js";
import { add, compare, div, mul, neg, parseNumber, power, sub } from "./numbers.js";

/** @typedef {import("./numbers.js").Num} Num */

/** Says what was not understood, and where. */
export class AnswerError extends Error {}

/** What is read as another sign. @type {Record<string, string>} */
const SIGNS = { "·": "*", "×": "*", "⋅": "*", "∙": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/",
  "−": "-", "–": "-", "**": "^", "[": "(", "]": ")" };
/** @type {Record<string, string>} */
const WHY = { ",": "a decimal point is a point: 0.5", ")": "there is no ( for it",
  "=": "give one side alone", "≈": "give one side alone", "*": "a factor is missing before it",
  "/": "a number is missing before it", "^": "a number is missing before it" };
const ABOVE = "⁰¹²³⁴⁵⁶⁷⁸⁹", LONGEST = 400, LONGEST_PLACE = 16;

/** A number, a word, a power in small digits, or a sign. */
const PIECE = new RegExp("((?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+−]?\\d+)?)"
  + "|([\\p{L}∂_][\\p{L}\\p{M}\\p{Nd}₀-₉_′']*)|(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(\\*\\*|.)", "uy");

/** Functions that the table calls otherwise. @type {Record<string, string>} */
const FUNCTIONS = { ln: "log", σ: "sigmoid", max: "maximum", min: "minimum" };
const EMPTY = "is empty: write a number or a formula, such as -0.3 or -1.5*0.2";
const MISSING = "a sign such as · is missing before it";
const OPERATORS = ["add", "sub", "mul", "div", "power", "neg", "copy"];
const CONSTANTS = new Map([["e", Math.E], ["pi", Math.PI], ["π", Math.PI]]);

/** What remains of a name however it is written: ŷ, y_hat and yhat are one, so are w₁, w_1, w1. */
const plainly = (/** @type {string} */ name) =>
  name.normalize("NFKD").replaceAll("\u0302", "hat").replaceAll("'", "′").replaceAll(",", "_")
    .replace(/^(\p{L}+)_/u, "$1").replace(/^(\p{L}+)_/u, "$1");

/**
 * The number that an answer means. Throws an AnswerError for what cannot be read.
 * @param {string} text
 * @param {import("./graph.js").Session} session
 * @param {number} asked the value that may not be named, -1 for none
 */
export function readAnswer(text, session, asked = -1) {
  return new Reader(text.normalize("NFC"), session, asked).whole();
}

const DECIMAL = /^\s*[=≈]?\s*[-+−–]?\s*(\d*)\.?(\d*)(?:e([-+−]?\d+))?\s*$/i;

/**
 * One of the last digit of a number that is typed in decimals, Infinity for another answer. Zeros
 * at the end of a whole number are taken to be rounded ones.
 * @param {string} text
 */
export function lastUnit(text) {
  const [, before, after, exponent = "0"] = DECIMAL.exec(text) ?? [];
  if (before === undefined) return Infinity;
  const zeros = after ? 0 : before.length - before.replace(/0+$/, "").length;
  return Number(`1e${Number(exponent.replace("−", "-")) - after.length + zeros}`);
}

/** What may be meant by `3·8`, or null. @param {string} text */
export function withPoint(text) {
  const found = /^(\s*[-+−–]?\s*\d+)[·⋅∙](\d+\s*)$/.exec(text);
  return found && `${found[1]}.${found[2]}`.trim();
}

class Reader {
  /** @param {string} text @param {import("./graph.js").Session} session @param {number} asked */
  constructor(text, session, asked) {
    this.text = text.replace(/^\s*[=≈]/, "");
    this.session = session;
    this.asked = asked;
    this.at = this.start = this.calls = 0;
    this.piece = this.kind = "";
    this.raised = false; // what was read last has an exponent without brackets
  }

  whole() {
    if (this.text.length > LONGEST) throw new AnswerError(`has more than ${LONGEST} characters`);
    this.advance();
    if (this.kind === "end") throw new AnswerError(EMPTY);
    const found = this.sum();
    if (this.kind !== "end") throw this.wrong(WHY[this.piece] ?? this.unread());
    return found;
  }

  /** Why nothing that stands here follows a number. */
  unread() {
    const [before, rest] = [this.text.slice(0, this.start), this.text.slice(this.start)];
    if (rest[0] === ".") return "a number has one point";
    if (/[\d)] +$/.test(before) && /^\d+ *[/∕⁄÷] *\d/.test(rest))
      return "a mixed number is a sum: write 3 + 4/5";
    return this.kind === "sign" && this.piece !== "|" ? `${this.piece} is not known here` : MISSING;
  }

  advance() {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
    this.start = PIECE.lastIndex = this.at;
    const found = PIECE.exec(this.text);
    this.at = found ? PIECE.lastIndex : this.text.length;
    this.piece = found ? SIGNS[found[0]] ?? found[0] : "";
    this.kind = ["number", "word", "above", "sign"].find((_, group) => found?.[group + 1]) ?? "end";
  }

  /** @param {string} why */
  wrong(why) {
    const rest = this.text.slice(this.start).trim();
    const place = rest.length > LONGEST_PLACE ? `${rest.slice(0, LONGEST_PLACE)}…` : rest;
    return new AnswerError(`cannot be read ${place ? `at “${place}”` : "at its end"}: ${why}`);
  }

  /** The sign that stands here, if it is one of these; then it is read. @param {...string} signs */
  took(...signs) {
    const here = this.kind === "sign" && signs.includes(this.piece) ? this.piece : "";
    if (here) this.advance();
    return here;
  }

  /** @returns {Num} */
  sum() {
    let found = this.term();
    for (let sign = this.took("+", "-"); sign; sign = this.took("+", "-"))
      found = (sign === "+" ? add : sub)(found, this.term());
    return found;
  }

  /** Factors; the sign between them may be left out. @returns {Num} */
  term() {
    let found = this.signed(), unclear = this.raised;
    for (;;) {
      const sign = this.took("*", "/");
      if (!sign && this.kind !== "word" && this.piece !== "(") return found;
      if (!sign && unclear) throw this.wrong("this can be read in two ways: write brackets or ·");
      found = (sign === "/" ? div : mul)(found, sign ? this.signed() : this.raise());
      unclear = sign === "/" || this.raised;
    }
  }

  /** @returns {Num} */
  signed() {
    if (this.took("-")) return neg(this.signed());
    return this.took("+") ? this.signed() : this.raise();
  }

  /** A power. @returns {Num} */
  raise() {
    const base = this.atom(), small = this.kind === "above" ? this.piece : "";
    this.raised = false;
    if (small) {
      const plain = [...small].map((digit) => (digit === "⁻" ? "-" : ABOVE.indexOf(digit)));
      this.advance();
      return power(base, /** @type {Num} */ (parseNumber(plain.join(""))));
    }
    if (!this.took("^")) return base;
    const bracket = this.piece === "(", exponent = this.signed();
    this.raised = !bracket;
    return power(base, exponent);
  }

  /** @returns {Num} */
  atom() {
    const { piece, kind } = this;
    if (kind === "word") return this.word();
    if (this.took("(")) return this.closed(")");
    if (this.took("|")) {
      const found = this.closed("|");
      return compare(found, 0) < 0 ? neg(found) : found;
    }
    const found = kind === "number" ? parseNumber(piece) : null;
    if (kind === "number" && this.named(/e.*/i.exec(piece)?.[0] ?? "").length)
      throw this.wrong("this can be read in two ways: write · before a name");
    if (found === null && kind === "end") throw this.wrong("something is missing");
    if (found === null) throw this.wrong(WHY[piece] ?? "a number or a name is wanted");
    this.advance();
    const [digits] = /^\d*/.exec(this.text.slice(this.at)) ?? [""];
    if (!this.calls && this.piece === "," && digits)
      throw this.wrong(`a decimal point is a point: ${piece}.${digits}`);
    return found;
  }

  /** @param {string} sign @returns {Num} */
  closed(sign) {
    const found = this.sum();
    const why = this.kind === "end" ? `a bracket is not closed by ${sign}` : this.unread();
    if (!this.took(sign)) throw this.wrong(WHY[this.piece] ?? why);
    return found;
  }

  /** A name, the first of names side by side, or a function. @returns {Num} */
  word() {
    const { piece, start, session } = this, ways = this.split(piece);
    const nodes = ways.length ? this.named(ways[0][0]) : [];
    if (ways.length > 1 || nodes.length > 1)
      throw this.wrong("this can be read in two ways: write · between names, or names in full");
    if (nodes.includes(this.asked)) throw this.wrong("this is what is asked");
    if (nodes.length) this.at = start + ways[0][0].length;
    this.advance();
    if (nodes.length) return session.values[nodes[0]];
    if (this.piece === "(") return this.called(FUNCTIONS[piece] ?? piece, start);
    const constant = CONSTANTS.get(piece);
    if (constant !== undefined) return constant;
    this.start = start;
    if (piece[0] === "∂") throw this.wrong("derivatives are not read: write what they are");
    if (session.rows[piece]) throw this.wrong(`${piece} is a function: write ${piece}(…)`);
    const known = session.nodes.flatMap(({ name }) => name?.text ?? []);
    throw this.wrong(`there is no ${piece}; there are ${known.join(", ")}`);
  }

  /** The ways in which a word is made of names. @param {string} word @returns {string[][]} */
  split(word) {
    if (!word || this.named(word).length) return [word ? [word] : []];
    return [...word].flatMap((_, end) => {
      const first = word.slice(0, end);
      if (!end || !this.named(first).length) return [];
      return this.split(word.slice(end)).map((rest) => [first, ...rest]);
    });
  }

  /** The values of a name: as it is written, else as it is spelled. @param {string} word */
  named(word) {
    const { nodes, program } = this.session, labels = Object.entries(program.named);
    const spelled = [...labels, ...nodes.map(({ name }, node) => [name?.text ?? "", node])];
    const same = (/** @type {(name: any) => string} */ as) =>
      [...new Set(spelled.flatMap(([name, node]) => as(name) === as(word) ? [Number(node)] : []))];
    const exactly = same((name) => name);
    return word ? (exactly.length ? exactly : same(plainly)) : [];
  }

  /** @param {string} name @param {number} start @returns {Num} */
  called(name, start) {
    const row = this.session.rows[name];
    if (!row || row.run || OPERATORS.includes(name)) {
      const known = Object.keys(this.session.rows).filter((one) => !OPERATORS.includes(one));
      const others = `; there ${known.length > 1 ? "are" : "is"} ${known.join(", ")}`;
      this.start = start;
      throw this.wrong(`there is no function ${name} here${known.length ? others : ""}`);
    }
    this.calls += 1;
    this.advance();
    const given = [this.sum()];
    while (this.took(",")) given.push(this.sum());
    this.calls -= 1;
    const count = row.inputs.length;
    if (given.length !== count) throw this.wrong(`${name} takes ${count}, not ${given.length}`);
    if (!this.took(")")) throw this.wrong("a bracket is not closed by )");
    return applied(row.value, given);
  }
}
