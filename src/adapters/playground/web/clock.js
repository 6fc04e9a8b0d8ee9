/**
 * @file The virtual clock: what it shows, and the buttons that turn it.
 * Invariant: the server owns the time; between two of its words the page only counts on at the told speed.
 */
import { api } from "./api.js";
import { announce, h, icon, whilePending } from "./dom.js";
import { clockTime, longDate, relative, shortDate, zoneName } from "./time.js";

const HOUR = 3600;
const STEPS = [["+1 hour", HOUR, "an hour"], ["+1 day", 24 * HOUR, "a day"], ["+1 week", 168 * HOUR, "a week"]];
const SPEEDS = [[60, "1 min/s"], [600, "10 min/s"], [HOUR, "1 hour/s"], [6 * HOUR, "6 hours/s"], [24 * HOUR, "1 day/s"]];

/** The clock as last told by the server, counted on while it plays. */
export class Clock extends EventTarget {
  constructor() {
    super();
    this.told = { now: 0, playing: false, speed: 0, next: null };
    this.heard = 0;
  }

  /** Takes the server's word; a word without a time (an empty answer) changes nothing. */
  set(told) {
    if (!Number.isFinite(told?.now)) return;
    this.told = told;
    this.heard = performance.now();
    this.dispatchEvent(new Event("change"));
  }

  /** Virtual UTC microseconds. */
  now() {
    const { now, playing, speed } = this.told;
    return playing ? now + Math.round((performance.now() - this.heard) * 1000 * speed) : now;
  }
}

/** Fills the clock's place in the top bar; `zone` gives the viewer's zone. */
export function clockBar(place, clock, zone) {
  const time = h("span", { class: "clock-time" });
  const date = h("span", { class: "clock-date" });
  const turn = async (step) => {
    clock.set(await api.clock(step));
    const now = clock.now();
    announce(`It is now ${longDate(now, zone())}, ${clockTime(now, zone())}.`);
  };
  const button = (label, title, look, step) => {
    const click = ({ currentTarget }) => whilePending(currentTarget, () => turn(step()));
    return h("button", { type: "button", class: `button ${look}`, title, on: { click } }, label);
  };
  const steps = STEPS.map(([label, seconds, words]) =>
    button(label, `Turn the clock on by ${words}`, "step", () => ({ do: "advance", seconds })));
  const what = h("span", { class: "next-what" });
  const words = h("span", { class: "next-words" }, h("span", null, "Next thing"), h("span", { class: "sr-only" }, ": "), what);
  const next = button([icon("skip"), words], "", "next", () => ({ do: "next" }));
  const speed = h("select", { "aria-label": "Speed of the clock", title: "How much time passes in a second", class: "speed" },
    SPEEDS.map(([value, label]) => h("option", { value }, label)));
  speed.value = String(HOUR);
  const play = button("", "", "play", () => (clock.told.playing ? { do: "pause" } : { do: "play", speed: Number(speed.value) }));
  speed.addEventListener("change", () => clock.told.playing && whilePending(play, () => turn({ do: "play", speed: Number(speed.value) })));

  const count = () => {
    const now = clock.now();
    time.textContent = `${clockTime(now, zone())} ${zoneName(now, zone())}`;
    date.textContent = longDate(now, zone());
  };
  let ticking;
  const draw = () => {
    const { playing, next: due, speed: told } = clock.told;
    count();
    clearInterval(ticking);
    if (playing) ticking = setInterval(count, 250);
    what.textContent = due ? `${due.what}, ${relative(due.at, clock.now())}` : "Nothing is planned";
    next.title = due ? `Go to: ${due.what}, ${shortDate(due.at, zone(), clock.now())} ${clockTime(due.at, zone())}` : "Nothing is planned yet";
    next.disabled = !due;
    play.replaceChildren(icon(playing ? "pause" : "play"), playing ? "Pause" : "Play");
    play.title = playing ? "Let the clock stand still" : "Let the clock run";
    if (playing && SPEEDS.some(([value]) => value === told)) speed.value = String(told);
  };
  clock.addEventListener("change", draw);
  place.replaceChildren(
    h("div", { class: "clock-face" }, time, date),
    h("div", { class: "clock-hands", role: "group", "aria-label": "Turn the clock" },
      h("span", { class: "joined" }, steps), next, h("span", { class: "joined" }, play, speed)));
  return draw;
}
