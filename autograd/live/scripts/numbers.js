// Numbers: exact fractions beside doubles, their arithmetic, how they are read and written.
// Exact numbers are Python's int and Fraction, and a Decimal is the fraction that it is; a number
// of JavaScript is Python's float. Where the two meet the result is a double, as in Python.

/** @typedef {Fraction | number} Num */
/** @typedef {["q", string, string, ...string[]] | ["f", string]} NumberData */

/** A fraction in lowest terms, d > 0. `int` marks Python's int: two of them divide to a double. */
export class Fraction {
  /** @param {bigint} n @param {bigint} d @param {boolean} int */
  constructor(n, d = 1n, int = false) {
    const by = d === 1n ? 1n : greatestDivisor(n, d);
    this.n = n / by;
    this.d = d / by;
    this.int = int;
  }
}

/** @param {bigint} n @param {bigint} d */
function greatestDivisor(n, d) {
  let [a, b] = [n < 0n ? -n : n, d < 0n ? -d : d];
  while (b !== 0n) [a, b] = [b, a % b];
  return d < 0n ? -a : a;
}

/** @type {Map<bigint, Fraction>} */
const wholes = new Map();

/** Python's int, kept: rules have few. @param {bigint} n */
export function whole(n) {
  const found = wholes.get(n) ?? new Fraction(n, 1n, true);
  if (wholes.size < 1000) wholes.set(n, found);
  return found;
}

/** @param {unknown} x @returns {x is Fraction} */
export const isExact = (x) => x instanceof Fraction;

/** How many binary digits. @param {bigint} n */
export function bitLength(n) {
  const hex = (n < 0n ? -n : n).toString(16);
  return 4 * hex.length - 4 + 32 - Math.clz32(parseInt(hex[0], 16));
}

/** The nearest double, of two the even one. @param {Num} x @returns {number} */
export function toDouble(x) {
  if (!isExact(x)) return x;
  if (x.d === 1n) return Number(x.n);
  const [over, under] = [Number(x.n), Number(x.d)];
  if (Math.abs(over) <= 2 ** 53 && under <= 2 ** 53) return over / under;
  const size = x.n < 0n ? -x.n : x.n;
  // So many binary places that the quotient has 64 digits, but none below the smallest double.
  const places = Math.min(1074, 64 - bitLength(size) + bitLength(x.d));
  const [above, below] =
    places > 0 ? [size << BigInt(places), x.d] : [size, x.d << BigInt(-places)];
  const [quotient, rest] = [above / below, above % below];
  let found;
  if (quotient >> 53n) {
    found = Number((quotient << 2n) | (rest ? 1n : 0n)) / 4;
  } else {
    const more = 2n * rest > below || (2n * rest === below && (quotient & 1n) === 1n);
    found = Number(quotient + (more ? 1n : 0n));
  }
  const first = Math.trunc(places / 2);
  found *= 2 ** -first;
  return (x.n < 0n ? -1 : 1) * found * 2 ** (first - places);
}

/** A finite double as the fraction that it is. @param {number} x */
export function exactly(x) {
  let places = 0n;
  for (; !Number.isInteger(x); places += 1n) x *= 2;
  return new Fraction(BigInt(x), 1n << places);
}

/** @param {Num} x @param {Num} y @returns {Num} */
export function add(x, y) {
  if (!isExact(x) || !isExact(y)) return toDouble(x) + toDouble(y);
  return new Fraction(x.n * y.d + y.n * x.d, x.d * y.d, x.int && y.int);
}

/** @param {Num} x @param {Num} y @returns {Num} */
export function sub(x, y) {
  if (!isExact(x) || !isExact(y)) return toDouble(x) - toDouble(y);
  return new Fraction(x.n * y.d - y.n * x.d, x.d * y.d, x.int && y.int);
}

/** @param {Num} x @param {Num} y @returns {Num} */
export function mul(x, y) {
  if (!isExact(x) || !isExact(y)) return toDouble(x) * toDouble(y);
  return new Fraction(x.n * y.n, x.d * y.d, x.int && y.int);
}

/** By 0 it is what it is for doubles. @param {Num} x @param {Num} y @returns {Num} */
export function div(x, y) {
  if (isExact(x) && (isExact(y) ? y.n === 0n : y === 0)) {
    return (x.n > 0n ? 1 : x.n < 0n ? -1 : 0) / toDouble(y);
  }
  if (!isExact(x) || !isExact(y)) return toDouble(x) / toDouble(y);
  const found = new Fraction(x.n * y.d, x.d * y.n);
  if (x.int && y.int) return x.n === 0n ? 0 / toDouble(y) : toDouble(found);
  return found;
}

/** @param {Num} x @returns {Num} */
export const neg = (x) => (isExact(x) ? new Fraction(-x.n, x.d, x.int) : -x);

/** A whole number that is a double, too, as that one: doubles compare faster. @param {Num} x */
const lighter = (x) =>
  isExact(x) && x.d === 1n && BigInt.asIntN(54, x.n) === x.n ? Number(x.n) : x;

/**
 * Below 0, 0 or above as x is less than y, equal or more; nan if one of them is.
 * @param {Num} x @param {Num} y
 */
export function compare(x, y) {
  const [left, right] = [lighter(x), lighter(y)];
  if (typeof left === "number" && typeof right === "number") {
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : NaN;
  }
  if (!isExact(left) && !Number.isFinite(left)) return left;
  if (!isExact(right) && !Number.isFinite(right)) return -right;
  const [a, b] = [left, right].map((each) => (isExact(each) ? each : exactly(each)));
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

// Powers.

/** As in C: 1 to any power is 1, and -1 to an infinite one. @param {number} x @param {number} y */
function doublePower(x, y) {
  if (y === 2) return x * x;
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

/** The exact root, null where there is none. @param {Fraction} x @param {bigint} degree */
export function exactRoot(x, degree) {
  if (x.n < 0n && degree % 2n === 0n) return null;
  const [over, under] = [wholeRoot(x.n < 0n ? -x.n : x.n, degree), wholeRoot(x.d, degree)];
  return over === null || under === null ? null : new Fraction(x.n < 0n ? -over : over, under);
}

/** By Newton's method from above. @param {bigint} n @param {bigint} degree */
function wholeRoot(n, degree) {
  const size = BigInt(bitLength(n));
  if (n < 2n) return n;
  if (degree >= size) return null;
  let below = 1n << ((size + degree - 1n) / degree), root = below + 1n;
  while (below < root) {
    root = below;
    below = ((degree - 1n) * root + n / root ** (degree - 1n)) / degree;
  }
  return root ** degree === n ? root : null;
}

const MOST_BITS = 10_000; // of a power that is computed exactly

/**
 * The exact power, null where there is none, or none that has a size.
 * @param {Fraction} x @param {Fraction} y
 */
export function exactPower(x, y) {
  const base = y.d === 1n ? x : x.n < 0n ? null : exactRoot(x, y.d);
  const size = y.n < 0n ? -y.n : y.n;
  if (base === null || (base.n === 0n && y.n < 0n)) return null;
  const bits = bitLength(base.n * base.d);
  if (bits > 1 && bits * Number(size) > MOST_BITS) return null;
  if (y.n >= 0n) return new Fraction(base.n ** size, base.d ** size, x.int && y.d === 1n);
  if (x.int && y.int) return doublePower(toDouble(x), toDouble(y));
  return new Fraction(base.d ** size, base.n ** size);
}

/** @param {Num} x @param {Num} y @returns {Num} */
export function power(x, y) {
  const found = isExact(x) && isExact(y) ? exactPower(x, y) : null;
  return found ?? doublePower(toDouble(x), toDouble(y));
}

// Reading.

/** A number as Python hands it to the page. @param {NumberData} data @returns {Num} */
export function readNumber(data) {
  if (data[0] === "q") return new Fraction(wholeOf(data[1]), wholeOf(data[2]), data[3] === "int");
  return /** @type {number} */ (SPECIAL.get(data[1]) ?? Number(data[1]));
}

/** Written in decimals or, a long one, as 0x… @param {string} text */
const wholeOf = (text) => (text[0] === "-" ? -BigInt(text.slice(1)) : BigInt(text));

const SPECIAL = new Map([["inf", Infinity], ["-inf", -Infinity], ["nan", NaN]]);
const TYPED = /^([+-]?)(?:(\d+) ?\/ ?(\d+)|(\d+\.?\d*|\.\d+)(?:e([+-]?\d+))?)$/i;
const LONGEST_TYPED = 1000;

/** The number that digits mean: exact, but inf and nan. Null if it is none. @param {string} text */
export function parseNumber(text) {
  const clean = text.trim().replaceAll("−", "-").toLowerCase().replace(/∞|infinity/, "inf");
  const special = SPECIAL.get(clean.replace(/^\+/, ""));
  if (special !== undefined) return special;
  const found = TYPED.exec(clean);
  if (found === null || clean.length > LONGEST_TYPED) return null;
  const [, sign, over, under, decimal, exponent = "0"] = found;
  if (Math.abs(Number(exponent)) > LONGEST_TYPED || (under && BigInt(under) === 0n)) return null;
  const one = sign === "-" ? -1n : 1n;
  if (under) return new Fraction(one * BigInt(over), BigInt(under));
  const [before, after = ""] = decimal.split(".");
  const places = Number(exponent) - after.length, ten = 10n ** BigInt(Math.abs(places));
  const digit = one * BigInt(before + after);
  return places < 0 ? new Fraction(digit, ten) : new Fraction(digit * ten);
}

/** The same as somebody gives it to a leaf: −0 is a double's. @param {string} text */
export function typedNumber(text) {
  const found = parseNumber(text);
  return isExact(found) && found.n === 0n && /^\s*[-−]/.test(text) ? -0 : found;
}

// Writing: see autograd/formula/notation.py.

const DIGITS = 12;
const LONGEST_EXACT = 300;

/** Whether it is too long to be written exactly, or longer than so many bits. @param {Num} x */
export const isLong = (x, bits = 4 * LONGEST_EXACT) =>
  isExact(x) && Math.max(bitLength(x.n), bitLength(x.d)) > bits;

/**
 * Of at most so many significant digits, with a real minus sign.
 * @param {Num | null} x @param {number | null} significant @returns {string}
 */
export function digits(x, significant = null) {
  if (x === null) return "–";
  let text;
  if (isExact(x)) {
    text = (significant === null ? everyDigit(x) : null) ?? rounded(x, significant || DIGITS);
  } else if (Number.isFinite(x)) {
    const places = significant || DIGITS;
    // From 17 digits on they are those of the shortest text that means this double.
    const shown = places < 17 ? exactly(x) : /** @type {Fraction} */ (parseNumber(String(x)));
    text = Object.is(x, -0) ? "-0" : rounded(shown, places);
  } else {
    text = Number.isNaN(x) ? "nan" : x > 0 ? "∞" : "-∞";
  }
  return text.replaceAll("-", "−");
}

/** All digits of a fraction, or p/q; null if they are too many. @param {Fraction} x */
function everyDigit(x) {
  if (isLong(x)) return null;
  let odd = x.d, places = 0;
  for (const factor of [2n, 5n]) {
    let count = 0;
    for (; odd % factor === 0n; count += 1) odd /= factor;
    places = Math.max(places, count);
  }
  let text = `${x.n}/${x.d}`;
  if (odd === 1n) {
    const all = String(((x.n < 0n ? -x.n : x.n) * 10n ** BigInt(places)) / x.d);
    text = (x.n < 0n ? "-" : "") + pointed(all, all.length - 1 - places, -Infinity, Infinity);
  }
  return text.length <= LONGEST_EXACT ? text : null;
}

/** Rounded to significant digits, half to even. @param {Fraction} x @param {number} significant */
function rounded(x, significant) {
  if (x.n === 0n) return "0";
  const size = x.n < 0n ? -x.n : x.n, most = 10n ** BigInt(significant);
  let first = Math.floor((bitLength(size) - bitLength(x.d)) * Math.log10(2));
  for (;;) {
    const up = significant - 1 - first, ten = 10n ** BigInt(Math.abs(up));
    const [above, below] = up > 0 ? [size * ten, x.d] : [size, x.d * ten];
    let found = above / below;
    const rest = 2n * (above % below);
    if (found >= most || found < most / 10n) {
      first += found >= most ? 1 : -1;
      continue;
    }
    if (rest > below || (rest === below && found % 2n === 1n)) found += 1n;
    if (found === most) first += 1;
    return (x.n < 0n ? "-" : "") + pointed(String(found), first, -5, significant);
  }
}

/**
 * Digits without zeros at the end, the first of them at its place; with a power of ten if that is
 * not between low and high.
 * @param {string} all @param {number} first @param {number} low @param {number} high
 */
function pointed(all, first, low, high) {
  const text = all.replace(/0+$/, "");
  if (!(low < first && first < high)) {
    return `${text[0]}${text.length > 1 ? "." : ""}${text.slice(1)}e${first}`;
  }
  const filled = "0".repeat(Math.max(0, -first)) + text.padEnd(Math.max(0, first + 1), "0");
  const point = Math.max(1, first + 1), rest = filled.slice(point);
  return filled.slice(0, point) + (rest ? "." : "") + rest;
}

/**
 * For a box: exact if that is short, else rounded. See autograd/draw/titles.py.
 * @param {Num | null} x @param {number} significant
 */
export function short(x, significant = 6) {
  const text = digits(x);
  return text.length <= significant + 4 ? text : digits(x, significant);
}
