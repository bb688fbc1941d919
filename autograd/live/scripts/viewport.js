/** Viewport: a drawing in a frame that scrolls: panned, zoomed, fitted, moved into view. */

/** Pixels to a point: what can just be read, what is as large as print, the limits of zooming. */
const READABLE = 0.95, PRINT = 4 / 3, LEAST = 0.005, MOST = 6;
/** How far a pointer moves, in pixels, before it is a drag and no click. */
const STILL = 4;

export class Viewport {
  /** @param {HTMLElement} frame @param {SVGSVGElement} drawing */
  constructor(frame, drawing) {
    this.frame = frame;
    this.drawing = drawing;
    this.scale = PRINT;
    /** Whether it is still as it came, and follows the width of the page. */
    this.untouched = true;
    frame.addEventListener("wheel", (event) => this.turned(event), { passive: false });
    this.drag();
    this.pinch();
    new ResizeObserver(() => this.untouched && this.begin()).observe(frame);
  }

  /** Another drawing. @param {string} shapes @param {[number, number]} size */
  draw(shapes, size) {
    this.drawing.innerHTML = shapes;
    this.drawing.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
    this.size = size;
    this.begin();
  }

  /** The scale at which all of it is seen. */
  get fitting() {
    const { frame, size = [1, 1] } = this, most = parseFloat(getComputedStyle(frame).maxHeight);
    return Math.min(frame.clientWidth / size[0], (most || Infinity) / size[1], PRINT);
  }

  /** All of it, or as much as can be read. */
  begin() {
    this.untouched = true;
    this.resize(Math.max(READABLE, this.fitting));
  }

  fit() {
    this.untouched = false;
    this.resize(this.fitting);
  }

  /** @param {number} scale */
  resize(scale) {
    const [width, height] = this.size ?? [1, 1];
    this.scale = Math.min(Math.max(scale, LEAST), MOST);
    this.drawing.style.width = `${Math.floor(width * this.scale)}px`;
    this.drawing.style.height = `${Math.floor(height * this.scale)}px`;
  }

  /** Zooms, and what is at a place of the frame stays there. @param {number} factor */
  zoom(factor, x = this.frame.clientWidth / 2, y = this.frame.clientHeight / 2) {
    const { frame, scale } = this, left = frame.scrollLeft + x, top = frame.scrollTop + y;
    this.untouched = false;
    this.resize(scale * factor);
    frame.scrollLeft = left * (this.scale / scale) - x;
    frame.scrollTop = top * (this.scale / scale) - y;
  }

  /** Scrolls the frame, never the page, until a shape is well inside. @param {Element} element */
  reveal(element) {
    const { frame } = this, box = element.getBoundingClientRect();
    const seen = frame.getBoundingClientRect(), room = 12;
    const missing = (/** @type {number} */ low, /** @type {number} */ high,
      /** @type {number} */ from, /** @type {number} */ to) =>
      low < from + room || high > to - room ? (low + high - from - to) / 2 : 0;
    frame.scrollLeft += missing(box.left, box.right, seen.left, seen.right);
    frame.scrollTop += missing(box.top, box.bottom, seen.top, seen.bottom);
  }

  /** @param {WheelEvent} event */
  turned(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = this.frame.getBoundingClientRect();
    this.zoom(2 ** (-event.deltaY / 200), event.clientX - left, event.clientY - top);
  }

  /** A mouse holds the drawing; a finger scrolls as it does anywhere. */
  drag() {
    const { frame } = this;
    /** @type {{x: number, y: number, left: number, top: number} | null} */
    let held = null;
    let moved = false;
    frame.addEventListener("pointerdown", (event) => {
      moved = false;
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      held = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
    });
    frame.addEventListener("pointermove", (event) => {
      if (held === null) return;
      const [x, y] = [event.clientX - held.x, event.clientY - held.y];
      if (!moved && Math.hypot(x, y) < STILL) return;
      if (!moved) frame.setPointerCapture(event.pointerId);
      moved = true;
      frame.classList.add("cr-held");
      frame.scrollTo(held.left - x, held.top - y);
    });
    for (const end of ["pointerup", "pointercancel"])
      frame.addEventListener(end, () => {
        held = null;
        frame.classList.remove("cr-held");
      });
    frame.addEventListener("click", (event) => moved && event.stopPropagation(), true);
  }

  /** Two fingers zoom. */
  pinch() {
    const { frame } = this;
    let apart = 1;
    for (const kind of /** @type {const} */ (["touchstart", "touchmove"]))
      frame.addEventListener(kind, (event) => {
        if (event.touches.length !== 2) return;
        const [one, other] = event.touches, { left, top } = frame.getBoundingClientRect();
        const far = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
        if (kind === "touchmove") {
          event.preventDefault();
          this.zoom(far / apart, (one.clientX + other.clientX) / 2 - left,
            (one.clientY + other.clientY) / 2 - top);
        }
        apart = far;
      }, { passive: false });
  }
}
