// The working: one iteration's back propagation through one neuron, in its real numbers.

import { names } from "./network.js";
import { short } from "./plots.js";

/** @typedef {import("./training.js").Training} Training */

/** A number that is equal to what is shown, or about it. @param {number} x */
function equals(x, digits = 4) {
  const shown = short(x, digits);
  const off = Math.abs(Number(shown.replace(/−/g, "-")) - x);
  return `${off <= 1e-14 * Math.abs(x) ? "=" : "≈"} ${shown}`;
}

/** @param {number[]} factors */
const product = (...factors) => factors.map((x) => `(${short(x)})`).join("");

/** The working as HTML. Of the batch's samples it is that of number `which`, or, if that is −1, of
 * the first one from which a gradient comes.
 * @param {Training} training @param {{ layer: number, neuron: number }} place
 * @param {number} which */
export function working(training, { layer: l, neuron: j }, which) {
  const done = training.last;
  const { picks, layers, traces, gradients, moved } = done ?? training.tried();
  if (which < 0) which = Math.max(0, traces.findIndex((trace) => trace.deltas[l][j] !== 0));
  const { weight, neuron } = names(training), { optimizer, rate, decay, l2, loss } = training.settings;
  const [inputs, target] = training.samples[picks[which]], trace = traces[which];
  const feed = trace.feeds[l], row = layers[l][j], own = neuron(l, j), f = training.activation(l);
  const sum = trace.sums[l][j], arrived = trace.arrived[l][j], delta = trace.deltas[l][j];
  const next = (layers[l + 1] ?? []).map((to, k) => product(trace.deltas[l + 1][k], to[j]));
  const slope = training.slope(l, sum, 1), plain = f === "linear", many = picks.length > 1;
  const lines = [
    ["sum", `s = ${row.map((w, i) => product(w, feed[i])).join(" + ")} ${equals(sum)}`],
    ["output", `${own} = ${plain ? "s" : `${f}(s)`} ${equals(trace.outputs[l][j])}`],
    ["gradient that arrives", `∂E/∂${own} ${next.length ? `= ${next.join(" + ")} ` : ""}`
      + `${equals(arrived)}${next.length ? "" : `, from ${loss.replace(/_/g, " ")}`}`],
    ["slope", `∂${own}/∂s ${equals(slope)}`],
    ["gradient of the sum", `∂E/∂s = ${product(arrived, slope)} ${equals(delta)}`],
  ];
  row.forEach((w, i) => {
    const name = weight(l, j, i), after = equals(moved[l][j][i][0], 6);
    const all = traces.reduce((total, { deltas, feeds }) => total + deltas[l][j] * feeds[l][i], 0);
    const itself = optimizer === "AdamW", shrunk = itself ? w - rate * decay * w : w;
    const g = gradients[l][j][i], whole = itself ? g : g + decay * w;
    const by = optimizer === "SGD" ? ` − ${product(rate, whole)}` : `, by ${optimizer}`;
    lines.push([name, [
      `∂E/∂${name} = ${product(delta, feed[i])} ${equals(delta * feed[i])}`
        + (many ? ` here, ${short(all)} over the batch` : ""),
      l2 && `with 2·l2·${name}: ${short(all)} + 2${product(l2, w)} ${equals(g)}`,
      decay && !itself && `with weight decay: ${short(g)} + ${product(decay, w)} ${equals(whole)}`,
      decay && itself && `decayed: ${short(w)} − ${product(rate, decay, w)} ${equals(shrunk)}`,
      `new ${name} = ${short(shrunk)}${by} ${after}`,
    ].filter(Boolean).join("<br>")]);
  });
  const given = inputs.map((x, i) => `${neuron(-1, i)} ${equals(x)}`).join(", ");
  return `<h2>${own} in ${done ? `iteration ${training.iteration}` : "the coming iteration"}</h2>
    <p>Sample <button type="button" data-to="${(which || picks.length) - 1}" data-way="back"
    aria-label="the sample before">‹</button> ${which + 1} of ${picks.length} <button type="button"
    data-to="${(which + 1) % picks.length}" data-way="on" aria-label="the next sample">›</button>
    in the batch: ${given}; target ${target.map((y) => short(y)).join(", ")}.
    E is the loss${l2 ? " without the l2 penalty" : ""}${many ? ", the mean over the batch" : ""}.</p>
    <dl>${lines.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join("")}</dl>`;
}
