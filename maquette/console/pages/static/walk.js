// A walk along a strip: which LED is lit, where those that were seen stand (mm on the plan), and the way back.

export class Walk {
  /**
   * @param {string} strip its name.
   * @param {number} leds how many it has.
   * @param {object | null} saved what `saved()` gave, or null.
   */
  constructor(strip, leds, saved = null) {
    this.strip = strip;
    this.leds = leds;
    this.at = Math.min(saved?.at ?? 0, leds - 1);
    this.step = saved?.step ?? 1;
    this.placed = new Map((saved?.placed ?? []).filter(([number]) => number < leds));
    this.history = saved?.history ?? [];
    this.aim = null; // where the arrows have brought the mark of the LED that is lit
  }

  /** What is kept while the page is loaded anew. */
  saved() {
    const { at, step, history } = this;
    return { at, step, history: history.slice(-200), placed: [...this.placed] };
  }

  /** Go to an LED; beyond the ends it is the first or the last. */
  to(number) {
    this.at = Math.min(Math.max(number, 0), this.leds - 1);
    this.aim = null;
  }

  /** Say where the LED stands, and go on. */
  set(point) {
    this.#remember();
    this.placed.set(this.at, point.map((mm) => Math.round(10 * mm) / 10));
    this.to(this.at + this.step);
  }

  /** Go on without saying where it stands. */
  skip() {
    this.#remember();
    this.to(this.at + this.step);
  }

  /** Go back to before the last LED; false when there is nothing to go back to. */
  undo() {
    const last = this.history.pop();
    if (last === undefined) return false;
    if (last.before === null) this.placed.delete(last.at);
    else this.placed.set(last.at, last.before);
    this.to(last.at);
    return true;
  }

  /** Forget where LEDs stand. */
  forget(numbers) {
    for (const number of numbers) this.placed.delete(number);
    this.history = this.history.filter(({ at }) => this.placed.has(at));
  }

  /** Move the mark of the LED, from where it is expected. */
  nudge(x, y, stands) {
    const [left, top] = this.expected(stands);
    this.aim = [left + x, top + y];
  }

  /**
   * Where the LED stands, or is expected: in line with the two seen before it, else where the documents have it (`stands(number)`).
   */
  expected(stands) {
    const seen = this.aim ?? this.placed.get(this.at);
    if (seen) return seen;
    const before = [...this.placed.keys()].filter((number) => number < this.at).sort((a, b) => b - a).slice(0, 2);
    const [last, other] = before.map((number) => this.placed.get(number));
    if (last === undefined || this.at - before[0] > 3 * this.step) return stands(this.at) ?? last ?? null;
    if (other === undefined) return last;
    const ahead = (this.at - before[0]) / (before[0] - before[1]);
    return last.map((mm, axis) => mm + ahead * (mm - other[axis]));
  }

  /** The run of LEDs seen one after another, `step` apart at most, in which the one that was set last lies; null when none was. Only LEDs that are `free(number)` count. */
  stretch(free) {
    const last = this.history.findLast(({ at }) => this.placed.has(at) && free(at))?.at;
    if (last === undefined) return null;
    const numbers = [...this.placed.keys()].filter(free).sort((a, b) => a - b);
    const reach = Math.max(this.step, 1);
    let [first, end] = [numbers.indexOf(last), numbers.indexOf(last)];
    while (first > 0 && numbers[first] - numbers[first - 1] <= reach) first -= 1;
    while (end < numbers.length - 1 && numbers[end + 1] - numbers[end] <= reach) end += 1;
    return [numbers[first], numbers[end]];
  }

  #remember() {
    this.history.push({ at: this.at, before: this.placed.get(this.at) ?? null });
  }
}
