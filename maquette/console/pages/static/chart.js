// Charts: drawn as SVG from what /api/display tells. A gap in what is known is a gap in the line; the words beside it say the same.

import { make } from "./dom.js";
import { swatch } from "./parts.js";
import { say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const RATIO = 0.52;

function draw(tag, attributes, text = null) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  return element;
}

/** Return the elements of a chart, as wide as there is room (pixels); `letter` is the height of small letters (pixels). */
export function drawChart(chart, width, letter) {
  switch (chart.kind) {
    case "course": return course(chart, width, letter);
    case "classes": return [heading(chart, say("chart_zones")), classes(chart)];
    case "values": return [heading(chart, say("chart_values")), values(chart)];
    default: return [make("p", { className: "soft" }, chart.text)];
  }
}

function heading(chart, under) {
  const mark = chart.quality === "live" ? null : make("span", { className: "mark" }, chart.quality_text);
  return make("figcaption", {}, make("span", { className: "name" }, chart.title), make("small", {}, under), mark);
}

// -- over time -----------------------------------------------------------------------------------------------------------

function course(chart, width, letter) {
  const nature = chart.quality === "sample" ? null : chart.nature_text; // an example is no measurement, whatever it is an example of
  const under = [say("chart_day"), nature].filter(Boolean).join(" · ");
  const ends = [say("chart_lowest", { value: chart.lowest.value_text }), say("chart_highest", { value: chart.highest.value_text })];
  return [heading(chart, under), lines(chart, width, letter), make("small", { className: "ends" }, ...ends.map((text) => make("span", {}, text)))];
}

function lines(chart, width, letter) {
  const longest = Math.max(...chart.levels.map(({ text }) => text.length));
  const left = (longest * 0.58 + 0.8) * letter;
  const right = 0.5 * letter;
  const top = 1.9 * letter;
  const bottom = 1.8 * letter;
  const height = Math.round(width * RATIO);
  const [low, high] = [chart.levels[0].value, chart.levels[chart.levels.length - 1].value];
  const x = (s) => left + (s / chart.span_s) * (width - left - right);
  const y = (value) => height - bottom - ((value - low) / (high - low)) * (height - bottom - top);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": chart.text, "font-size": letter });
  for (const { value, text } of chart.levels) {
    svg.append(draw("line", { class: "level", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    svg.append(draw("text", { x: left - 0.5 * letter, y: y(value) + 0.33 * letter, "text-anchor": "end" }, text));
  }
  svg.append(draw("text", { class: "unit", x: left - 0.5 * letter, y: 0.9 * letter, "text-anchor": "end" }, chart.unit ?? ""));
  for (const { at_s, text } of chart.ticks) {
    svg.append(draw("line", { class: "tick", x1: x(at_s), x2: x(at_s), y1: height - bottom, y2: height - bottom + 0.4 * letter }));
    svg.append(draw("text", { x: x(at_s), y: height - 0.3 * letter, "text-anchor": "middle" }, text));
  }
  for (const [from, to] of gaps(chart)) {
    svg.append(draw("rect", { class: "gap", x: x(from), y: top, width: x(to) - x(from), height: height - bottom - top }));
    if (x(to) - x(from) > 6 * letter) svg.append(draw("text", { class: "gap", x: x((from + to) / 2), y: height - bottom - 0.7 * letter, "text-anchor": "middle" }, say("chart_gap")));
  }
  for (const run of runs(chart.points)) svg.append(draw("path", { class: run[0].sample ? "line sample" : "line", d: path(run, x, y) }));
  const here = x(chart.span_s);
  svg.append(draw("line", { class: "here", x1: here, x2: here, y1: top, y2: height - bottom }));
  svg.append(draw("text", { class: "here", x: here, y: 0.9 * letter, "text-anchor": "end" }, [say("chart_here"), chart.now?.value_text].filter(Boolean).join(" ")));
  if (chart.now !== null) svg.append(draw("circle", { class: "here", cx: here, cy: y(chart.now.value), r: 0.28 * letter }));
  return svg;
}

// Values that follow one another without a gap, all of them samples or none.
function runs(points) {
  const found = [];
  for (const point of points) {
    const last = found[found.length - 1]?.at(-1);
    if (last && point.from_s - last.to_s <= 1 && last.sample === point.sample) found[found.length - 1].push(point);
    else found.push([point]);
  }
  return found;
}

// A value holds until the next one: what was between is not known, so nothing slopes.
function path(run, x, y) {
  return run.map(({ from_s, to_s, value }, i) => `${i ? "V" : `M${x(from_s).toFixed(1)} `}${y(value).toFixed(1)}H${x(to_s).toFixed(1)}`).join("");
}

function gaps({ points, span_s }) {
  const edges = [[0, 0], ...points.map(({ from_s, to_s }) => [from_s, to_s]), [span_s, span_s]];
  return edges.slice(1).map(([from], i) => [edges[i][1], from]).filter(([end, begin]) => begin - end > span_s / 200);
}

// -- beside one another --------------------------------------------------------------------------------------------------

function classes(chart) {
  return make("ul", { className: "bars" }, ...chart.rows.map((row) => make("li", { className: row.count ? "" : "none" },
    swatch(row.colour ?? "transparent"),
    make("span", {}, row.title),
    make("span", { className: "figure" }, String(row.count)),
    bar(row),
    row.names.length ? make("small", {}, row.names.join(", ")) : null)));
}

function values(chart) {
  const rows = chart.rows.map((row) => make("li", {},
    row.colour ? swatch(row.colour) : make("span", {}),
    make("span", {}, row.title),
    make("span", { className: "figure" }, row.value_text),
    row.share === null ? null : bar(row)));
  const more = chart.more ? make("li", { className: "soft" }, make("span", {}), make("span", {}, say("chart_more", { count: chart.more }))) : null;
  return make("ul", { className: "bars" }, ...rows, more);
}

function bar({ share }) {
  const track = make("span", { className: "share", "aria-hidden": "true" }, make("i"));
  track.firstElementChild.style.transform = `scaleX(${share})`;
  return track;
}
