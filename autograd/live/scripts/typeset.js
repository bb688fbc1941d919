// Typeset: the walk over formulas, whose brackets come from the tree, as MathML and as plain text.
// See autograd/formula/typesetter.py, mathml.py and plain.py, which write the same to the letter.

import { digits, isExact, neg } from "./numbers.js";

/**
 * @typedef {[string, any, ...any[]]} Formula its sign, what belongs to it, its parts
 * @typedef {(string | Formula)[]} Phrase words and formulas side by side
 * @typedef {Record<string, any>} Book the data of formulas.py
 * @typedef {"number" | "words" | "scaled" | "sign" | "tight" | "row" | "negative" | "fenced" |
 *   "fraction" | "partial" | "power" | "root"} Piece
 * @typedef {{ place: number, stacked: boolean } & Record<Piece, (...of: any[]) => string>} Style
 * @typedef {[string, number]} Written what is written, and how tightly it binds
 */

const [PHRASE, LOGIC, RELATION, SUM, PRODUCT, POWER, ATOM] = [0, 1, 2, 3, 4, 5, 6];

/** @type {Style} */
export const PLAIN = {
  place: 0, // of what is in the data in both styles
  stacked: false,
  number: (all) => all,
  words: (text) => text,
  scaled: (all, exponent) => `${all}e${exponent}`,
  sign: (sign) => ` ${sign} `,
  tight: (sign) => (sign === "," ? ", " : sign),
  row: (parts) => parts.join(""),
  negative: (of) => `−${of}`,
  fenced: (inside, fences = "()") => fences[0] + inside + fences[1],
  fraction: (over, under) => `${over}/${under}`,
  partial: (over, under, mark) => `∂${over}/∂${under}${mark && `|${mark}`}`,
  power: (base, exponent) => `${base}^${exponent}`,
  root: (of, cube) => `${cube ? "∛" : "√"}(${of})`,
};

/** @type {Style} */
export const MATHML = {
  place: 1,
  stacked: true,
  number: (all) => (all === "…" ? "<mi>…</mi>" : `<mn>${all}</mn>`),
  words: (text) => `<mtext>${escapeHTML(text).replaceAll(" ", "&#160;")}</mtext>`,
  scaled: (all, exponent) =>
    `<mrow><mn>${all}</mn><mo>·</mo><msup><mn>10</mn><mn>${exponent}</mn></msup></mrow>`,
  sign: (sign) => `<mo>${escapeHTML(sign)}</mo>`,
  tight: (sign) => MATHML.sign(sign),
  row: (parts) => `<mrow>${parts.join("")}</mrow>`,
  negative: (of) => `<mrow><mo form="prefix">−</mo>${of}</mrow>`,
  fenced: (inside, fences = "()") =>
    `<mrow><mo>${fences[0]}</mo>${inside}<mo>${fences[1]}</mo></mrow>`,
  fraction: (over, under) => `<mfrac><mrow>${over}</mrow><mrow>${under}</mrow></mfrac>`,
  partial: (over, under, mark) => {
    const slope = MATHML.fraction(`<mo>∂</mo>${over}`, `<mo>∂</mo>${under}`);
    return mark ? `<msub>${slope}<mtext>${mark}</mtext></msub>` : `<mrow>${slope}</mrow>`;
  },
  power: (base, exponent) => `<msup>${base}<mrow>${exponent}</mrow></msup>`,
  root: (of, cube) =>
    (cube ? `<mroot><mrow>${of}</mrow><mn>3</mn></mroot>` : `<msqrt>${of}</msqrt>`),
};

/** @param {string} text */
export const escapeHTML = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#x27;");

/** The `math` element of what is written in MathML. @param {string} content */
export const mathElement = (content) =>
  '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">' +
  `<mrow displaystyle="true">${content}</mrow></math>`;

/** What a term takes away, null if it adds. @param {Formula} term @returns {Formula | null} */
function takenAway(term) {
  const [sign, own, first, ...rest] = term;
  if (sign === "-") return first;
  if (sign === "n" && isNegative(own)) return ["n", neg(own), first];
  if (sign !== "*" || own || first[0] !== "n" || !isNegative(first[1])) return null;
  return ["*", false, ["n", neg(first[1]), first[2]], ...rest];
}

/** Whether a number has a minus sign: -0 has. @param {import("./numbers.js").Num | null} x */
const isNegative = (x) => x !== null && (isExact(x) ? x.n < 0n : x < 0 || Object.is(x, -0));

/** One style's writer. Names, functions and limits are those of a book. */
export class Typesetter {
  /** @param {Style} style @param {Book} book */
  constructor(style, book) {
    this.style = style;
    this.book = book;
  }

  /** @param {Formula} formula */
  write(formula) {
    return this.written(formula)[0];
  }

  /** In pieces: a long sum may be broken between its terms. @param {Formula} formula */
  pieces(formula) {
    if (formula[0] !== "+") return [this.write(formula)];
    const [first, ...rest] = this.elided(formula.slice(2));
    return [this.within(first, SUM), ...rest.map((term) => {
      const taken = takenAway(term);
      return this.style.sign(taken ? "−" : "+") + this.within(taken ?? term, PRODUCT);
    })];
  }

  /** @param {Phrase} parts */
  phrase(parts) {
    return this.style.row(
      parts.map((part) => (typeof part === "string" ? this.style.words(part) : this.write(part))),
    );
  }

  /** But of very many the first and the last. @param {Formula[]} parts @returns {Formula[]} */
  elided(parts) {
    const last = parts[parts.length - 1];
    return parts.length <= this.book.most.parts ? parts : [parts[0], ["…", 0], last];
  }

  /** @param {Formula} part @param {number} least */
  within(part, least) {
    const [content, binding] = this.written(part);
    return binding >= least ? content : this.style.fenced(content);
  }

  /** @param {Formula[]} parts @param {number} least @param {string} between */
  list(parts, least, between) {
    const shown = this.elided(parts).map((part) => this.within(part, least));
    return this.style.row([shown.join(between)]);
  }

  /** @param {Formula} formula @returns {Written} */
  written(formula) {
    const { style, book } = this, [sign, own, ...parts] = formula, [one, two] = parts;
    switch (sign) {
      case "n": return this.number(digits(own, one));
      case "x": return [book.names[own][style.place], book.names[own][2]];
      case "…": return [style.number("…"), ATOM];
      case "d": {
        const [over, under] = parts.map((part) => this.within(part, POWER));
        return [style.partial(over, under, own ? "direct" : ""), style.stacked ? POWER : PRODUCT];
      }
      case "+": return [style.row(this.pieces(formula)), SUM];
      case "-": return [style.negative(this.within(one, PRODUCT)), SUM];
      case "*": return [this.product(parts, own), PRODUCT];
      case "/": {
        if (style.stacked) return [style.fraction(this.write(one), this.write(two)), POWER];
        return [style.fraction(this.within(one, PRODUCT), this.within(two, POWER)), PRODUCT];
      }
      case "^": return [this.power(this.within(one, ATOM), two), POWER];
      case "f": return this.call(own[0], own[1], parts);
      case "<": {
        const sides = parts.map((side) => this.within(side, SUM));
        const signed = sides.map((side, k) => (k ? style.sign(own[k - 1]) : "") + side);
        return [style.row(signed), RELATION];
      }
      case "&": {
        if (!one) return [style.words(own === "and" ? "always" : "never"), ATOM];
        const joined = parts.map((part) => this.within(part, RELATION));
        return [style.row([joined.join(style.words(` ${own} `))]), LOGIC];
      }
      case "!": return [style.row([style.words("not "), this.within(one, RELATION)]), LOGIC];
    }
    throw new TypeError(`not a formula: ${sign}`);
  }

  /** @param {string} all @returns {Written} */
  number(all) {
    const { style } = this;
    if (all.startsWith("−")) return [style.negative(this.number(all.slice(1))[0]), SUM];
    const [over, under] = all.split("/"), [leading, exponent] = all.split("e");
    if (under) {
      const content = style.fraction(style.number(over), style.number(under));
      return [content, style.stacked ? POWER : PRODUCT];
    }
    return exponent ? [style.scaled(leading, exponent), PRODUCT] : [style.number(all), ATOM];
  }

  /** @param {Formula[]} factors @param {boolean} bracketed */
  product(factors, bracketed) {
    const { style } = this;
    if (bracketed) return style.row(factors.map((factor) => style.fenced(this.write(factor))));
    const slopes = factors.some(([sign]) => sign === "d");
    const dot = slopes ? style.sign("·") : style.tight("·");
    return this.list(factors, slopes ? PRODUCT : POWER, dot);
  }

  /** @param {string} base @param {Formula} exponent */
  power(base, exponent) {
    const { style, book } = this;
    if (exponent[0] === "n" && /^−?\d+$/.test(digits(exponent[1]))) {
      const raised = this.write(exponent);
      if (style.stacked) return style.power(base, raised);
      return base + [...raised].map((digit) => book.superscripts[digit] ?? digit).join("");
    }
    return style.power(base, this.within(exponent, style.stacked ? PHRASE : ATOM));
  }

  /** @param {string} name @param {boolean} spelled @param {Formula[]} given @returns {Written} */
  call(name, spelled, given) {
    const { style, book } = this, [of] = given;
    if (!spelled) {
      if (name === "pi") return [book.letters.pi[style.place], ATOM];
      if (name === "abs") return [style.fenced(this.write(of), "||"), ATOM];
      if (name === "exp") return [this.power(book.letters.e[style.place], of), POWER];
      if (style.stacked && (name === "sqrt" || name === "cbrt")) {
        return [style.root(this.write(of), name === "cbrt"), ATOM];
      }
    }
    const called = book.functions[name][style.place];
    if (!given.length) return [called, ATOM];
    const all = given.flatMap((part) => (part[0] === "run" ? part.slice(2) : [part]));
    const inside = style.fenced(this.list(all, all.length > 1 ? SUM : PHRASE, style.tight(",")));
    return [style.row([called, inside]), ATOM];
  }
}
