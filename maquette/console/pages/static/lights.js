// The lights: a field of linear light into which every LED pours its glow, encoded once for the screen. Glows add up, as light does.
//
//   const lights = new Lights(canvas, model);   // of the model: led_count, zones[].leds and zones[].places (mm on the plan)
//   lights.take(pixels);                        // three bytes per LED, linear light, from any source; kept until the next
//   lights.draw(view, now);                     // view: {stage, scale (px per mm), x, y}; now in milliseconds
//
// The field is small (at most FIELD_PX) and the browser scales it up to the window, so that a frame costs the same on any screen.
// Nothing is allocated for a frame; kernels and field are made anew only where the scale or the window changed.

const GLOW_MM = 24; // radius of a glow
const CORE_MM = 2.9;
const SMALLEST_PX = 8; // of a glow's radius, on a phone
const FIELD_PX = 300_000;
const LARGEST_GLOW = 24; // pixels of the field: closer, the field is coarser, as light has no edge
const PHASES = 4; // places of a LED within a pixel, along each axis
const FAINT = 3; // of 255 in linear light: too few steps left to tell a hue
const WHITE = 0.85; // of a core that is brighter than the screen
const CALM_S = 1.5; // with reduced motion, light follows this slowly
const SETTLE_MS = 6000; // and needs this long to arrive
const GAMMA = 1 / 2.2;

const STEPS = 16_383;
const OPACITY = Uint8ClampedArray.from({ length: STEPS + 1 }, (_, i) => Math.round(255 * (i / STEPS) ** GAMMA));
const ENCODED = Uint8ClampedArray.from({ length: 256 }, (_, byte) => Math.round(255 * (byte / 255) ** GAMMA));

export class Lights {
  /**
   * @param {HTMLCanvasElement} canvas over the whole window.
   * @param {object} model as /api/model answers.
   */
  constructor(canvas, model) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.leds = model.zones.flatMap((zone) => zone.leds);
    this.places = Float32Array.from(model.zones.flatMap((zone) => zone.places.flat()));
    this.levels = new Float32Array(3 * model.led_count);
    this.latest = null;
    this.takenAt = 0;
    this.drawnAt = 0;
    this.made = "";
  }

  /** Lay LEDs (numbers in the frame) elsewhere on the plan (mm); all others are not drawn. */
  lay(leds, places) {
    this.leds = leds;
    this.places = Float32Array.from(places.flat());
  }

  /** Take the bytes of a frame; they are drawn at the next `draw`. */
  take(pixels) {
    this.latest = pixels;
    this.takenAt = performance.now();
  }

  /** Draw the lights in a view; `now` in milliseconds. Returns whether light is still on its way to the latest frame. */
  draw(view, now) {
    this.#measure(view);
    this.#follow(now);
    this.field.fill(0);
    const { leds, places, levels, width, height, reach, density } = this;
    for (let i = 0; i < leds.length; i += 1) {
      let red = levels[3 * leds[i]];
      let green = levels[3 * leds[i] + 1];
      let blue = levels[3 * leds[i] + 2];
      const most = Math.max(red, green, blue);
      if (most < 0.001) continue;
      if (most * 255 <= FAINT) red = green = blue = most;
      const x = (places[2 * i] * view.scale + view.x) * density;
      const y = (places[2 * i + 1] * view.scale + view.y) * density;
      if (x > -reach && x < width + reach - 1 && y > -reach && y < height + reach - 1) this.#pour(x, y, red, green, blue);
    }
    this.#encode();
    this.context.putImageData(this.image, 0, 0);
    return this.calm.matches && now - this.takenAt < SETTLE_MS;
  }

  #measure({ stage, scale }) {
    const { clientWidth, clientHeight } = stage;
    const glow = Math.max(SMALLEST_PX, GLOW_MM * scale);
    const density = Math.min(2, devicePixelRatio || 1, Math.sqrt(FIELD_PX / (clientWidth * clientHeight || 1)), LARGEST_GLOW / glow);
    const width = Math.max(1, Math.ceil(clientWidth * density));
    const height = Math.max(1, Math.ceil(clientHeight * density));
    const made = `${width} ${height} ${density} ${glow}`;
    if (made === this.made) return;
    const reach = Math.ceil(glow * density) + 1;
    if (this.width !== width || this.height !== height || this.reach !== reach) {
      Object.assign(this.canvas, { width, height });
      this.image = this.context.createImageData(width, height);
      this.words = new Uint32Array(this.image.data.buffer);
      this.field = new Float32Array(3 * (width + 2 * reach + 1) * (height + 2 * reach + 1)); // with a margin: no glow is cut
    }
    const core = Math.max(CORE_MM * (glow / GLOW_MM) * density, 0.8);
    Object.assign(this, { made, width, height, density, reach, kernels: makeKernels(reach, glow * density, core) });
  }

  #follow(now) {
    const share = this.calm.matches ? 1 - Math.exp(-(now - this.drawnAt) / 1000 / CALM_S) : 1;
    this.drawnAt = now;
    const { levels, latest } = this;
    if (latest === null) return;
    const count = Math.min(levels.length, latest.length);
    for (let i = 0; i < count; i += 1) levels[i] += (latest[i] / 255 - levels[i]) * share;
  }

  // Add one LED's glow to the field.
  #pour(x, y, red, green, blue) {
    const { field, reach, kernels } = this;
    const stride = 3 * (this.width + 2 * reach + 1);
    const column = Math.floor(x);
    const row = Math.floor(y);
    const phase = Math.floor((y - row) * PHASES) * PHASES + Math.floor((x - column) * PHASES);
    const { values, spans } = kernels;
    const side = 2 * reach + 1;
    const first = Math.max(0, -row);
    const end = Math.min(side, this.height + 2 * reach - row);
    let line = (phase * side + first) * side;
    let start = (row + first) * stride + 3 * column; // what lies to the left of the field falls into the margin of the line before
    for (let i = first; i < end; i += 1, line += side, start += stride) {
      const from = line + spans[i];
      const to = line + side - spans[i];
      for (let k = from, at = start + 3 * spans[i]; k < to; k += 1, at += 3) {
        const share = values[k];
        field[at] += red * share;
        field[at + 1] += green * share;
        field[at + 2] += blue * share;
      }
    }
  }

  // The brightest channel becomes the opacity, so that light over a dark ground adds to it.
  #encode() {
    const { field, words, width, height, reach } = this;
    const stride = 3 * (width + 2 * reach + 1);
    for (let row = 0, at = 0; row < height; row += 1) {
      let from = (row + reach) * stride + 3 * reach;
      for (const end = at + width; at < end; at += 1, from += 3) {
        const red = field[from];
        const green = field[from + 1];
        const blue = field[from + 2];
        const most = red > green ? (red > blue ? red : blue) : green > blue ? green : blue;
        if (most < 1 / STEPS) {
          words[at] = 0;
          continue;
        }
        const scale = 255 / most;
        let r = ENCODED[(red * scale) | 0];
        let g = ENCODED[(green * scale) | 0];
        let b = ENCODED[(blue * scale) | 0];
        let opacity = 255;
        if (most < 1) opacity = OPACITY[(most * STEPS) | 0];
        else {
          const white = WHITE * (1 - 1 / most);
          r += (255 - r) * white;
          g += (255 - g) * white;
          b += (255 - b) * white;
        }
        words[at] = (opacity << 24) | (b << 16) | (g << 8) | r;
      }
    }
  }
}

// A glow in linear light, once per place of its LED within a pixel: a core brighter than the screen, and light scattered around it.
function makeKernels(reach, radius, core) {
  const side = 2 * reach + 1;
  const values = new Float32Array(PHASES * PHASES * side * side);
  let at = 0;
  for (let phase = 0; phase < PHASES * PHASES; phase += 1) {
    const left = reach + ((phase % PHASES) + 0.5) / PHASES - 0.5;
    const top = reach + (Math.floor(phase / PHASES) + 0.5) / PHASES - 0.5;
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1, at += 1) values[at] = glowAt(Math.hypot(x - left, y - top), radius, core);
    }
  }
  const spans = Int32Array.from({ length: side }, (_, y) => Math.max(0, reach - Math.ceil(Math.sqrt(Math.max(0, radius ** 2 - (y - reach) ** 2))) - 1));
  return { values, spans };
}

function glowAt(distance, radius, core) {
  const share = distance / radius;
  if (share >= 1) return 0;
  const bright = 3.5 / (1 + (distance / core) ** 6);
  const scattered = 0.42 * Math.exp(-((share / 0.25) ** 2)) + 0.12 * Math.exp(-((share / 0.5) ** 2));
  return (bright + scattered) * (1 - share ** 2) ** 2;
}
