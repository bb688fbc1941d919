// What the texts of rows call, of numbers that may be exact: see autograd/elementary.py.

import { Fraction, add, bitLength, compare, div, exactPower } from "./numbers.js";
import { exactRoot, isExact, mul, neg, parseNumber, sub, toDouble, whole } from "./numbers.js";

/** @typedef {import("./numbers.js").Num} Num */
/** @typedef {Num | Num[]} Given a number or a run of them */
/** @typedef {(...given: any[]) => any} Rule */

const NOT_EXACT = Symbol("a function has no exact value");

/** @param {Given} given */
const inexact = (given) => (Array.isArray(given) ? given.some(inexact) : !isExact(given));

/** The same numbers as doubles; those of a run are kept with it. @param {any} given */
function doubled(given) {
  if (!Array.isArray(given)) return toDouble(given);
  const run = /** @type {Num[] & { doubles?: number[] }} */ (given);
  run.doubles ??= run.every((x) => !isExact(x)) ? /** @type {number[]} */ (run) : run.map(toDouble);
  return run.doubles;
}

/**
 * A text applied: what has no exact value is computed in doubles.
 * @param {Rule} text @param {Given[]} given
 */
export function applied(text, given) {
  try {
    return text(...given);
  } catch (error) {
    if (error !== NOT_EXACT) throw error;
    return text(...given.map(doubled));
  }
}

/**
 * A function of doubles made one of all numbers: exact where all are and there is such a value.
 * @param {string} name @param {Rule} primitive
 */
function lifted(name, primitive) {
  if (name === "dot") return exactDot;
  if (name === "prod_dx") return productSlope(primitive);
  const exactly = EXACTLY.get(name);
  return (/** @type {Given[]} */ ...given) => {
    if (given.some(inexact)) return primitive(...given.map(doubled));
    const found = exactly === undefined ? null : exactly(...given);
    if (found === null) throw NOT_EXACT;
    return found;
  };
}

/** @param {bigint} n @param {bigint} d */
const floored = (n, d) => n / d - (n % d !== 0n && n < 0n !== d < 0n ? 1n : 0n);

/** @param {Num[]} xs */
const sumOf = (xs) => xs.reduce(add, whole(0n));

/** @param {Num[]} xs */
const productOf = (xs) => xs.reduce(mul, whole(1n));

/** @param {Num[]} xs @param {Num[]} ys */
const exactDot = (xs, ys) => sumOf(xs.map((x, k) => mul(x, ys[k])));

/**
 * The product of the others: exact if they are, unless it is computed from that of all doubles.
 * @param {Rule} primitive
 */
const productSlope = (primitive) => (/** @type {Num} */ x, /** @type {Num[]} */ xs) => {
  const place = xs.findIndex((other) => Object.is(other, x) || compare(other, x) === 0);
  const others = xs.filter((_, k) => k !== place);
  const divided = xs.some(inexact) && xs.map(toDouble).every((y) => y !== 0 && Number.isFinite(y));
  return divided || others.some(inexact) ? primitive(doubled(x), doubled(xs)) : productOf(others);
};

/** @param {Fraction[]} xs */
const exactShare = (xs) => new Fraction(1n, BigInt(xs.length));

/** @param {Fraction[]} xs */
const exactNorm = (xs) => exactRoot(/** @type {Fraction} */ (exactDot(xs, xs)), 2n);

/** @param {Fraction} x */
const exactZero = (x) => new Fraction(0n, 1n, x.int);

/** @param {Fraction} x @param {Fraction} y */
const quotient = (x, y) => floored(x.n * y.d, x.d * y.n);

/** @param {string} text */
const constantOf = (text) => () => /** @type {Fraction} */ (parseNumber(text));

/** @param {Fraction} x @param {Fraction} y */
function exactPowerSlope(x, y) {
  if (compare(y, whole(2n)) === 0) return mul(whole(2n), x);
  if (y.n === 0n) return exactZero(x);
  const rest = exactPower(x, /** @type {Fraction} */ (sub(y, whole(1n))));
  return rest === null ? null : mul(y, rest);
}

/** @param {Fraction} s @param {Fraction} x @param {Fraction} y @param {Fraction} n */
function exactScaledPower(s, x, y, n) {
  const rest = s.n === 0n ? null : exactPower(x, /** @type {Fraction} */ (sub(y, n)));
  return s.n === 0n ? exactZero(s) : rest === null ? null : mul(s, rest);
}

/** @type {Map<string, Rule>} */
const EXACTLY = new Map(Object.entries({
  zero: exactZero,
  one: (x) => new Fraction(1n, 1n, x.int),
  half: () => new Fraction(1n, 2n),
  selu_scale: constantOf("1.0507009873554805"),
  selu_alpha: constantOf("1.6732632423543772"),
  abs: (x) => (x.n < 0n ? neg(x) : x),
  copysign: (x, y) => (x.n < 0n === y.n < 0n ? x : neg(x)),
  floor: (x) => new Fraction(floored(x.n, x.d), 1n, x.int),
  floordiv: (x, y) => (y.n === 0n ? null : new Fraction(quotient(x, y), 1n, x.int && y.int)),
  mod: (x, y) => (y.n === 0n ? null : sub(x, mul(y, whole(quotient(x, y))))),
  div,
  sqrt: (x) => exactRoot(x, 2n),
  cbrt: (x) => exactRoot(x, 3n),
  hypot: (x, y) => exactNorm([x, y]),
  power: exactPower,
  power_dx: exactPowerSlope,
  scaled_power: exactScaledPower,
  prod: productOf,
  share: exactShare,
  mean: (xs) => mul(sumOf(xs), exactShare(xs)),
  norm: exactNorm,
  norm_dx: (x, xs) => {
    const length = exactNorm(xs);
    return length === null ? null : length.n === 0n ? exactZero(x) : div(x, length);
  },
}));

/** What the generated rows are written in. */
export const exact = { add, sub, mul, div, neg, compare, whole, lifted };
