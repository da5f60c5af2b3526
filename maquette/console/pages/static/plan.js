// The plan with its lights: drawing, zones, servos and LEDs in one window that zooms and pans, over any source of frames.
//
//   const plan = new Plan(section, model, (zone, how) => …);  // an empty <section class="plan" tabindex="0" aria-label="…">, styled by plan.css
//   plan.show(frame);                                         // {pixels: bytes of linear light, 3 per LED; servos: degrees}; newest wins
//   plan.name(zone, label); plan.choose(zone or null); plan.view.zoomBy(1.5); plan.redraw(); plan.renew(model)
//
// The model is the answer of /api/model, or of it: size_mm, led_count, zones[{zone, title, leds, places}], servos[{servo, title, place, looks}].
// A frame comes from where one likes: the live line (live.js), a dry run, a walk along a strip. It is drawn once, in the next animation
// frame; nothing is drawn while the page is hidden. `section.dataset.drawn` counts the drawings.

import { make } from "./dom.js";
import { Lights } from "./lights.js";
import { drawServos, drawUnlit, drawZones, makeScene } from "./scene.js";
import { View } from "./view.js";

const REACH_MM = 30; // how wide a zone is to the finger…
const REACH_PX = 20; // …and at least, on a small screen

export class Plan {
  /**
   * @param {HTMLElement} section empty, and as large as the plan may be.
   * @param {object} model see above.
   * @param {(zone: string, how: "choose" | "enter" | "leave") => void} act called when a zone is chosen (click, tap, Enter) or pointed at.
   * @param {() => void} moved called after each change of the view.
   */
  constructor(section, model, act = () => {}, moved = () => {}) {
    this.section = section;
    this.size = model.size_mm;
    this.drawing = make("img", { className: "drawing", alt: "", draggable: "false", src: `/plan.svg?${model.exhibition ?? ""}` });
    this.zones = drawZones(model, (zone, how) => (how === "choose" && this.view.moved) || act(zone, how));
    this.servos = drawServos(model);
    this.scene = makeScene(model, drawUnlit(model), ...this.servos.filter(Boolean).map((servo) => servo.element), ...this.zones.values());
    const canvas = make("canvas", { className: "lights", "aria-hidden": "true" });
    section.prepend(this.drawing, this.scene, canvas);
    this.lights = new Lights(canvas, model);
    this.chosen = null;
    this.due = false;
    this.view = new View(section, model.size_mm, () => this.#place(moved));
    this.view.fit();
    for (const element of this.zones.values()) element.addEventListener("focus", () => this.view.reveal(element.getBBox()));
  }

  /** Take a frame; it is drawn in the next animation frame. */
  show(frame) {
    this.#take(frame);
    this.redraw();
  }

  /** Take a frame and draw it at once: for those who are called in an animation frame. */
  draw(frame) {
    this.#take(frame);
    this.#draw(performance.now());
  }

  /** Draw in the next animation frame. */
  redraw() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame((now) => this.due && this.#draw(now));
  }

  /** Mark one zone as the chosen one, or none (null). */
  choose(zone) {
    this.zones.get(this.chosen)?.setAttribute("aria-pressed", "false");
    this.zones.get(zone)?.setAttribute("aria-pressed", "true");
    this.chosen = zone;
  }

  /** Name a zone for those who do not see it. */
  name(zone, label) {
    const element = this.zones.get(zone);
    if (element && element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
  }

  /** Show the drawing that another exhibition brought. */
  renew(model) {
    this.drawing.src = `/plan.svg?${model.exhibition}`;
  }

  #take({ pixels, servos }) {
    this.lights.take(pixels);
    this.angles = servos;
  }

  #draw(now) {
    this.due = false;
    this.angles?.forEach((degrees, i) => this.servos[i]?.turn(degrees));
    if (this.lights.draw(this.view, now)) this.redraw();
    this.section.dataset.drawn = Number(this.section.dataset.drawn || 0) + 1;
  }

  #place(moved) {
    if (!this.view) return; // it is being made
    const [width, height] = this.size;
    const { scale, x, y } = this.view;
    for (const { style } of [this.drawing, this.scene]) {
      style.width = `${(width * scale).toFixed(2)}px`;
      style.height = `${(height * scale).toFixed(2)}px`;
      style.transform = `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px)`;
    }
    this.scene.style.setProperty("--reach", Math.max(REACH_MM, REACH_PX / scale).toFixed(1));
    moved();
    this.redraw();
  }
}
