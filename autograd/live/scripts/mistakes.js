/**
 * Mistakes: what a wrong answer is the right one of. It is compared with what comes out where a
 * factor, a way or a sign is left out, or something else is done instead.
 */

import { applied } from "./exact.js";
import { Fraction, add, compare, digits, div, isExact, mul, neg } from "./numbers.js";
import { sub, toDouble, whole } from "./numbers.js";
import { ENOUGH, agrees, isShort, rounds } from "./questions.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./derivation.js").Book} Book
 * @typedef {import("./questions.js").Question} Question
 * @typedef {import("./questions.js").Factor} Factor
 * @typedef {[Num, string]} Guess an answer, and under which condition it comes out, or what it is
 * @typedef {(x: Num, y: Num) => Num} Rule
 */

const MOST_REASONS = 3, MOST_SUBSETS = 6, CLOSE = 0.005;

/** @param {Num} number @param {string} said @returns {Guess} */
const guess = (number, said) => [number, said];

/** Exact for two of Python's ints, too. @type {Rule} */
const quotient = (x, y) => (isExact(y) && y.n !== 0n ? mul(x, new Fraction(y.d, y.n)) : div(x, y));

const ONE = whole(1n), WHAT_IT_IS = "that is ";
const SIGN = `${WHAT_IT_IS}right but for its sign`;
const POINT = `${WHAT_IT_IS}right but for the place of the point`;

/**
 * Whether an answer is right, and what is said about it.
 * @param {Book} book @param {Question} question @param {Num} given
 * @param {number} unit of the last digit that was typed, Infinity for a formula
 */
export function verdict(book, question, given, unit = Infinity) {
  const { answer, kind } = question, right = agrees(given, answer, unit);
  const all = isShort(answer) || (isExact(answer) && compare(given, answer) === 0);
  if (right) return { right, said: all ? "" : `${ENOUGH} digits are enough` };
  if (Number.isNaN(toDouble(given))) return { right, said: "That is not a number." };
  const guesses = kind === "value" ? ofValue(book, question) : ofSlope(book, question);
  const signs = guesses.map((group) =>
    group.map(([number, said]) => guess(neg(number), said.startsWith(WHAT_IT_IS)
      ? said.replace(WHAT_IT_IS, `${WHAT_IT_IS}but for its sign `)
      : `${said}, and the sign is the other one`)));
  const likely = [guess(neg(answer), SIGN), ...guesses[0]];
  for (const group of [likely, ...guesses.slice(1), moved(answer), ...signs]) {
    const found = group.flatMap(([number, said]) => (agrees(given, number, unit) ? [said] : []));
    if (found.length) return { right, said: sentence([...new Set(found)].slice(0, MOST_REASONS)) };
  }
  return { right, said: nearly(given, answer, unit) };
}

/**
 * What is said about an answer that is near the right one.
 * @param {Num} given @param {Num} answer @param {number} unit
 */
function nearly(given, answer, unit) {
  const away = Math.abs(toDouble(given) / toDouble(answer) - 1);
  const asked = isShort(answer) ? "all digits" : `${ENOUGH} digits`;
  if (away < CLOSE && Number.isFinite(unit) && rounds(given, answer, unit))
    return `That is close, but rounded: ${asked} are asked.`;
  return away < CLOSE ? "That is close, but not it." : "";
}

/** @param {string[]} reasons */
function sentence(reasons) {
  const known = reasons.filter((reason) => reason.startsWith(WHAT_IT_IS));
  const others = reasons.filter((reason) => !known.includes(reason));
  const text = [...known, ...others.length ? [`that comes out if ${others.join(", or if ")}`] : []];
  return text.map((part) => `${part[0].toUpperCase()}${part.slice(1)}.`).join(" ");
}

/** @param {Num} answer @returns {Guess[]} */
const moved = (answer) => [10n, 100n, 1000n].flatMap((ten) =>
  [mul, quotient].map((rule) => rule(answer, whole(ten))).map((number) => guess(number, POINT)));

// Derivatives.

/** @param {Num[]} numbers @returns {Num} */
const productOf = (numbers) => numbers.reduce(mul, ONE);

/** @param {Num[]} terms @returns {Num} */
const sum = (terms) => terms.reduce(add, whole(0n));

/** @param {Factor[]} way */
const product = (way) => productOf(way.map(({ value }) => value));

/**
 * The likely mistakes first.
 * @param {Book} book @param {Question} question @returns {Guess[][]}
 */
function ofSlope(book, { ways, answer }) {
  const factors = [...new Set(ways.flat())];
  const called = (/** @type {Factor} */ { text, value }) => `${text} = ${digits(value, 6)}`;
  const without = (/** @type {Factor[]} */ missing) =>
    sum(ways.map((way) => product(way.filter((factor) => !missing.includes(factor)))));
  const but = (/** @type {Factor[]} */ way) => ways.filter((other) => other !== way).map(product);
  const single = factors.map((factor) =>
    guess(without([factor]), `the factor ${called(factor)} is missing`));
  single.push(...undivided(book, ways, answer));
  if (ways.length > 1) for (const way of ways) {
    const over = wayName(book, way);
    single.push(guess(sum(but(way)), `${over} is missing`),
      guess(sub(sum(but(way)), product(way)), `${over} has the other sign`));
    for (const factor of way) single.push(guess(
      sum([...but(way), product(way.filter((other) => other !== factor))]),
      `on ${over} the factor ${called(factor)} is missing`));
  }
  const several = [
    ...subsets(factors).map((missing) =>
      guess(without(missing), `the factors ${listed(missing.map(called))} are missing`)),
    ...subsets(ways).map((missing) =>
      guess(sum(ways.filter((way) => !missing.includes(way)).map(product)),
        `${listed(missing.map((way) => wayName(book, way)))} are missing`)),
  ];
  return [single, [...known(book), ...several], instead(book, ways, factors, called)];
}

/**
 * What comes out where every way leads through a division by a number, as in (ŷ − y)²/2.
 * @param {Book} book @param {Factor[][]} ways @param {Num} answer @returns {Guess[]}
 */
function undivided(book, ways, answer) {
  const { nodes, parents, constants } = book.session, [first = [], ...others] = ways;
  return first.filter((factor) => others.every((way) => way.includes(factor)))
    .flatMap(({ from }) => {
      const by = nodes[from].op === "div" && parents[from][1] === null ? constants[from][1] : null;
      return by === null ? [] : [guess(mul(answer, by),
        `the division by ${digits(by)} in ${nameOf(book, from)} is left out`)];
    });
}

/**
 * What comes out with something else for a factor.
 * @param {Book} book @param {Factor[][]} ways @param {Factor[]} factors
 * @param {(factor: Factor) => string} called
 */
function instead(book, ways, factors, called) {
  const { values } = book.session;
  if (!ways.length) return []; // they are too many
  const rule = ways.length > 1
    ? guess(productOf(ways.map(product)), "the ways are multiplied, not added")
    : guess(sum(factors.map(({ value }) => value)), "the factors are added, not multiplied");
  return [rule, ...factors.flatMap((factor) => {
    const { value, from, to } = factor, text = called(factor);
    const put = (/** @type {Num} */ other) => sum(ways.map((way) =>
      product(way.map((one) => (one === factor ? { ...one, value: other } : one)))));
    return [
      ...[to, from].map((node) =>
        guess(put(values[node]), `${nameOf(book, node)} itself stands for the factor ${text}`)),
      guess(put(neg(value)), `the factor ${text} has the other sign`),
      guess(put(mul(value, value)), `the factor ${text} is there twice`),
      ...toDouble(value) === 0 ? []
        : [guess(put(quotient(ONE, value)), `it is divided by ${text}, not multiplied`)],
    ];
  })];
}

/** The numbers of the graph, and what they are. @param {Book} book */
function known(book) {
  const { nodes, values, gradients, root } = book.session;
  const partial = (/** @type {number} */ of, /** @type {number} */ to, direct = false) =>
    book.plain.write(book.partial(of, to, direct));
  const named = [...nodes.keys()].filter((node) => nodes[node].name);
  const local = book.named.flatMap(({ node, slopes }) => slopes.map((hop) =>
    guess(book.slope(node, hop.node),
      `${WHAT_IT_IS}the local slope ${partial(node, hop.node, hop.direct)}`)));
  const back = named.flatMap((node) => {
    const gradient = node === root ? null : gradients[node];
    const direct = local.some(([, said]) => said.endsWith(` ${partial(root, node)}`));
    if (gradient === null || direct) return [];
    return [guess(gradient, `${WHAT_IT_IS}the gradient ${partial(root, node)}`)];
  });
  return [...local, ...back, ...named.map((node) =>
    guess(values[node], `${WHAT_IT_IS}the value of ${nameOf(book, node)}`))];
}

/** @param {Book} book @param {number} node */
const nameOf = (book, node) => book.plain.write(book.called(node));

/** @param {Book} book @param {Factor[]} way */
const wayName = (book, way) => way.length < 2 ? "the direct way"
  : `the way over ${way.slice(0, -1).map(({ to }) => nameOf(book, to)).join(", ")}`;

/**
 * All parts of a list but none, one and all; none of a long list.
 * @template T @param {T[]} items @returns {T[][]}
 */
function subsets(items) {
  if (items.length > MOST_SUBSETS) return [];
  const all = Array.from({ length: 2 ** items.length - 1 }, (_, k) =>
    items.filter((_item, at) => (k >> at) & 1));
  return all.filter((some) => some.length > 1).sort((one, other) => one.length - other.length);
}

/** @param {string[]} texts */
const listed = (texts) => `${texts.slice(0, -1).join(", ")} and ${texts[texts.length - 1]}`;

// Values.

/**
 * What is taken for an operation of two, and how that is said. Only where no operand is such a sum
 * or product itself: what a + b + c is when it is multiplied can be read in two ways.
 * @type {Record<string, [Rule, string][]>}
 */
const OTHERWISE = {
  add: [[mul, "it is multiplied, not added"], [sub, "it is subtracted, not added"]],
  sub: [[add, "it is added, not subtracted"],
    [(x, y) => sub(y, x), "it is subtracted the other way round"]],
  mul: [[add, "it is added, not multiplied"]],
  div: [[mul, "it is multiplied, not divided"],
    [(x, y) => quotient(y, x), "it is divided the other way round"]],
};

/** The same of one operand, or of one and an exponent. @type {Record<string, [Rule, string][]>} */
const ALONE = {
  power: [[(x) => x, "the power is missing"], [mul, "it is multiplied by the exponent"]],
  neg: [[(x) => x, "the sign is missing"]],
  relu: [[() => whole(0n), "it is taken to be 0"], [(x) => x, "it is taken as it is"]],
};

/** What an operand may be called, of which an operation is left with the other one. */
const PARTS = /** @type {Record<string, string[]>} */ ({ add: ["the term", "the term"],
  sub: ["", "the term"], mul: ["the factor", "the factor"], div: ["", "the divisor"] });
const FAMILIES = [["add", "sub", "neg"], ["mul", "div", "neg"]];

/** A value's own operation as it is written. @param {Book} book @param {number} node */
function bodyOf(book, node) {
  const written = book.data.operations[node]?.value;
  return written ? book.plain.write(book.formula(written[0])) : nameOf(book, node);
}

/**
 * What is done instead of one operation.
 * @param {Book} book @param {number} at @param {number[]} inner @returns {[Rule, string][]}
 */
function mistaken(book, at, inner) {
  const { nodes, parents, constants } = book.session, op = String(nodes[at].op);
  const called = (/** @type {number} */ k) => {
    const parent = parents[at][k];
    return parent === null ? digits(constants[at][k]) : nameOf(book, parent);
  };
  const family = FAMILIES.find((ops) => ops.includes(op)) ?? [];
  const isOne = parents[at].every((parent, k) => parent === null
    ? toDouble(constants[at][k] ?? 0) >= 0 // else x + −3 is written x − 3
    : !inner.includes(parent) || !family.includes(String(nodes[parent].op)));
  const missing = (PARTS[op] ?? []).flatMap((part, k) => {
    const rule = /** @type {Rule} */ (k === 0 ? (_x, y) => y : (x) => x);
    return part ? [/** @type {[Rule, string]} */ ([rule, `${part} ${called(k)} is missing`])] : [];
  });
  return [...missing, ...ALONE[op] ?? [], ...isOne ? OTHERWISE[op] ?? [] : []];
}

/**
 * What comes out with other operations.
 * @param {Book} book @param {Question} question @returns {Guess[][]}
 */
function ofValue(book, { node }) {
  const { nodes, values, parents, constants, rows } = book.session;
  const inner = book.byNode.get(node)?.inner ?? [node], upwards = [...inner].reverse();
  /** @type {(changed: number, rule: Rule) => Num} what is asked, with another operation in it */
  const computed = (changed, rule) => {
    const others = /** @type {Map<number, Num>} */ (new Map());
    for (const at of upwards) {
      if (at !== changed && !parents[at].some((one) => one !== null && others.has(one))) continue;
      const numbers = parents[at].map((one, k) => /** @type {Num} */ (
        one === null ? constants[at][k] : others.get(one) ?? values[one]));
      others.set(at, at === changed ? rule(numbers[0], numbers[1])
        : applied(rows[String(nodes[at].op)].value, numbers));
    }
    return others.get(node) ?? values[node];
  };
  const other = inner.flatMap((at) => mistaken(book, at, inner).map(([rule, said]) =>
    guess(computed(at, rule), `in ${bodyOf(book, at)} ${said}`)));
  const part = inner.slice(1).map((at) =>
    guess(values[at], `${WHAT_IT_IS}${nameOf(book, at)}, and it goes on`));
  return [part, other, known(book)];
}
