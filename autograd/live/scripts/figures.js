/** Figures: the numbers that boxes and arrows of the picture show, in the room that they have. */

import { add, compare, digits, isExact, mul, neg, short, whole } from "./numbers.js";

/** @typedef {import("./numbers.js").Num} Num @typedef {import("./graph.js").Session} Session */

/**
 * The value and the gradient of a box; of one that shows several, the least and the largest value
 * computed in it, and what the size of no gradient exceeds. Nan has no place in a range.
 * @param {Session} session @param {number} shown @param {number[]} members @returns {Num[]}
 */
export function boxFigures({ values, gradients, nodes }, shown, members) {
  const gradient = (/** @type {number} */ node) => gradients[node] ?? whole(0n);
  if (shown >= 0) return [values[shown], gradient(shown)];
  const computed = members.filter((node) => nodes[node].op !== null);
  const found = sorted((computed.length ? computed : members).map((node) => values[node]));
  const sizes = sorted(members.map(gradient).map((one) => (compare(one, 0) < 0 ? neg(one) : one)));
  const span = found.length ? [found[0], found[found.length - 1]] : [NaN];
  return [...span, sizes.length ? sizes[sizes.length - 1] : NaN];
}

/** Without nan. @param {Num[]} numbers */
const sorted = (numbers) => numbers.filter((one) => compare(one, one) === 0).sort(compare);

/**
 * The derivative of what a box shows to another value: a slope of its own, or, with a place of -1,
 * along all ways inside the box.
 * @param {Session} session @param {{shown: number, members: number[]}} head @param {number} tail
 * @param {number} place @returns {Num}
 */
export function slopeInto(session, head, tail, place) {
  if (place >= 0) return session.slopes[head.shown][place] ?? whole(0n);
  const found = new Map([[head.shown, /** @type {Num} */ (whole(1n))]]);
  for (const node of [...head.members].reverse()) {
    const above = found.get(node);
    session.parents[node].forEach((parent, at) => {
      const slope = session.slopes[node][at];
      if (above === undefined || parent === null || slope === null) return;
      const share = mul(above, slope), other = found.get(parent);
      found.set(parent, other === undefined ? share : add(other, share));
    });
  }
  return found.get(tail) ?? whole(0n);
}

/**
 * A number in so many characters: short, or to as many digits as the user asked for, or to fewer
 * where that is too long.
 * @param {Num} number @param {number} significant @param {number} room @param {boolean} asked
 */
export function fitted(number, significant, room, asked = false) {
  let text = "";
  for (let few = significant; few > 0; few -= 1) {
    text = (asked ? digits : short)(number, few);
    if (text.length <= room) break;
  }
  return text;
}

/** @param {Num | null} one @param {Num | null | undefined} other */
export function sameNumber(one, other) {
  const exact = isExact(one) && isExact(other);
  return exact ? one.n === other.n && one.d === other.d : Object.is(one, other);
}
