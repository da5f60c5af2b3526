// The lights: every LED as a small glow on a canvas. Glows add up, as light does. Bytes are linear light and are encoded for the screen.

const GLOW_MM = 27; // radius of a glow
const SMALLEST_PX = 8;
const SPRITE = 64;
const FAINT = 0.14; // three of 255 in linear light: too few steps left to tell a hue
const HUES_KEPT = 512;
const CALM_S = 1.5; // with reduced motion, light follows this slowly

const ENCODED = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) ** (1 / 2.2));

export class Lights {
  /**
   * @param {HTMLCanvasElement} canvas over the whole window.
   * @param {object} model the answer of /api/model.
   */
  constructor(canvas, model) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.places = placesByLed(model);
    this.levels = new Float32Array(3 * model.led_count);
    this.sprites = new Map();
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.latest = null;
    this.drawnAt = 0;
  }

  /** Take the bytes of a frame; they are drawn at the next `draw`. */
  take(pixels) {
    this.latest = pixels;
  }

  /** Draw the lights in a view; `now` in milliseconds. */
  draw(view, now) {
    const { canvas, context } = this;
    const density = Math.min(2, devicePixelRatio || 1);
    const width = Math.round(view.stage.clientWidth * density);
    const height = Math.round(view.stage.clientHeight * density);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(density, 0, 0, density, 0, 0);
    this.#follow(now);
    this.#drawUnlit(view);
    context.globalCompositeOperation = "lighter";
    const radius = Math.max(SMALLEST_PX, GLOW_MM * view.scale);
    for (let led = 0; led < this.places.length; led += 1) {
      if (this.places[led] !== null) this.#drawGlow(led, view, radius);
    }
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
  }

  #follow(now) {
    const share = this.calm.matches ? 1 - Math.exp(-(now - this.drawnAt) / 1000 / CALM_S) : 1;
    this.drawnAt = now;
    if (this.latest === null) return;
    const { levels, latest } = this;
    const count = Math.min(levels.length, latest.length);
    for (let i = 0; i < count; i += 1) levels[i] += (ENCODED[latest[i]] - levels[i]) * share;
  }

  #drawUnlit(view) {
    const { context } = this;
    const radius = Math.max(0.7, 1.7 * view.scale);
    context.fillStyle = "rgb(255 244 228 / 0.16)";
    context.beginPath();
    for (const place of this.places) {
      if (place === null) continue;
      const x = place[0] * view.scale + view.x;
      const y = place[1] * view.scale + view.y;
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }

  #drawGlow(led, view, radius) {
    const [red, green, blue] = this.levels.subarray(3 * led, 3 * led + 3);
    const level = Math.max(red, green, blue);
    if (level < 0.02) return;
    if (level < FAINT) return this.#drawSprite([1, 1, 1], led, level, view, radius);
    return this.#drawSprite([red / level, green / level, blue / level], led, level, view, radius);
  }

  #drawSprite(hue, led, level, view, radius) {
    const [x, y] = this.places[led];
    this.context.globalAlpha = Math.min(1, level);
    this.context.drawImage(this.#sprite(...hue), x * view.scale + view.x - radius, y * view.scale + view.y - radius, 2 * radius, 2 * radius);
  }

  // One sprite per hue, to a sixteenth; brightness is the sprite's opacity.
  #sprite(red, green, blue) {
    const hue = (Math.round(red * 15) << 8) | (Math.round(green * 15) << 4) | Math.round(blue * 15);
    let sprite = this.sprites.get(hue);
    if (sprite === undefined) {
      if (this.sprites.size >= HUES_KEPT) this.sprites.clear();
      sprite = paintSprite([red, green, blue].map((level) => Math.round(level * 15) * 17));
      this.sprites.set(hue, sprite);
    }
    return sprite;
  }
}

function placesByLed(model) {
  const places = new Array(model.led_count).fill(null);
  for (const zone of model.zones) zone.leds.forEach((led, i) => { places[led] = zone.places[i]; });
  return places;
}

function paintSprite(colour) {
  const sprite = document.createElement("canvas");
  sprite.width = sprite.height = SPRITE;
  const context = sprite.getContext("2d");
  const middle = SPRITE / 2;
  const glow = context.createRadialGradient(middle, middle, 0, middle, middle, middle);
  const white = (share) => colour.map((c) => Math.round(c + (255 - c) * share)).join(" ");
  const stops = [[0, 0.75, 1], [0.08, 0.55, 1], [0.15, 0.1, 0.75], [0.24, 0, 0.36], [0.45, 0, 0.13], [0.7, 0, 0.035], [1, 0, 0]];
  for (const [at, whiteness, alpha] of stops) glow.addColorStop(at, `rgb(${white(whiteness)} / ${alpha})`);
  context.fillStyle = glow;
  context.fillRect(0, 0, SPRITE, SPRITE);
  return sprite;
}
