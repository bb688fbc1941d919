// Equation: one line of working, `name = symbols = numbers = result`, as text and as HTML.
// See autograd/explain/equation.py and lines.py.

import { allParts, attempt, readDigits } from "./arithmetic.js";
import { compare, digits, isExact, toDouble } from "./numbers.js";
import { mathElement } from "./typeset.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./typeset.js").Formula} Formula
 * @typedef {import("./typeset.js").Phrase} Phrase
 * @typedef {import("./typeset.js").Typesetter} Typesetter
 * @typedef {[right: Formula, numbers: Formula, remark?: Phrase]} Parts symbols, numbers, and why
 * @typedef {{ sides: [string, Formula][], note: Phrase }} Worked
 */

/** A line is worked out when it is first asked for: after a change of numbers make it anew. */
export class Line {
  /**
   * @param {import("./derivation.js").Book} book
   * @param {Formula} left
   * @param {Num} value
   * @param {() => Parts} parts
   */
  constructor(book, left, value, parts) {
    this.book = book;
    this.left = left;
    this.value = value;
    this.parts = parts;
    /** @type {Worked | null} */
    this.known = null;
  }

  /** Its sides, and what stands in brackets behind it. @returns {Worked} */
  get worked() {
    if (this.known) return this.known;
    const { words } = this.book.data, [right, numbers, remark = []] = this.parts();
    // Where the formula has no value, it is one by convention.
    const applies = this.book.arithmetic.hasValue(numbers, this.value);
    const note = applies || Number.isNaN(this.value) ? remark : [words.by, numbers, words.has];
    const between = applies ? [right, numbers, ...this.stages(numbers)] : [];
    this.known = { note, sides: this.signed([...between, this.book.number(this.value)]) };
    return this.known;
  }

  /** What is in between: none where they are many or lead elsewhere. @param {Formula} numbers */
  stages(numbers) {
    const { arithmetic, data, plain } = this.book, found = [];
    if (allParts(numbers).length > data.most.worked) return [];
    for (let now = numbers; ;) {
      const next = attempt(() => withDigits(arithmetic.reduced(now), data.digits), () => null);
      if (next === null) return [];
      if (next[0] === "n") return plain.write(next) === this.result ? found : [];
      found.push(now = next);
    }
  }

  get result() {
    return digits(this.value, this.book.data.digits);
  }

  /** Each side once, behind the sign that stands before it. @param {Formula[]} sides */
  signed(sides) {
    /** @type {[string, Formula][]} */
    const found = [["", this.left]];
    let before = this.book.plain.write(this.left);
    for (const side of sides) {
      const text = this.book.plain.write(side), [, last] = found[found.length - 1];
      if (text !== before) found.push([this.sign(last, side), side]);
      before = text;
    }
    return found;
  }

  /** ≈ if the second side has been rounded. @param {Formula} before @param {Formula} side */
  sign(before, side) {
    const { arithmetic, data } = this.book;
    const named = allParts(before).some(([sign]) => sign === "x" || sign === "d");
    const equal = named
      ? allParts(side).every((part) => part[0] !== "n" || isAsShown(part, data.most.noise))
      : arithmetic.areEqual(before, side);
    return equal ? "=" : "≈";
  }

  /** In brackets, or nothing. @param {Typesetter} setter */
  noted(setter) {
    const { note } = this.worked;
    return note.length ? setter.phrase(["(", ...note, ")"]) : "";
  }

  /** As text. */
  text() {
    const said = this.noted(this.book.plain);
    return this.oneRow(this.book.plain, this.worked.sides) + (said && `   ${said}`);
  }

  /** Without its name and its note: `(−6.1)(0.5) = −3.05`, as text or as a `math` element. */
  working(text = false) {
    const { plain, mathml } = this.book, [, ...sides] = this.worked.sides;
    return text ? this.oneRow(plain, sides) : mathElement(this.oneRow(mathml, sides));
  }

  /** @param {Typesetter} setter @param {[string, Formula][]} sides */
  oneRow(setter, [[, first], ...others]) {
    const rest = others.map(([sign, side]) => setter.style.sign(sign) + setter.write(side));
    return setter.style.row([setter.write(first), ...rest]);
  }

  /** As HTML that breaks before signs where it must. */
  html() {
    const { mathml } = this.book, said = this.noted(mathml);
    const pieces = this.worked.sides.slice(1).flatMap(([sign, side]) => {
      const [first, ...others] = mathml.pieces(side);
      return [mathml.style.sign(sign) + first, ...others];
    });
    const parts = pieces.map((piece) => mathElement(piece.replace("<mo>", '<mo form="infix">')));
    const behind = said && ` <span class="cr-note">${mathElement(said)}</span>`;
    const all = [mathElement(mathml.write(this.left)), ...parts].join(" ");
    return `<div class="cr-line">${all}${behind}</div>`;
  }
}

/** Whether digits give a number, but for rounding. @param {Formula} part @param {number} noise */
function isAsShown([, value, shown], noise) {
  if (Number.isNaN(value)) return true;
  const read = attempt(() => readDigits(value, shown), () => NaN);
  if (compare(value, read) === 0) return true;
  return !isExact(value) && Math.abs(toDouble(read) - value) <= noise * Math.abs(value);
}

/** @param {Formula} formula @param {number | null} shown @returns {Formula} */
function withDigits(formula, shown) {
  const [sign, own, ...parts] = formula;
  if (sign === "n") return ["n", own, shown];
  if (sign === "x" || sign === "d") return formula;
  return [sign, own, ...parts.map((part) => withDigits(part, shown))];
}
