// The live line: state and frames from the WebSocket. It says when the line is lost, and takes it up again by itself.

import { address } from "./words.js";

const SILENCE_MS = 2500; // the server speaks at least every second
const CHECK_MS = 250;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 600;

/**
 * Keep a live line open.
 *
 * @param {object} hear what to call: `state(state)`, `frame(ArrayBuffer)` (asks for frames when given), `lost(milliseconds or null)`,
 *   `found()`, `opened()` (the server is there; its first state may still be to come).
 */
export function live(hear) {
  let socket = null;
  let lastHeard = null;
  let wait = FIRST_WAIT_MS;
  let retry = 0;
  let isLost = false;

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
      if (hear.frame) mine.send(JSON.stringify({ watch: "frames" }));
    };
    mine.onmessage = ({ data }) => {
      lastHeard = performance.now();
      wait = FIRST_WAIT_MS;
      if (data instanceof ArrayBuffer) hear.frame(data);
      else take(JSON.parse(data));
    };
    mine.onclose = () => {
      clearTimeout(opening);
      if (socket === mine) reconnect();
    };
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

  setInterval(watchSilence, CHECK_MS);
  addEventListener("online", hurry);
  addEventListener("pageshow", hurry);
  document.addEventListener("visibilitychange", hurry);
  connect();
}
