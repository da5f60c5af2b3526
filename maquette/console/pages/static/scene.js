// The scene under the lights: LEDs that are out, what can be touched (zones) and what turns (needle, gate, turbine), in the plan's millimetres.

const SVG = "http://www.w3.org/2000/svg";

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Return the scene with its parts, the size of the plan. */
export function makeScene(model, ...parts) {
  return draw("svg", { class: "scene", role: "group", viewBox: `0 0 ${model.size_mm.join(" ")}` }, ...parts);
}

/** Return the LEDs as they look when they are out: one path of dots. */
export function drawUnlit(model) {
  const dots = model.zones.flatMap((zone) => zone.places.map(([x, y]) => `M${x} ${y}h0`));
  return draw("path", { class: "unlit", d: dots.join("") });
}

/** Return one touchable group per zone; the longest lie lowest. `act(zone, how)` is called with "choose", "enter" or "leave". */
export function drawZones(model, act) {
  const zones = new Map();
  for (const zone of [...model.zones].sort((a, b) => b.leds.length - a.leds.length)) {
    const along = zone.places.length > 1 ? zone.places : [zone.places[0], [zone.places[0][0] + 0.1, zone.places[0][1]]];
    const points = along.map((point) => point.join(",")).join(" ");
    const lines = ["halo", "reach"].map((name) => draw("polyline", { class: name, points }));
    const names = { role: "button", tabindex: "0", "aria-pressed": "false", "aria-label": zone.title, "data-zone": zone.zone };
    const around = ringAround(zone.places);
    const group = draw("g", { class: around ? "zone compact" : "zone", ...names }, ...(around ? [around] : []), ...lines);
    group.addEventListener("click", () => act(zone.zone, "choose"));
    group.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && act(zone.zone, "enter"));
    group.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && act(zone.zone, "leave"));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      act(zone.zone, "choose");
    });
    zones.set(zone.zone, group);
  }
  return zones;
}

const COMPACT_MM = 160;
const RING_MM = 12;

// A compact zone is touched anywhere inside it and has a ring around it for the keyboard; a long one is touched on its line (null).
function ringAround(places) {
  const [[left, right], [top, bottom]] = [0, 1].map((axis) => {
    const along = places.map((place) => place[axis]);
    return [Math.min(...along), Math.max(...along)];
  });
  const [width, height] = [right - left, bottom - top];
  if (width >= COMPACT_MM || height >= COMPACT_MM) return null;
  return draw("circle", { class: "ring", cx: left + width / 2, cy: top + height / 2, r: Math.hypot(width, height) / 2 + RING_MM });
}

/** Return the drawings of the servos that have a place: `{element, turn(degrees)}` by number. */
export function drawServos(model) {
  return model.servos.map((servo) => {
    if (servo.place === null) return null;
    const { turning, still } = LOOKS[servo.looks]();
    const title = draw("title", {});
    title.textContent = servo.title;
    const element = draw("g", { class: "servo", transform: `translate(${servo.place.join(" ")})`, "data-servo": servo.servo }, title, ...still, turning);
    let turned = null;
    function turn(degrees) {
      const rounded = degrees.toFixed(1);
      if (rounded === turned) return; // what stands still is not painted again
      turned = rounded;
      turning.setAttribute("transform", `rotate(${rounded})`);
    }
    return { element, turn };
  });
}

const LOOKS = {
  // A needle: 0° points up. Its dial is the plan's.
  needle() {
    const still = [];
    const turning = draw("g", {}, draw("path", { "stroke-width": 3, d: "M 0 12 L 0 -54" }), draw("circle", { class: "solid", r: 5 }));
    return { still, turning };
  },
  // A leaf on its hinge: at 0° it lies across the lock.
  gate() {
    const still = [draw("path", { class: "faint", "stroke-width": 1.6, d: "M -5 -22 L -5 22 M 39 -22 L 39 22" })];
    const turning = draw("g", {}, draw("path", { "stroke-width": 4.5, d: "M 0 0 L 34 0" }), draw("circle", { class: "solid", r: 4.5 }));
    return { still, turning };
  },
  // Three blades on a mast.
  turbine() {
    const still = [draw("path", { "stroke-width": 2.4, d: "M 0 0 L 0 74" }), draw("path", { class: "faint", "stroke-width": 1.6, d: "M -16 74 L 16 74" })];
    const blades = [0, 120, 240].map((turn) => draw("path", { class: "solid", transform: `rotate(${turn})`, d: "M -2.200 0 C -5 -14 -2.500 -38 0 -50 C 2 -36 2.600 -14 2.200 0 Z" }));
    return { still, turning: draw("g", {}, ...blades, draw("circle", { class: "solid", r: 4 })) };
  },
};
