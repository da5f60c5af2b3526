// The LED that is lit while somebody walks along a strip: kept alight while the page is seen, ended when it goes.

import { command } from "./command.js";
import { address } from "./words.js";

const AGAIN_MS = 20_000; // the model ends it by itself after a minute

export class LitLed {
  /** @param {(on: boolean) => void} changed called when the light goes on or off. */
  constructor(changed) {
    this.changed = changed;
    this.on = false;
    this.target = null;
    this.seen = false; // the model has said that it is lit
    this.sending = false;
    setInterval(() => this.#send(), AGAIN_MS);
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#leave() : this.#send()));
    addEventListener("pagehide", () => this.#leave());
  }

  /** Light an LED instead of the one before, if any is to be lit. */
  show(target) {
    this.target = target;
    return this.#send();
  }

  /** Light the LED, or let the show go on. */
  async turn(on) {
    this.#set(on);
    if (on) await this.#send();
    else await command("identify", { target: "off" });
  }

  /** Hear what the model says is lit: when somebody else has ended it, it is not lit again. */
  hear(identifying) {
    if (identifying?.target === this.target) this.seen = true;
    else if (this.on && this.seen && identifying === null && !this.sending && !document.hidden) this.#set(false);
  }

  // The newest target wins: whoever walks fast does not wait for those between.
  async #send() {
    if (!this.on || this.sending || document.hidden) return;
    this.sending = true;
    try {
      for (let sent = null; this.on && sent !== this.target; ) {
        sent = this.target;
        this.seen = false;
        const answer = await command("identify", { target: sent });
        if (!answer?.ok) this.#set(false);
      }
    } finally {
      this.sending = false;
    }
  }

  #set(on) {
    this.on = on;
    this.seen = false;
    this.changed(on);
  }

  #leave() {
    if (!this.on) return;
    const body = JSON.stringify({ command: "identify", target: "off" });
    fetch(address("/api/commands"), { method: "POST", body, headers: { "content-type": "application/json" }, keepalive: true });
  }
}
