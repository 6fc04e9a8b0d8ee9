/**
 * @file The entry: which columns are open, the top bar, the welcome, and the keyboard.
 * Invariant: the address names every open person and room, so a reload or a shared link shows the same.
 */
import { api } from "./api.js";
import { Clock, clockBar } from "./clock.js";
import { Column } from "./column.js";
import { h, iconButton, openDialog, toast, whilePending } from "./dom.js";
import { refreshRelative } from "./message.js";
import { addPerson, choosePerson } from "./people.js";
import { clockTime, isoDate, zoneName } from "./time.js";

const MOST = 4;
const place = document.getElementById("columns");
const SHORTCUTS = [
  [["Ctrl", "K"], "Be somebody else"],
  [["Alt", "↑"], "Room before"],
  [["Alt", "↓"], "Room after"],
  [["Alt", "Shift", "↓"], "Next unread room"],
  [["/"], "Write a command"],
  [["?"], "Show these shortcuts"],
  [["Enter"], "Send; Shift and Enter starts a new line"],
  [["Tab"], "Take the suggestion"],
  [["↑"], "In an empty box: what you sent before"],
];

function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage the choice lasts until the page is left.
  }
}

/** The desk on which the columns lie; it is what a `Column` knows of the world. */
class App {
  constructor() {
    Object.assign(this, { columns: [], people: [], down: new Set(), settling: true, singles: recall("roundtable.keys") !== "off" });
    this.clock = new Clock();
    this.face = clockBar(document.getElementById("clock"), this.clock, () => this.zone());
    this.clock.addEventListener("change", () => this.turned());
    setInterval(() => this.clock.told.playing && this.turned(), 1000);
    this.tools();
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("popstate", () => this.fromAddress());
    addEventListener("resize", () => this.columns.forEach((column) => column.drawer(false)));
    document.addEventListener("visibilitychange", () => this.columns.forEach((column) => column.timeline.scrolled()));
  }

  zone() {
    return this.columns[0]?.me?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  many() {
    return this.columns.length > 1;
  }

  /** Opens what the address names; a person who is gone gives way to the first one. */
  async fromAddress() {
    const query = new URLSearchParams(location.search);
    const people = (query.get("as") ?? "").split(",").filter(Boolean).slice(0, MOST);
    const rooms = (query.get("room") ?? "").split(",");
    this.settling = true;
    try {
      const anyone = await api.state(people[0] ?? "").catch((error) => (error.status ? api.state("") : Promise.reject(error)));
      this.state(anyone);
      this.columns.splice(0).forEach((column) => column.close());
      const known = [...new Set(people)]
        .map((id) => ({ id, room: rooms[people.indexOf(id)] }))
        .filter(({ id }) => this.people.some((person) => person.id === id));
      const first = this.people.find((person) => !person.bot);
      if (!first) return this.welcome();
      if (!known.length) known.push({ id: first.id, room: null });
      place.replaceChildren();
      for (const { id, room } of known) this.columns.push(new Column(this, id, room || null));
      await Promise.all(this.columns.map((column) => this.show(column, null)));
      this.moved();
    } catch (error) {
      place.replaceChildren(h("div", { class: "starting" }, h("p", null, error.message),
        h("button", { type: "button", class: "button primary", on: { click: () => this.fromAddress() } }, "Try again")));
    } finally {
      this.settling = false;
    }
  }

  async show(column, instead) {
    const state = await api.state(column.as);
    instead?.close();
    const after = this.columns[this.columns.indexOf(column) + 1]?.element;
    place.insertBefore(column.element, after?.parentNode === place ? after : null);
    place.classList.toggle("many", this.many());
    await column.open(state);
    this.columns.forEach((each) => each !== column && each.state && each.draw(true));
    this.face();
  }

  /** Writes the open people and rooms into the address. */
  moved() {
    const query = new URLSearchParams({ as: this.columns.map((column) => column.as).join(",") });
    const rooms = this.columns.map((column) => column.room ?? "");
    if (rooms.some(Boolean)) query.set("room", rooms.join(","));
    const address = `?${query.toString().replaceAll("%2C", ",")}`;
    if (address === location.search) return;
    if (this.settling) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }

  state(state) {
    this.people = state.people ?? [];
    this.clock.set(state.clock);
    const waiting = (state.rooms ?? []).reduce((sum, room) => sum + (room.kind === "dm" ? room.unread : room.mentions), 0);
    document.title = `${waiting ? `(${waiting}) ` : ""}${state.workspace?.name ?? "Roundtable playground"}`;
    document.getElementById("clock").hidden = !this.people.length;
  }

  turned() {
    const now = this.clock.now();
    const day = isoDate(now, this.zone());
    refreshRelative(now);
    this.columns.forEach((column) => column.me && column.tick(clockTime(now, column.me.zone), zoneName(now, column.me.zone)));
    if (day !== this.day) this.columns.forEach((column) => column.timeline.draw());
    this.day = day;
  }

  connection(column, up) {
    const line = document.getElementById("offline");
    if (up) this.down.delete(column);
    else this.down.add(column);
    line.hidden = this.down.size === 0;
    line.textContent = this.down.size ? "The connection was lost. Trying again; what you typed is kept." : "";
  }

  /** Lets the person at the screen be somebody else in this column, or beside it. */
  switchPerson(column) {
    const become = (id) => id !== column?.as && this.put(new Column(this, id, null), column);
    choosePerson({
      people: this.people, current: column?.as ?? null, now: this.clock.now(), choose: become,
      beside: this.columns.length < MOST ? (id) => this.put(new Column(this, id, null), null) : null,
      add: () => addPerson(this.clock.now(), become),
    });
  }

  /** Puts a column in the place of another one, or at the end. A person is on screen once at most. */
  async put(column, instead) {
    const here = this.columns.find((each) => each.as === column.as);
    if (here) return here.composer.input.focus();
    const at = instead ? this.columns.indexOf(instead) : this.columns.length;
    this.columns.splice(at, instead ? 1 : 0, column);
    try {
      await this.show(column, instead);
      column.composer.input.focus();
      column.element.scrollIntoView({ inline: "nearest", block: "nearest" });
    } catch (error) {
      // Before the new column is on screen the old one keeps its place.
      if (!column.element.isConnected) this.columns.splice(this.columns.indexOf(column), 1, ...(instead ? [instead] : []));
      toast(error.message, "error");
    }
  }

  close(column) {
    this.columns.splice(this.columns.indexOf(column), 1);
    column.close();
    place.classList.toggle("many", this.many());
    this.columns.forEach((each) => each.draw(true));
    this.face();
    this.moved();
    this.columns[0].composer.input.focus();
  }

  /** What an empty workspace shows. */
  welcome() {
    const begin = (kind, then) => ({ currentTarget }) => whilePending(currentTarget, async () => {
      await api.start(kind);
      await then();
    });
    const first = () => addPerson(this.clock.now(), () => this.fromAddress());
    const card = (title, words, label, style, click) =>
      h("section", { class: "card" }, h("h3", null, title), h("p", null, words),
        h("button", { type: "button", class: `button ${style}`, on: { click } }, label));
    place.classList.remove("many");
    place.replaceChildren(h("div", { class: "welcome" },
      h("img", { src: "/assets/icon.svg", alt: "", width: "72", height: "72" }),
      h("h2", null, "Pull up a chair"),
      h("p", { class: "lead" }, "This is a small chat workspace with Roundtable in it. You can be everybody at the table, ",
        "and you can turn the clock: a year of group mentoring takes an afternoon."),
      h("div", { class: "cards" },
        card("Meet a council", "Mentors, members and programme staff from several organisations, ready to begin.",
          "Start the demo council", "primary", begin("demo", () => this.fromAddress())),
        card("Bring your own people", "An empty workspace. Add the first person and go on from there.",
          "Start empty", "default", begin("empty", first)))));
  }

  tools() {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const theme = iconButton("moon", "", () => {
      document.documentElement.dataset.theme = dark() ? "light" : "dark";
      remember("roundtable.theme", document.documentElement.dataset.theme);
      draw();
    });
    const draw = () => {
      const label = dark() ? "Use the light theme" : "Use the dark theme";
      theme.replaceChildren(...iconButton(dark() ? "sun" : "moon", label, null).childNodes);
      theme.setAttribute("aria-label", label);
      theme.title = label;
    };
    system.addEventListener("change", draw);
    draw();
    document.getElementById("tools").append(theme, iconButton("help", "Help and shortcuts", () => this.help()));
  }

  help() {
    const box = h("input", { type: "checkbox", role: "switch", id: "single-keys", on: { change: () => {
      this.singles = box.checked;
      remember("roundtable.keys", this.singles ? "on" : "off");
    } } });
    box.checked = this.singles;
    openDialog("Help and shortcuts", "help",
      h("p", null, "Type / in the message box to see every command you may run. Buttons, menus and forms in messages ",
        "do the same as typed commands. Nothing happens by itself until the clock is turned."),
      h("dl", { class: "keys" }, SHORTCUTS.map(([keys, words]) =>
        h("div", null, h("dt", null, keys.map((key) => h("kbd", null, key))), h("dd", null, words)))),
      h("label", { class: "choice", for: box.id }, box, h("span", null, "Use the shortcuts of a single key (/ and ?)")));
  }

  key(event) {
    const target = event.target instanceof Element ? event.target : document.body;
    const column = this.columns.find((each) => each.element.contains(target)) ?? this.columns[0];
    if (!column || document.querySelector("dialog[open]")) return;
    const writing = target.closest("input, textarea, select");
    const arrow = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const single = this.singles && !writing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") this.switchPerson(column);
    else if (event.altKey && arrow) column.step(arrow, event.shiftKey);
    else if (single && event.key === "?") this.help();
    else if (single && event.key === "/") column.composer.input.value ? column.composer.input.focus() : column.composer.begin();
    else return;
    event.preventDefault();
  }
}

new App().fromAddress();
