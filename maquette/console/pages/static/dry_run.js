// The dry run: a scenario on the virtual model alone, with a slider over its time. Between two frames the light is blended.

import { find, make, show } from "./dom.js";
import { Plan } from "./plan.js";
import { duration, say } from "./words.js";

let plan = null;
let run = null;
let startedAt = 0;
let isPlaying = false;

/** Show what was played on the plan of a model; nothing (null) takes it away. */
export function showRun(played, model = null) {
  stop();
  run = played && { ...played, pixels: bytesOf(played.frames), count: played.servos.length };
  find("dry_run_show").hidden = run === null;
  if (run === null) return;
  if (plan === null) {
    find("stage").style.aspectRatio = model.size_mm.join(" / ");
    plan = new Plan(find("stage"), model);
  }
  run.size = run.pixels.length / run.count;
  run.lasts = (run.count - 1) / run.fps;
  const time = find("time");
  time.max = run.lasts;
  time.value = 0;
  showSteps();
  showRemarks();
  draw();
}

find("time").addEventListener("input", () => { stop(); draw(); });
find("play").addEventListener("click", () => (isPlaying ? stop() : start()));

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

function start() {
  const time = find("time");
  const from = Number(time.value) >= run.lasts ? 0 : Number(time.value);
  startedAt = performance.now() - 1000 * from;
  isPlaying = true;
  showPlaying();
  requestAnimationFrame(advance);
}

function stop() {
  isPlaying = false;
  showPlaying();
}

function showPlaying() {
  find("play").textContent = isPlaying ? say("dry_run_pause") : say("dry_run_play");
  find("play").setAttribute("aria-pressed", isPlaying);
}

function advance(now) {
  if (!isPlaying) return;
  const at = (now - startedAt) / 1000;
  find("time").value = Math.min(at, run.lasts);
  draw();
  if (at >= run.lasts) stop();
  else requestAnimationFrame(advance);
}

function draw() {
  const at = Number(find("time").value);
  const frame = Math.min(Math.floor(at * run.fps), run.count - 1);
  const next = Math.min(frame + 1, run.count - 1);
  const share = Math.min(1, at * run.fps - frame);
  const [a, b] = [frame, next].map((number) => run.pixels.subarray(number * run.size, (number + 1) * run.size));
  const pixels = share > 0.01 ? a.map((byte, i) => byte + (b[i] - byte) * share) : a;
  plan.show({ pixels, servos: run.servos[frame].map((degrees, i) => degrees + (run.servos[next][i] - degrees) * share) });
  tell(frame, at);
}

function tell(frame, at) {
  const moment = run.moments.findLast((each) => each.frame <= frame);
  const { title } = run.steps[moment.step - 1];
  const count = say("step_of", { step: moment.step, steps: run.steps.length });
  const clock = say("dry_run_clock", { at: duration(at), of: duration(run.lasts) });
  show(find("clock"), clock);
  find("time").setAttribute("aria-valuetext", `${clock}, ${count}`);
  show(find("dry_run_step"), [count, title].filter(Boolean).join(" · "));
  show(find("dry_run_quality"), moment.quality === "live" ? "" : qualityWord(moment.quality));
  show(find("dry_run_caption"), moment.caption);
  for (const button of find("dry_run_steps").querySelectorAll("button")) button.setAttribute("aria-current", Number(button.dataset.step) === moment.step ? "step" : "false");
}

function qualityWord(quality) {
  return say(`quality_${quality}`);
}

function showSteps() {
  const rows = run.steps.map(({ title, waits, asks }, i) => {
    const first = run.moments.find((moment) => moment.step === i + 1);
    const notes = [waits ? say("dry_run_waits") : null, asks ? say("dry_run_asks") : null].filter(Boolean).join(", ");
    const go = () => {
      stop();
      find("time").value = first.frame / run.fps;
      draw();
    };
    const words = [make("span", {}, title ?? say("step_untitled", { step: i + 1 })), notes ? make("small", { className: "soft" }, notes) : null];
    return make("li", {}, make("button", { type: "button", "data-step": i + 1, disabled: first === undefined, onclick: go }, ...words));
  });
  find("dry_run_steps").replaceChildren(...rows);
}

function showRemarks() {
  const remarks = [
    run.journeys ? say("dry_run_journeys") : null,
    run.unknown.length ? say("dry_run_unknown", { names: run.unknown.join(" ; ") }) : null,
    run.cut ? say("dry_run_cut") : null,
  ];
  find("dry_run_remarks").replaceChildren(...remarks.filter(Boolean).map((text) => make("li", {}, text)));
}
