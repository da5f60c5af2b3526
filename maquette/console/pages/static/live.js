// The live line: state and frames from the WebSocket. It says when the line is lost, and takes it up again by itself.

import { address } from "./words.js";

const SILENCE_MS = 2500; // the server speaks at least every second
const CHECK_MS = 250;
const LATE_MS = 100; // the flash guard's leeway
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 600;

/**
 * Keep a live line open.
 *
 * Frames are asked for one by one, so that none queues on the way; the newest is handed over in an animation frame, and a hidden page
 * asks for none. The flash guard has passed the frames in their order and allows each to be a tenth of a second late, so whatever is left
 * out, what is shown flashes no more than they do. Only a frame that a halting network kept could come too soon before the next: one that
 * came late waits for as long, and gives way to the next.
 *
 * @param {object} hear what to call: `state(state)`, `frame(ArrayBuffer)` (in an animation frame; asks for frames when given),
 *   `lost(milliseconds or null)`, `found()`, `opened()` (the server is there; its first state may still be to come).
 * @returns {() => void} call it after the page has taken up another language: the state comes in that one from then on.
 */
export function live(hear) {
  let socket = null;
  let lastHeard = null;
  let wait = FIRST_WAIT_MS;
  let retry = 0;
  let isLost = false;
  let newest = null;
  let askedAt = 0;
  let holding = 0;
  let due = false;

  function connect() {
    clearTimeout(retry);
    retry = 0;
    const url = new URL(address("/api/live"), location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const mine = new WebSocket(url);
    socket = mine;
    mine.binaryType = "arraybuffer";
    const opening = setTimeout(() => mine.close(), SILENCE_MS);
    mine.onopen = () => {
      clearTimeout(opening);
      hear.opened();
      watch();
    };
    mine.onmessage = ({ data }) => {
      if (socket !== mine) return; // what is still under way in another language
      lastHeard = performance.now();
      wait = FIRST_WAIT_MS;
      if (data instanceof ArrayBuffer) hold(data);
      else take(JSON.parse(data));
    };
    mine.onclose = () => {
      clearTimeout(opening);
      if (socket === mine) reconnect();
    };
  }

  // Ask for the next frame, or tell that none is wanted.
  function watch() {
    askedAt = performance.now();
    if (document.hidden) newest = null;
    if (hear.frame && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ watch: document.hidden ? "state" : "frame" }));
  }

  function hold(frame) {
    const late = performance.now() - askedAt > LATE_MS;
    watch();
    if (document.hidden) return;
    newest = frame;
    clearTimeout(holding);
    if (late) holding = setTimeout(draw, LATE_MS);
    else draw();
  }

  function draw() {
    if (!due) requestAnimationFrame(show);
    due = true;
  }

  function show() {
    due = false;
    if (newest === null) return; // the page was hidden meanwhile
    hear.frame(newest);
    newest = null;
  }

  function take(message) {
    if (isLost) {
      isLost = false;
      hear.found();
    }
    hear.state(message);
  }

  function reconnect() {
    lose();
    if (retry) return;
    retry = setTimeout(connect, wait);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }

  function lose() {
    isLost = true;
    hear.lost(lastHeard === null ? null : performance.now() - lastHeard);
  }

  function watchSilence() {
    if (isLost) lose();
    else if (lastHeard !== null && performance.now() - lastHeard > SILENCE_MS) {
      const silent = socket;
      socket = null;
      silent.close();
      reconnect();
    }
  }

  // A phone that is unlocked: timers slept as long as it did, and the line may be dead though nothing has said so.
  function hurry() {
    if (document.hidden) return;
    watchSilence();
    if (!isLost || !retry) return;
    wait = FIRST_WAIT_MS;
    connect();
  }

  function renew() {
    if (isLost) return; // the next line is in the new language anyhow
    const former = socket;
    connect();
    former.close();
  }

  setInterval(watchSilence, CHECK_MS);
  addEventListener("online", hurry);
  addEventListener("pageshow", hurry);
  document.addEventListener("visibilitychange", hurry);
  document.addEventListener("visibilitychange", watch);
  connect();
  return renew;
}
