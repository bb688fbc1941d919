// Data sets: those of `nn.data`, the same numbers for the same seed.

import { Random } from "./random.js";

/** @typedef {Record<string, any>} Settings @typedef {[number[], number[]]} Sample */

/** Points along the curve of each class, as `nn.data` draws them.
 * @param {(label: number, along: number) => number[]} point
 * @param {Settings} settings @param {number} seed @returns {[number[], number][]} */
function drawnAlong(point, { count, classes, noise, data }, seed) {
  const random = new Random(seed);
  return Array.from({ length: classes }, (_, label) => {
    const size = Math.floor((count + classes - 1 - label) / classes);
    return Array.from({ length: size }, (_, place) => {
      const [x, y] = point(label, place / (data === "ring" ? size : Math.max(size - 1, 1)));
      const noisy = [random.gauss(x, noise), random.gauss(y, noise)];
      return /** @type {[number[], number]} */ ([noisy, label]);
    });
  }).flat();
}

/** @type {Record<string, (settings: Settings, seed: number) => [number[], number][]>} */
const SETS = {
  moons: (settings, seed) => drawnAlong((label, along) => {
    const x = Math.cos(Math.PI * along), y = Math.sin(Math.PI * along);
    return label ? [1 - x, 0.5 - y] : [x, y];
  }, settings, seed),
  ring: (settings, seed) => drawnAlong((label, along) => {
    const radius = label ? 1 : 0.4, angle = 2 * Math.PI * along;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }, settings, seed),
  spiral: (settings, seed) => drawnAlong((label, along) => {
    const radius = 0.1 + 0.9 * along;
    const angle = 2 * Math.PI * (label / settings.classes + 0.65 * along);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }, settings, seed),
  xor: () => [[[0, 0], 0], [[0, 1], 1], [[1, 0], 1], [[1, 1], 0]],
  line: ({ count, noise }, seed) => {
    const random = new Random(seed);
    return Array.from({ length: count }, (_, place) => {
      const x = (2 * place) / Math.max(count - 1, 1) - 1;
      return [[x], random.gauss(3 * x + 2, noise)];
    });
  },
  sample: () => [[[5, 3], 8]],
};

/** Whether numbers are to be predicted, and not classes. @param {Settings} settings */
export const isRegression = ({ data }) => data === "line" || data === "sample";

/** What is counted as "the other class" by a loss. @param {Settings} settings */
export const lowest = ({ loss }) => (loss === "binary_cross_entropy" ? 0 : -1);

/** The samples, each with its inputs and its targets as the loss wants them.
 * @param {Settings} settings @param {number} seed @param {Sample[]} given @returns {Sample[]} */
export function samplesOf(settings, seed, given) {
  const { data, loss, classes } = settings, low = lowest(settings);
  if (data === "given") return given;
  return SETS[data](settings, seed).map(([inputs, label]) => {
    if (isRegression(settings) || loss === "cross_entropy") return [inputs, [label]];
    if (classes === 2) return [inputs, [label ? 1 : low]];
    return [inputs, Array.from({ length: classes }, (_, k) => (k === label ? 1 : low))];
  });
}
