// The live line: state and frames from the WebSocket. It says when the line is lost, and takes it up again by itself.

import { address } from "./words.js";

const SILENCE_MS = 2500; // the server speaks at least every second
const CHECK_MS = 250;
const LATE_MS = 100; // the flash guard's leeway
const ON_THEIR_WAY = 2; // frames at most: one travels while the other is drawn
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 600;

/**
 * Keep a live line open.
 *
 * Frames are asked for one by one, so that no more than two are on their way; the newest is handed over in an animation frame, and a
 * hidden page asks for none. The flash guard has passed the frames in their order and allows each to be a tenth of a second late, so
 * whatever is left out, what is shown flashes no more than they do. Only frames that a halting network kept could come too soon before
 * the next: after a halt, what was asked for before its end waits a tenth of a second, and gives way to what was asked for later.
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
  let asked = []; // when, oldest first
  let cameAt = Infinity;
  let haltedUntil = 0;
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
      cameAt = Infinity; // nothing was shown yet that the first frame could come too soon after
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

  // Ask for frames, or tell that none is wanted.
  function watch() {
    asked = [];
    newest = null;
    if (document.hidden) send("state");
    else for (let i = 0; i < ON_THEIR_WAY; i += 1) ask(performance.now());
  }

  function ask(at) {
    asked.push(at);
    send("frame");
  }

  function send(wish) {
    if (hear.frame && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ watch: wish }));
  }

  function hold(frame) {
    if (!asked.length) return; // it comes from before the page was hidden
    const now = performance.now();
    if (now - cameAt > LATE_MS) haltedUntil = now;
    cameAt = now;
    const late = asked.shift() < haltedUntil;
    ask(now);
    newest = frame;
    if (!late) draw();
    else holding ||= setTimeout(draw, LATE_MS);
  }

  function draw() {
    clearTimeout(holding);
    holding = 0;
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
