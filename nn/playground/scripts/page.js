// The page: the controls, the address, play and pause, and `window.playground` for scripts.

import { heldOut, isRegression } from "./data.js";
import { Training } from "./training.js";
import { pythonCode } from "./python.js";
import { boxOf, curves, plane, short, surfaceOf, surfacePicture, sweep } from "./plots.js";
import { Network } from "./network.js";
import { working } from "./working.js";

/** @typedef {Record<string, any>} Settings */

const REGRESSION = ["mse", "half_squared_error", "mae", "huber"];
const ITERATION = { name: "iteration", min: "0", step: "1" }; // as if it had a control
const SLOW = 600, MOMENT = 12; // milliseconds: a slow iteration, what a frame computes at least
/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);
/** @param {number} x */
const grouped = (x) => x.toLocaleString("en").replace(/,/g, "\u202f");
/** @param {number} x @param {string} noun */
const counted = (x, noun) => `${grouped(x)} ${noun}${x === 1 ? "" : "s"}`;

/** A number that was given or written, nan for anything else. @param {any} value */
const numeric = (value) =>
  (typeof value === "number" || (typeof value === "string" && value.trim()) ? Number(value) : NaN);

/** What a control takes. @param {any} field @param {any} value @returns {any} */
function checked(field, value) {
  /** @param {string} what @returns {never} */
  const refuse = (what) => {
    const said = typeof value === "number" ? value : JSON.stringify(value);
    throw new RangeError(`${field.name} is ${what}, not ${said}`);
  };
  if (field.type === "checkbox") {
    if (!["true", "false"].includes(String(value))) refuse("true or false");
    return String(value) === "true";
  }
  if (field.name === "layers" || field.name === "weights") {
    const parts = Array.isArray(value) ? value : String(value).split(",").filter(Boolean);
    const list = parts.map(numeric);
    if (!list.every(Number.isFinite)) refuse("a list of finite numbers");
    const fits = list.length <= 6 && list.every((n) => Number.isInteger(n) && n > 0 && n <= 32);
    return field.name === "weights" || fits ? list : refuse("up to 6 whole numbers from 1 to 32");
  }
  if (field.options) {
    const known = [...field.options].map((option) => option.value);
    if (!known.includes(String(value))) refuse(`one of ${known.join(", ")}`);
    return field.name === "classes" ? Number(value) : String(value);
  }
  const number = numeric(value), { min: low, max: high } = field, whole = field.step === "1";
  const fits = number >= Number(low) && number <= Number(high || Number.MAX_VALUE);
  if (!fits || (whole && !Number.isInteger(number))) {
    const range = high ? `from ${low} to ${high}` : `of at least ${low}`;
    refuse(`a ${whole ? "whole " : high ? "" : "finite "}number ${range}`);
  }
  return number;
}

/** @param {{ settings: Settings, starts: Record<string, number[]>, given: any[],
 *   losses: string[], own: import("./training.js").Own | null }} options */
export function start({ settings: defaults, starts, given, losses, own }) {
  const form = part("settings"), fields = form.elements;
  let settings = { ...defaults }, which = -1, playing = false, due = 0, drawing = MOMENT;
  /** @type {Training} */ let training;
  /** @type {Network | null} */ let network = null;
  /** @type {any} */ let box = null;
  /** @type {any} */ let surface = null;
  /** @type {any} */ let chosen = null;

  /** The losses that such samples can have. @param {Settings} next @returns {string[]} */
  function allowed(next) {
    if (isRegression(next)) return REGRESSION;
    if (next.data !== "given") return ["hinge", ...losses.filter((loss) => loss !== "hinge")];
    if (defaults.loss === "cross_entropy") return ["cross_entropy"];
    const all = given.flatMap(([, targets]) => targets);
    return [...REGRESSION, ...(all.every((y) => Math.abs(y) === 1) ? ["hinge"] : []),
      ...(all.every((y) => y >= 0 && y <= 1) ? ["binary_cross_entropy"] : [])];
  }

  /** The settings with these changes, made to fit each other. @param {Settings} changes */
  function resolved(changes) {
    if (!changes || typeof changes !== "object") {
      throw new TypeError(`settings are an object, such as {rate: 0.01}, not ${changes}`);
    }
    const next = { ...settings };
    for (const [name, value] of Object.entries(changes)) {
      if (!Object.hasOwn(defaults, name)) {
        throw new RangeError(`no setting ${name}: there are ${Object.keys(defaults).join(", ")}`);
      }
      next[name] = checked(fields[name], value);
    }
    const possible = allowed(next);
    if (next.data === "given") next.classes = defaults.classes;
    else next.classes = next.data === "spiral" ? Math.max(2, next.classes) : 2;
    const others = heldOut(next);
    if (others && others < next.classes && !isRegression(next)) {
      throw new RangeError(`validation is 0 or at least ${next.classes} here, not ${others}`);
    }
    if (!possible.includes(next.loss)) {
      if ("loss" in changes) {
        throw new RangeError(`the loss for ${next.data} is one of ${possible.join(", ")}`);
      }
      next.loss = possible[0];
    }
    const blank = new Training({ ...next, weights: own ? defaults.weights : [] }, starts, given, own);
    const count = blank.layers.flat(2).length;
    if (own && (blank.inputs !== own.inputs || blank.outputs !== own.outputs)) {
      throw new RangeError(`${own.name} takes ${counted(own.inputs, "input")} and gives `
        + `${counted(own.outputs, "output")}: these samples and ${next.loss} need `
        + `${blank.inputs} and ${blank.outputs}`);
    }
    const anew = own ? false : next.seed !== settings.seed || next.init !== settings.init;
    if (!("weights" in changes) && (anew || next.weights.length !== count)) next.weights = [];
    if (next.weights.length && next.weights.length !== count) {
      throw new RangeError(`this network has ${count} weights, not ${next.weights.length}`);
    }
    return next;
  }

  /** Starts anew with other settings. @param {Settings} changes */
  function configure(changes = {}) {
    settings = resolved(changes);
    training = new Training(settings, starts, given, own);
    box = boxOf(training);
    const line = !own && training.inputs === 1 && training.path[0].length === 2;
    const { inputs, others } = training;
    const now = { surface: line, plane: inputs === 2, flat: inputs === 1, others: others.length,
      layered: !own, own };
    for (const words of document.querySelectorAll("[data-when]")) {
      const seen = /** @type {any} */ (words);
      seen.hidden = !now[/** @type {keyof now} */ (seen.dataset.when)];
    }
    surface = line ? surfaceOf(training) : null;
    chosen = training.layers[chosen?.layer]?.[chosen.neuron] ? chosen : null;
    network = own ? null : new Network(part("network"), training, (place) => {
      chosen = chosen?.layer === place.layer && chosen.neuron === place.neuron ? null : place;
      render();
    }, (layer, by) => {
      const layers = settings.layers.slice();
      layers[layer] += by;
      attempt(() => ({ layers: layers.filter(Boolean) }));
    });
    fill();
    for (const option of fields.loss.options) {
      option.disabled = !allowed(settings).includes(option.value);
    }
    for (const label of form.querySelectorAll("[data-for]")) {
      const known = label.dataset.for.split(" ");
      label.hidden = !known.includes(settings.data) && !known.includes(settings.optimizer);
    }
    part("code").textContent = pythonCode(settings, training.widths, given, own);
    part("note").textContent = "";
    return pause();
  }

  /** Shows in the controls what is in use. */
  function fill() {
    for (const [name, value] of Object.entries({ ...settings, depth: settings.layers.length })) {
      if (fields[name].type === "checkbox") fields[name].checked = value;
      else fields[name].value = String(value);
    }
  }

  /** What a control or an address asks for; a refusal is said, and all stays as it was.
   * @param {() => Settings} asked */
  function attempt(asked) {
    try {
      const { iteration = 0, ...changes } = asked(), count = checked(ITERATION, iteration);
      const before = training.iteration;
      configure(changes);
      if (before) part("note").textContent = "A setting has changed: training starts anew.";
      if (count) iterate(Math.min(count, 100000));
    } catch (error) {
      fill();
      pause();
      part("refusal").textContent = /** @type {Error} */ (error).message;
    }
  }

  /** How many iterations are left. */
  const left = () => settings.epochs * training.perEpoch - training.iteration;

  /** All that changes from one iteration to the next. */
  function render() {
    const { epoch, iteration, perEpoch, size, losses: found } = training, { loss } = state();
    const { data, epochs } = settings, n = training.samples.length, last = epochs * perEpoch;
    const regression = isRegression(settings)
      || (data === "given" && REGRESSION.includes(settings.loss));
    const field = sweep(training, box, !playing);
    plane(part("plane"), training, field, box, training.last?.picks ?? training.coming, regression);
    network?.update(field, chosen);
    const ends = (/** @type {number[]} */ each) => each.map((y, k) => [(k + 1) * perEpoch, y]);
    curves(part("curves"), [
      { points: found.map((y, k) => [k + 1, y]), colour: "--grey" },
      { points: ends(training.epochLosses), colour: "--blue", width: 2 },
      { points: ends(training.validationLosses), colour: "--orange", width: 2, dash: [5, 3] },
    ], iteration);
    if (surface) {
      const [m, b] = training.layers[0][0];
      surfacePicture(part("surface"), surface, training.path);
      const sum = `${short(m)}·x ${b < 0 ? "−" : "+"} ${short(Math.abs(b))}`, f = settings.output;
      part("line").textContent = `ŷ = ${f === "linear" ? sum : `${f}(${sum})`}`;
    }
    part("counts").innerHTML = [["epoch", `${grouped(epoch)} of ${grouped(epochs)}`],
      ["iteration", `${grouped(iteration)} of ${grouped(last)}`],
      [iteration ? "loss before its step" : "loss", short(loss)]]
      .map(([name, text]) => `<span>${name} <b>${text}</b></span>`).join("");
    const odd = n % size ? `${short(n / size)}, so ` : "";
    part("arithmetic").textContent = `${counted(n, "sample")} ÷ ${size} in a batch = ${odd}`
      + `${counted(perEpoch, "iteration")} an epoch; × ${counted(epochs, "epoch")} = `
      + counted(last, "iteration");
    const [early] = training.epochLosses, late = training.epochLosses.at(-1) ?? 0;
    const growing = late > 1000 * Math.max(early, 1);
    part("trouble").textContent = training.trouble
      || (growing ? "The loss grows: the learning rate is too large for this." : "");
    if (iteration) {
      part("note").textContent = left() ? "" : "Training has ended; “Play again” starts anew.";
    }
    part("working").innerHTML = own ? "" : chosen ? working(training, chosen, which)
      : "<p class=quiet>Choose a neuron to see this iteration’s back propagation through it.</p>";
  }

  /** Stands still, says where, and puts that into the address. */
  function pause() {
    const found = state(), { epoch, iteration, loss } = found;
    playing = false;
    which = -1;
    render();
    part("play").textContent = left() ? "Play" : "Play again";
    part("refusal").textContent = "";
    part("said").textContent = `Epoch ${epoch}, iteration ${iteration}, loss ${short(loss)}.`;
    const changed = Object.entries({ ...settings, iteration }).filter(
      ([name, value]) => String(value) !== String({ ...defaults, iteration: 0 }[name]));
    try {
      history.replaceState(null, "", `#${changed.map((pair) => pair.join("=")).join("&")}`);
    } catch { /* a page within a page has no address of its own */ }
    return found;
  }

  /** Where training is; the weights are in the order of `model.parameters()`. */
  function state() {
    const { epoch, iteration, layers, losses: found } = training;
    const loss = iteration ? found[iteration - 1] : training.tried().loss;
    return { epoch, iteration, loss, weights: layers.flat(2) };
  }

  /** So many iterations, at most to the end. @param {number} count */
  function iterate(count = 1) {
    training.iterate(Math.min(checked(ITERATION, count), left()));
    return pause();
  }

  /** What an address asks for. */
  function visit({ hash } = /** @type {{ hash: string }} */ (location)) {
    settings = { ...defaults };
    configure();
    attempt(() => Object.fromEntries(hash.slice(1).split("&").filter(Boolean).map(
      (pair) => pair.split("=").map(decodeURIComponent))));
  }

  /** A moment of playing. @param {number} now */
  function frame(now) {
    const speed = fields.speed.value, over = () => !left() || training.trouble;
    if (!playing) return;
    if (speed !== "slow" || now >= due) {
      const until = performance.now() + Math.max(MOMENT, drawing);
      do training.iterate(1); while (speed === "fast" && !over() && performance.now() < until);
      due = now + SLOW;
      which = -1;
      const began = performance.now();
      render();
      drawing = performance.now() - began;
    }
    if (over()) pause();
    else requestAnimationFrame(frame);
  }

  const actions = {
    play() {
      if (playing) return pause();
      if (!left()) configure();
      part("refusal").textContent = "";
      playing = true;
      part("play").textContent = "Pause";
      requestAnimationFrame(frame);
    },
    one: () => iterate(1),
    epoch: () => iterate(training.perEpoch - (training.iteration % training.perEpoch)),
    reset: () => configure(),
    copy: () => navigator.clipboard?.writeText(part("code").textContent),
    working(/** @type {any} */ { target: { dataset } }) {
      if (!dataset.to) return;
      which = Number(dataset.to);
      render();
      part("working").querySelector(`[data-way="${dataset.way}"]`).focus();
    },
  };
  for (const [id, act] of Object.entries(actions)) part(id).addEventListener("click", act);
  form.addEventListener("change", (/** @type {any} */ { target }) => {
    const { name, type, value } = target;
    if (name === "depth") {
      const { layers } = settings, length = Math.min(6, Number(value));
      attempt(() => ({
        layers: Array.from({ length }, (_, l) => layers[l] ?? layers.at(-1) ?? 4) }));
    } else if (Object.hasOwn(defaults, name)) {
      attempt(() => ({ [name]: type === "checkbox" ? target.checked : value }));
    }
  });
  form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  addEventListener("hashchange", () => visit());
  document.querySelector("nav")?.addEventListener("click", (/** @type {any} */ event) => {
    if (!event.target.href) return;
    event.preventDefault(); // in a frame without an address it would lead out of the page
    visit(event.target);
  });
  addEventListener("resize", render);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  visit();
  new ResizeObserver(() => { // a frame in a notebook is as high as the page
    const frame = /** @type {any} */ (window.frameElement);
    if (frame) frame.style.height = `${document.body.scrollHeight + 4}px`;
  }).observe(document.body);
  Object.assign(window, { playground: { configure, iterate, state } });
}
