// The view on the plan: which part of it is seen and how large. Wheel, pinch, drag, a double tap and keys move it; the plan never
// leaves the window.

const LARGEST = 8;
const STEP = 1.4;
const TAP_MS = 300; // from one tap to the second of a double tap
const TAP_PX = 30;
const TAP_ZOOM = 2.5;
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class View {
  /**
   * @param {HTMLElement} stage the window on the plan.
   * @param {[number, number]} size of the plan, millimetres.
   * @param {() => void} changed called after each change.
   */
  constructor(stage, size, changed) {
    this.stage = stage;
    this.size = size;
    this.changed = changed;
    this.zoom = 1;
    this.x = 0;
    this.y = 0;
    this.moved = false; // the pointer has dragged: the click that follows is none
    this.goesInTwice = true; // a double tap goes in; not where each tap counts
    this.pointers = new Map();
    this.tapped = { at: 0, x: 0, y: 0 };
    new ResizeObserver(() => this.fit()).observe(stage);
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", (event) => this.#leave(event));
    stage.addEventListener("keydown", (event) => this.#key(event));
    this.fit();
  }

  /** Pixels per millimetre. */
  get scale() {
    return this.base * this.zoom;
  }

  fit() {
    const { clientWidth, clientHeight } = this.stage;
    this.base = Math.min(clientWidth / this.size[0], clientHeight / this.size[1]) || 1;
    this.#hold();
  }

  /** Show the whole plan. */
  reset() {
    this.zoom = 1;
    this.#hold();
  }

  /** Zoom by a factor around a point of the window, by default its middle. */
  zoomBy(factor, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const before = this.zoom;
    this.zoom = Math.min(LARGEST, Math.max(1, before * factor));
    const ratio = this.zoom / before;
    this.x = x - (x - this.x) * ratio;
    this.y = y - (y - this.y) * ratio;
    this.#hold();
  }

  /** Bring a rectangle of the plan (mm) into the window when it lies outside. */
  reveal(box) {
    if (this.zoom === 1) return;
    const { clientWidth, clientHeight } = this.stage;
    const [left, top] = [box.x * this.scale + this.x, box.y * this.scale + this.y];
    const [right, bottom] = [left + box.width * this.scale, top + box.height * this.scale];
    if (left >= 0 && top >= 0 && right <= clientWidth && bottom <= clientHeight) return;
    this.x += clientWidth / 2 - (left + right) / 2;
    this.y += clientHeight / 2 - (top + bottom) / 2;
    this.#hold();
  }

  #hold() {
    this.x = held(this.x, this.stage.clientWidth, this.size[0] * this.scale);
    this.y = held(this.y, this.stage.clientHeight, this.size[1] * this.scale);
    this.stage.style.touchAction = this.zoom === 1 ? "pan-y" : "none"; // the whole plan lets the page scroll under it
    this.changed();
  }

  #at(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #wheel(event) {
    const inward = event.deltaY < 0;
    if (!inward && this.zoom === 1) return; // the page may scroll
    event.preventDefault();
    this.zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 200), ...this.#at(event));
  }

  #down(event) {
    if (event.target.closest("button")) return;
    this.pointers.set(event.pointerId, this.#at(event));
    this.moved = false;
    this.travel = 0;
  }

  #move(event) {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = this.#at(event);
    if (this.pointers.size === 2) {
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const ratio = Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1]));
      this.zoomBy(ratio, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      this.moved = true;
    } else {
      this.travel += Math.hypot(now[0] - before[0], now[1] - before[1]);
      if (this.travel > 6 && this.zoom > 1) this.#drag(event, now[0] - before[0], now[1] - before[1]);
    }
    this.pointers.set(event.pointerId, now);
  }

  #drag(event, x, y) {
    if (!this.moved) {
      this.moved = true;
      this.stage.setPointerCapture(event.pointerId);
      this.stage.classList.add("dragging");
    }
    this.x += x;
    this.y += y;
    this.#hold();
  }

  #up(event) {
    const alone = this.pointers.has(event.pointerId) && this.pointers.size === 1;
    if (alone && !this.moved) this.#tap(event);
    this.#leave(event);
  }

  #leave(event) {
    this.pointers.delete(event.pointerId);
    this.stage.classList.remove("dragging");
    setTimeout(() => { this.moved = false; }); // after the click that follows
  }

  // A double tap or click goes in, and out again; its second half is no click.
  #tap(event) {
    const [x, y] = this.#at(event);
    const twice = event.timeStamp - this.tapped.at < TAP_MS && Math.hypot(x - this.tapped.x, y - this.tapped.y) < TAP_PX;
    this.tapped = { at: twice ? 0 : event.timeStamp, x, y };
    if (!twice || !this.goesInTwice) return;
    this.moved = true;
    if (this.zoom > 1) this.reset();
    else this.zoomBy(TAP_ZOOM, x, y);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") this.zoomBy(STEP);
    else if (event.key === "-") this.zoomBy(1 / STEP);
    else if (event.key === "0" || event.key === "Escape") this.reset();
    else if (event.key in KEYS && this.zoom > 1) {
      const [x, y] = KEYS[event.key];
      this.x += 80 * x;
      this.y += 80 * y;
      this.#hold();
    } else return;
    event.preventDefault();
  }
}

function held(offset, window, plan) {
  return plan <= window ? (window - plan) / 2 : Math.min(0, Math.max(window - plan, offset));
}
