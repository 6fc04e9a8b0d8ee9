/**
 * @file One person's view: their rooms, the open room, and the composer.
 * Invariant: a column speaks for exactly one person; another person is another column object.
 */
import { api, coalesce, listen } from "./api.js";
import { Composer } from "./composer.js";
import { avatar, h, iconButton, toast } from "./dom.js";
import { openForm } from "./form.js";
import { identity, roomList, roomSign } from "./sidebar.js";
import { Timeline } from "./timeline.js";
import { isoDate, zoneName } from "./time.js";

/** Below this many pixels the box says less. */
const NARROW = 520;

const complain = (error) => toast(error.message, "error");

export class Column {
  /**
   * @param {object} app the desk: `clock`, `many()`, `switchPerson(column)`, `close(column)`, `moved()`, `state(state)`
   *   and `connection(column, up)`
   * @param {string} as
   * @param {string|null} room the room to open first
   */
  constructor(app, as, room) {
    Object.assign(this, { app, as, room, state: null, read: {} });
    this.sidebar = h("nav", { class: "sidebar", id: `rooms-${as}` });
    this.title = h("div", { class: "room-title" });
    this.burger = iconButton("menu", "Rooms", () => this.drawer(true), { class: "icon-button burger", "aria-expanded": "false", "aria-controls": this.sidebar.id });
    this.who = h("div", { class: "who" });
    this.timeline = new Timeline({
      load: (id, before) => api.messages(as, id, before),
      reader: (message) => this.reader(message),
      seen: (upto) => this.seen(upto),
    });
    this.composer = new Composer(as, async (text) => {
      this.answer(await api.say(as, this.room, text));
      this.timeline.stick = true;
    });
    this.shade = h("div", { class: "shade", on: { click: () => this.drawer(false) } });
    this.main = h("div", { class: "room-view" },
      h("header", { class: "room-head" }, this.burger, this.title, this.who), this.timeline.element, this.composer.form);
    this.element = h("section", { class: "column" }, h("div", { class: "column-inside" }, this.sidebar, this.shade, this.main));
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.drawer(false));
    this.loadState = coalesce(async () => this.take(await api.state(as)));
    this.loadMessages = coalesce(() => this.timeline.refresh());
    this.loadCommands = coalesce(async () => this.composer.know(await api.commands(as)));
  }

  /** Takes the first state and opens the room; afterwards keeps itself up to date. */
  async open(state) {
    this.take(state);
    const rooms = state.rooms;
    const first = rooms.find(({ id }) => id === this.room) ?? rooms.find(({ kind }) => kind === "channel") ?? rooms[0];
    this.stop = listen(this.as, {
      room: (id) => this.later(id === this.room ? this.loadMessages() : null, this.loadState()),
      state: () => this.later(this.loadState(), this.loadCommands()),
      clock: (told) => this.app.clock.set(told),
      up: (again) => {
        this.app.connection(this, true);
        if (again) this.later(this.loadState(), this.room && this.loadMessages(), this.loadCommands());
      },
      down: () => this.app.connection(this, false),
    });
    this.later(this.loadCommands());
    this.room = null;
    if (first) await this.openRoom(first.id);
  }

  later(...jobs) {
    for (const job of jobs) job?.catch(complain);
  }

  take(state) {
    const zone = this.me?.zone;
    this.state = state;
    this.me = { ...state.people.find(({ id }) => id === this.as), ...state.me };
    this.element.setAttribute("aria-label", this.me.name);
    this.sidebar.setAttribute("aria-label", `Rooms of ${this.me.name}`);
    this.app.state(state);
    this.draw();
    if (zone && zone !== this.me.zone) this.timeline.draw();
  }

  current() {
    return this.state.rooms.find(({ id }) => id === this.room) ?? null;
  }

  /** Draws the rooms and the head again, unless nothing they show has changed. */
  draw(anyway = false) {
    const shown = JSON.stringify([this.state.rooms, this.state.people, this.me, this.room]);
    if (shown === this.shown && !anyway) return;
    this.shown = shown;
    const now = this.app.clock.now();
    const change = () => this.app.switchPerson(this);
    const focused = this.sidebar.contains(document.activeElement) ? document.activeElement.dataset.room ?? "identity" : null;
    const scroll = this.sidebar.querySelector(".rooms")?.scrollTop ?? 0;
    const list = h("div", { class: "rooms" }, roomList(this.state.rooms, this.state.people, this.room, (id) => this.openRoom(id).catch(complain)));
    this.sidebar.replaceChildren(identity(this.me, now, change), list);
    list.scrollTop = scroll;
    if (focused) (this.sidebar.querySelector(`[data-room="${CSS.escape(focused)}"]`) ?? this.sidebar.querySelector(".identity")).focus();
    const room = this.current();
    const sign = room && roomSign(room, this.state.people);
    const topic = room?.topic ? [h("p", { title: room.topic }, room.topic)] : [];
    this.title.replaceChildren(h("h2", null, sign, room?.name ?? "No room yet"), ...topic);
    const aside = (words) => h("span", { class: "sr-only" }, words);
    this.who.replaceChildren(
      h("button", { type: "button", class: "who-button", title: this.me.name, on: { click: change } },
        avatar(this.me, true), aside("You are"), " ", h("span", { class: "who-name" }, this.me.name), aside(". Be somebody else")),
      ...(this.app.many() ? [iconButton("close", `Close the column of ${this.me.name}`, () => this.app.close(this))] : []));
  }

  /** Shows the person's own time after the clock moved, without touching anything else. */
  tick(time, zone) {
    this.sidebar.querySelector(".identity-time")?.replaceChildren(`${time} ${zone}`);
  }

  async openRoom(id) {
    this.drawer(false);
    const room = this.state.rooms.find((each) => each.id === id);
    if (!room || id === this.room) return;
    this.room = id;
    this.app.moved();
    this.draw();
    this.element.dataset.kind = room.kind;
    const words = room.kind === "channel" ? `#${room.name}` : room.name;
    this.composer.turnTo(room, `Message ${words} as ${this.me.name}`, this.main.clientWidth < NARROW);
    await this.timeline.turnTo(id, `Messages in ${words}`, room.unread);
  }

  /** Opens the room before (-1) or after (1) the present one, among unread ones only if asked. */
  step(by, unread = false) {
    const order = [...this.sidebar.querySelectorAll(".room")].map((button) => button.dataset.room);
    const fits = order.filter((id) => id === this.room || !unread || this.state.rooms.find((room) => room.id === id)?.unread);
    const to = fits[(fits.indexOf(this.room) + by + fits.length) % fits.length];
    if (to) this.openRoom(to).catch(complain);
  }

  drawer(open) {
    if (this.element.classList.contains("drawer") === open) return;
    this.element.classList.toggle("drawer", open);
    this.burger.setAttribute("aria-expanded", String(open));
    this.main.inert = open;
    (open ? this.sidebar.querySelector("button") : this.burger)?.focus();
  }

  seen(upto) {
    if (this.read[this.room] === upto || document.visibilityState === "hidden") return;
    const room = this.room;
    this.read[room] = upto;
    api.read(this.as, room, upto).then(() => this.loadState()).catch(() => delete this.read[room]);
  }

  reader(message) {
    const { app } = this;
    const room = this.room;
    const press = async (command) => this.answer(await api.press(this.as, room, message.id, command));
    return {
      id: this.as, zone: () => this.me.zone, now: () => app.clock.now(), press,
      typed: (command) => this.composer.typed(command),
      compose: (text) => this.composer.offer(text),
      pick: (action, button) => this.pick(action, (command) => press(command, button)),
    };
  }

  /** Asks for a date and a time in the person's own zone, then sends the command with them. */
  pick(action, press) {
    const now = this.app.clock.now();
    const field = (name, label, type, value) => ({ name, label, hint: "", required: true, error: null, value, kind: { type } });
    const form = {
      title: action.label, command: action.command, submit: "Choose",
      intro: [{ type: "plain", text: `In your time zone, ${zoneName(now, this.me.zone)}.` }],
      fields: [field("date", "Date", "date", isoDate(now + 864e8, this.me.zone)), field("time", "Time", "time", "10:00")],
    };
    this.ask(form, async (command, { date, time }) => {
      if (date && time) return void (await press(`${command} ${date} ${time}`));
      const missing = form.fields.map((each) => ({ ...each, value: each.name === "date" ? date : time }));
      return { ...form, fields: missing.map((each) => ({ ...each, error: each.value ? null : `Please choose a ${each.name}.` })) };
    });
  }

  answer({ form }) {
    if (form) this.ask(form, async (command, values) => (await api.submit(this.as, this.room, command, values)).form);
    this.later(this.loadMessages());
  }

  ask(form, submit) {
    openForm(form, { key: this.as, who: this.me.name, reader: this.reader({ id: null }), submit: async (command, values) => {
      const again = await submit(command, values);
      if (!again) this.later(this.loadMessages());
      return again ?? null;
    } });
  }

  close() {
    this.stop?.();
    this.app.connection(this, true);
    this.element.remove();
  }
}
