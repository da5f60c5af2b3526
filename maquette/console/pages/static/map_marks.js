// The marks on the plan of the map: LEDs of zones, LEDs that were placed, the paths that are proposed, and where the next LED is expected.

const SVG = "http://www.w3.org/2000/svg";

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const dots = (places) => places.map(([x, y]) => `M${x} ${y}h0`).join("");

export class Marks {
  /** @param {SVGElement} scene of the plan, in millimetres. */
  constructor(scene) {
    this.paths = draw("path", { class: "proposed" });
    this.zoned = draw("path", { class: "zoned" });
    this.chosen = draw("path", { class: "chosen" });
    this.placed = draw("path", { class: "placed" });
    this.next = draw("g", { class: "next" });
    this.next.append(draw("circle", { r: 9 }), draw("path", { d: "M-16 0H-5M5 0H16M0-16V-5M0 5V16" }));
    const marks = draw("g", { class: "marks", "aria-hidden": "true" });
    marks.append(this.paths, this.zoned, this.chosen, this.placed, this.next);
    scene.append(marks);
  }

  /** Show where LEDs stand: those of zones as they are, those of the zone at hand, and those that were placed. */
  show({ zoned, chosen, placed }) {
    this.zoned.setAttribute("d", dots(zoned));
    this.chosen.setAttribute("d", dots(chosen));
    this.placed.setAttribute("d", dots(placed));
  }

  /** Show where the next LED is expected (mm), `placed` when it was seen there; null hides the mark. */
  point(place, placed) {
    this.next.toggleAttribute("hidden", place === null);
    this.next.classList.toggle("seen", placed);
    if (place) this.next.setAttribute("transform", `translate(${place[0]} ${place[1]})`);
  }

  /** Show the paths that are proposed. */
  propose(paths) {
    this.paths.setAttribute("d", paths.map((path) => `M${path.map((point) => point.join(" ")).join("L")}${path.length > 1 ? "" : "h0"}`).join(""));
  }
}
