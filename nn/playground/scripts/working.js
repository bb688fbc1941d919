// The working: one iteration's back propagation through one neuron, in its real numbers.

import { names } from "./network.js";
import { short } from "./plots.js";

/** @typedef {import("./training.js").Training} Training */

/** A number that is equal to what is shown, or about it. @param {number} x */
const equals = (x) => {
  const shown = short(x);
  return `${Number(shown.replace("−", "-")) === x ? "=" : "≈"} ${shown}`;
};
/** @param {number[]} factors */
const product = (...factors) => factors.map((x) => `(${short(x)})`).join("");

/** The working as HTML. @param {Training} training @param {{ layer: number, neuron: number }} place
 * @param {number} which which sample of the batch */
export function working(training, { layer: l, neuron: j }, which) {
  const done = training.last, { picks, layers, traces, gradients, moved } = done ?? training.tried();
  const { weight, neuron } = names(training), { settings } = training, trace = traces[which];
  const [inputs, target] = training.samples[picks[which]], feed = trace.feeds[l], row = layers[l][j];
  const own = neuron(l, j), f = training.activation(l), arrived = trace.arrived[l][j];
  const sum = trace.sums[l][j], delta = trace.deltas[l][j], slope = training.slope(l, sum, 1);
  const source = (/** @type {number} */ i) => (i === training.widths[l] ? "1" : neuron(l - 1, i));
  const next = (layers[l + 1] ?? []).map((to, k) => product(trace.deltas[l + 1][k], to[j]));
  const rule = settings.optimizer === "SGD" && !settings.decay
    ? `w − ${short(settings.rate)} · ∂E/∂w` : `what ${settings.optimizer} makes of ∂E/∂w`;
  const lines = [
    ["sum", `s = ${row.map((w, i) => product(w, feed[i])).join(" + ")} ${equals(sum)}`],
    ["output", `${own} = ${f === "linear" ? "s" : `${f}(s)`} ${equals(trace.outputs[l][j])}`],
    ["gradient that arrives", `∂E/∂${own} ${next.length ? `= ${next.join(" + ")} ` : ""}`
      + `${equals(arrived)}${next.length ? "" : `, from the loss ${settings.loss}`}`],
    ["slope", `∂${own}/∂s = ${f}′(s) ${equals(slope)}`],
    ["gradient of the sum", `∂E/∂s = ${product(arrived, slope)} ${equals(delta)}`],
  ];
  const cells = row.map((w, i) => `<tr><th scope="row">${weight(l, j, i)}</th><td>${short(w)}</td>`
    + `<td>${i === training.widths[l] ? "1" : `${source(i)} ${equals(feed[i])}`}</td>`
    + `<td>${product(delta, feed[i])} ${equals(delta * feed[i])}</td>`
    + `<td>${short(gradients[l][j][i])}</td><td>${short(moved[l][j][i][0], 6)}</td></tr>`);
  const given = inputs.map((x, i) => `${neuron(-1, i)} ${equals(x)}`).join(", ");
  return `<h2>${own} in ${done ? `iteration ${training.iteration}` : "the coming iteration"}</h2>
    <p>Sample <button type="button" data-by="-1" aria-label="the sample before">‹</button>
    ${which + 1} of ${picks.length} <button type="button" data-by="1" aria-label="the next sample"
    >›</button> in the batch: ${given}; target ${target.map((y) => short(y)).join(", ")}.
    E is the mean loss of the batch.</p>
    <dl>${lines.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join("")}</dl>
    <div class="wide" tabindex="0" role="region" aria-label="the weights of ${own}"><table>
    <thead><tr><th scope="col">weight</th><th scope="col">was</th><th scope="col">its input</th>
    <th scope="col">∂E/∂s · input</th><th scope="col">∂E/∂w, whole batch</th>
    <th scope="col">new weight</th></tr></thead><tbody>${cells.join("")}</tbody></table></div>
    <p class="quiet">new weight: ${rule}</p>`;
}
