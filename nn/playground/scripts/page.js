// The page: the controls, the address, play and pause, and `window.playground` for scripts.

import { isRegression } from "./data.js";
import { Training } from "./training.js";
import { pythonCode } from "./python.js";
import { boxOf, curves, plane, short, surfaceOf, surfacePicture, sweep } from "./plots.js";
import { Network } from "./network.js";
import { working } from "./working.js";

/** @typedef {Record<string, any>} Settings */

const REGRESSION = ["mse", "half_squared_error", "mae", "huber"];
const SLOW = 600; // milliseconds an iteration
/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);
/** @param {number} x */
const grouped = (x) => x.toLocaleString("en").replace(/,/g, "\u202f");
/** @param {number} x @param {string} noun */
const counted = (x, noun) => `${grouped(x)} ${noun}${x === 1 ? "" : "s"}`;

/** @param {{ settings: Settings, starts: Record<string, number[]>, given: any[],
 *   losses: string[] }} options */
export function start({ settings: defaults, starts, given, losses }) {
  const form = part("settings");
  let settings = { ...defaults };
  /** @type {Training} */ let training;
  /** @type {Network} */ let network;
  /** @type {any} */ let box = null;
  /** @type {any} */ let surface = null;
  /** @type {any} */ let chosen = null;
  let which = -1, playing = false, due = 0;

  /** A setting as it may be. @param {string} name @param {any} value */
  function checked(name, value) {
    const field = form.elements[name];
    const refuse = (/** @type {string} */ what) => {
      throw new RangeError(`${name} is ${what}, not ${JSON.stringify(value)}`);
    };
    if (!field || !(name in defaults)) {
      throw new RangeError(`no setting ${name}: there are ${Object.keys(defaults).join(", ")}`);
    }
    if (name === "layers" || name === "weights") {
      const parts = Array.isArray(value) ? value : String(value).split(",").filter(Boolean);
      const list = parts.map(Number);
      if (list.some(Number.isNaN)) refuse("a list of numbers");
      const fits = list.length <= 6 && list.every((n) => Number.isInteger(n) && n > 0 && n <= 32);
      return name === "weights" || fits ? list : refuse("up to 6 whole numbers from 1 to 32");
    }
    if (field.type === "checkbox") return value === true || value === "true";
    if (field.options) {
      const known = [...field.options].map((option) => option.value);
      const found = known.find((option) => option === String(value));
      if (found === undefined) refuse(`one of ${known.join(", ")}`);
      return name === "classes" ? Number(found) : found;
    }
    const number = value === "" ? NaN : Number(value), low = Number(field.min);
    const high = Number(field.max || Infinity), whole = field.step === "1";
    if (!(number >= low && number <= high) || (whole && !Number.isInteger(number))) {
      refuse(`a ${whole ? "whole " : ""}number from ${low} to ${high}`);
    }
    return number;
  }

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
    const next = { ...settings };
    for (const [name, value] of Object.entries(changes)) next[name] = checked(name, value);
    if (next.data === "given" && !given.length) throw new RangeError("no samples were given");
    if (next.data !== "spiral") next.classes = next.data === "given" ? defaults.classes : 2;
    if (next.data in { xor: 1, sample: 1, given: 1 }) next.validation = 0;
    if (!allowed(next).includes(next.loss)) {
      if ("loss" in changes) {
        throw new RangeError(`the loss for ${next.data} is one of ${allowed(next).join(", ")}`);
      }
      next.loss = allowed(next)[0];
    }
    const count = new Training({ ...next, weights: [] }, starts, given).layers.flat(2).length;
    const drawn = ["seed", "init"].some((name) => next[name] !== settings[name]);
    if ("weights" in changes && next.weights.length % count) {
      throw new RangeError(`this network has ${count} weights, not ${next.weights.length}`);
    }
    if (next.weights.length !== count || (drawn && !("weights" in changes))) next.weights = [];
    return next;
  }

  /** Starts anew with other settings. @param {Settings} changes */
  function configure(changes = {}) {
    settings = resolved(changes);
    training = new Training(settings, starts, given);
    box = boxOf(training);
    const line = training.inputs === 1 && training.layers.flat(2).length === 2;
    part("error-surface").hidden = !line;
    surface = line ? surfaceOf(training) : null;
    chosen = chosen && training.layers[chosen.layer]?.[chosen.neuron] ? chosen : null;
    which = -1;
    network = new Network(part("network"), training, (place) => {
      chosen = chosen?.layer === place.layer && chosen.neuron === place.neuron ? null : place;
      render();
    }, (layer, by) => {
      const layers = settings.layers.map((/** @type {number} */ n, /** @type {number} */ l) =>
        n + (l === layer ? by : 0)).filter(Boolean);
      attempt({ layers });
    });
    fill();
    pause();
    return state();
  }

  /** Shows the settings in the controls, and only those that matter. */
  function fill() {
    for (const [name, value] of Object.entries(settings)) {
      const field = form.elements[name];
      if (field.type === "checkbox") field.checked = value;
      else field.value = String(value);
    }
    for (const option of form.elements.loss.options) {
      option.disabled = !allowed(settings).includes(option.value);
    }
    for (const label of form.querySelectorAll("[data-for]")) {
      const known = label.dataset.for.split(" ");
      label.hidden = !known.includes(settings.data) && !known.includes(settings.optimizer);
    }
    form.elements.depth.value = settings.layers.length;
    part("code").textContent = pythonCode(settings, training.widths, given);
  }

  /** What a control asks for; a refusal is said beside the controls. @param {Settings} changes */
  function attempt(changes) {
    try {
      configure(changes);
      part("refusal").textContent = "";
    } catch (error) {
      part("refusal").textContent = /** @type {Error} */ (error).message;
    }
  }

  /** All that changes from one iteration to the next. */
  function render() {
    const { iteration, epoch, perEpoch, size, samples, losses: found } = training;
    const { data, loss: judge, epochs } = settings, field = sweep(training, box, !playing);
    const regression = isRegression(settings) || (data === "given" && REGRESSION.includes(judge));
    const batch = (training.last ?? { picks: training.coming }).picks, n = samples.length;
    plane(part("plane"), training, field, box, batch, regression);
    network.update(field, chosen);
    const ends = (/** @type {number[]} */ each) => each.map((y, k) => [(k + 1) * perEpoch, y]);
    curves(part("curves"), [
      { points: found.map((y, k) => [k + 1, y]), colour: "--grey" },
      { points: ends(training.epochLosses), colour: "--blue", width: 2 },
      { points: ends(training.validationLosses), colour: "--orange", width: 2, dash: [5, 3] },
    ], iteration);
    if (surface) {
      surfacePicture(part("surface"), surface, training.path);
      const [m, b] = training.layers[0][0];
      part("line").textContent = `ŷ = ${short(m)}·x ${b < 0 ? "−" : "+"} ${short(Math.abs(b))}`;
    }
    const loss = iteration ? found[iteration - 1] : training.tried().loss;
    const growing = loss > 1000 * (found[0] ?? loss) || loss === Infinity;
    part("counts").innerHTML = [["epoch", `${grouped(epoch)} of ${grouped(epochs)}`],
      ["iteration", `${grouped(iteration)} of ${grouped(epochs * perEpoch)}`],
      ["loss", short(loss)]].map(([name, text]) => `<span>${name} <b>${text}</b></span>`).join("");
    const odd = n % size ? `${short(n / size)}, so ` : "";
    part("arithmetic").textContent = `${counted(n, "sample")} ÷ ${size} in a batch = ${odd}`
      + `${counted(perEpoch, "iteration")} an epoch; × ${counted(epochs, "epoch")} = `
      + counted(epochs * perEpoch, "iteration");
    part("trouble").textContent = training.trouble
      || (growing ? "The loss grows: the learning rate is too large for this." : "");
    part("working").innerHTML = chosen ? working(training, chosen, which)
      : "<p class=quiet>Choose a neuron to see this iteration’s back propagation through it.</p>";
  }

  /** Stands still, says where, and puts that into the address. */
  function pause() {
    playing = false;
    part("play").textContent = "Play";
    render();
    const { epoch, iteration, loss } = state();
    part("said").textContent = `Epoch ${epoch}, iteration ${iteration}, loss ${short(loss)}.`;
    const changed = Object.entries({ ...settings, iteration }).filter(
      ([name, value]) => String(value) !== String({ ...defaults, iteration: 0 }[name]));
    try {
      history.replaceState(null, "", `#${changed.map((pair) => pair.join("=")).join("&")}`);
    } catch { /* a page within a page has no address of its own */ }
  }

  /** What the address asks for. */
  function visit() {
    const { iteration = 0, ...asked } = Object.fromEntries(
      location.hash.slice(1).split("&").filter(Boolean).map((pair) => pair.split("=")));
    settings = { ...defaults };
    attempt(asked);
    if (part("refusal").textContent) configure();
    if (Number(iteration)) iterate(Math.min(Number(iteration) || 0, 100000));
  }

  /** @param {number} count */
  function iterate(count = 1) {
    which = -1;
    training.iterate(count);
    pause();
    return state();
  }

  /** Where training is; the weights are in the order of `model.parameters()`. */
  function state() {
    const { epoch, iteration, layers, losses: found } = training;
    const loss = iteration ? found[iteration - 1] : training.tried().loss;
    return { epoch, iteration, loss, weights: layers.flat(2) };
  }

  /** A moment of playing. @param {number} now */
  function frame(now) {
    if (!playing) return;
    const end = settings.epochs * training.perEpoch, { speed } = form.elements;
    if (speed.value !== "slow" || now >= due) {
      const until = performance.now() + 14;
      which = -1;
      do training.iterate(1);
      while (speed.value === "fast" && training.iteration < end && !training.trouble
        && performance.now() < until);
      due = now + SLOW;
      render();
    }
    if (training.iteration >= end || training.trouble) pause();
    else requestAnimationFrame(frame);
  }

  part("play").addEventListener("click", () => {
    if (playing) return pause();
    if (training.iteration >= settings.epochs * training.perEpoch) configure();
    playing = true;
    part("play").textContent = "Pause";
    requestAnimationFrame(frame);
  });
  part("one").addEventListener("click", () => iterate(1));
  part("epoch").addEventListener("click", () =>
    iterate(training.perEpoch - (training.iteration % training.perEpoch)));
  part("reset").addEventListener("click", () => configure());
  part("copy").addEventListener("click", () => {
    navigator.clipboard?.writeText(part("code").textContent);
  });
  part("working").addEventListener("click", (/** @type {any} */ { target }) => {
    if (!target.dataset.to) return;
    which = Number(target.dataset.to);
    render();
    part("working").querySelector(`[data-way="${target.dataset.way}"]`).focus();
  });
  form.addEventListener("change", (/** @type {any} */ { target }) => {
    const depth = Number(target.value);
    if (target.name === "depth") {
      const last = settings.layers.at(-1) ?? 4;
      attempt({ layers: Array.from({ length: depth }, (_, l) => settings.layers[l] ?? last) });
    } else if (target.name in defaults) {
      attempt({ [target.name]: target.type === "checkbox" ? target.checked : target.value });
    }
  });
  form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  addEventListener("hashchange", visit);
  new ResizeObserver(() => { // a frame in a notebook is as high as the page
    const frame = window.frameElement;
    if (frame) /** @type {any} */ (frame).style.height = `${document.body.scrollHeight + 4}px`;
  }).observe(document.body);
  addEventListener("resize", () => render());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => render());
  visit();
  Object.assign(window, { playground: { configure, iterate, state } });
}
