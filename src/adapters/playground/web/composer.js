/**
 * @file Where a person writes: text, commands with suggestions and hints, and what was sent before.
 * Invariant: the typed text leaves the box only after the server took it, and every room keeps its own draft.
 */
import { api } from "./api.js";
import { argumentOf, commandOf, fitting, names, signature, withValue } from "./commandline.js";
import { h, icon, toast } from "./dom.js";
import { Suggest } from "./suggest.js";

const KEPT = 50;

function stored(key, fallback) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Remembers a value for this tab, so that a reload loses nothing. */
function store(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without storage a draft lives as long as the page.
  }
}

export class Composer {
  /**
   * @param {string} as the person who writes
   * @param {(text: string) => Promise<void>} send
   */
  constructor(as, send) {
    Object.assign(this, { as, send, room: null, commands: [], root: "/mentor", recalled: -1 });
    const id = `composer-${as}-${Math.round(performance.now())}`;
    this.hint = h("p", { class: "hint", id: `${id}-hint` });
    this.label = h("label", { class: "sr-only", for: id });
    this.input = h("textarea", { id, rows: "1", spellcheck: "true", "aria-describedby": this.hint.id });
    this.suggest = new Suggest(this.input, "Suggestions", () => this.find(), (choice) => this.accept(choice));
    this.button = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
    this.form = h("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); this.submit(); } } },
      this.suggest.list, this.hint, h("div", { class: "box" }, this.label, this.input, this.button));
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("click", () => this.explain());
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  /** Turns to a room and brings back what was being written there. */
  turnTo(room, words, narrow) {
    this.room = room.id;
    this.label.textContent = words;
    this.input.placeholder = narrow ? "Message, or / for a command" : `${words}, or type / for a command`;
    this.set(stored(this.draftKey(), ""));
  }

  /** Tells the composer which commands this person may run. */
  know({ root, commands }) {
    Object.assign(this, { root, commands });
    this.explain();
  }

  draftKey() {
    return `roundtable.draft.${this.as}.${this.room}`;
  }

  /** Replaces the text and puts the caret behind it (or at `caret`). */
  set(text, caret = text.length) {
    this.input.value = text;
    this.input.setSelectionRange(caret, caret);
    store(this.draftKey(), text);
    this.explain();
    this.grow();
  }

  /** A command as it is typed, whether or not it came with the root. */
  typed(command) {
    return command.startsWith("/") ? command : `${this.root} ${command}`;
  }

  /** Puts text into the box for the person to finish; what stood there can be recalled. */
  offer(text) {
    if (this.input.value.trim() && this.input.value !== text) this.remember(this.input.value);
    this.set(text.endsWith(" ") ? text : `${text} `);
    this.input.focus();
    this.suggest.refresh();
  }

  /** Starts a command in an empty box. */
  begin() {
    this.set("/");
    this.input.focus();
    this.suggest.refresh();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 180)}px`;
  }

  changed() {
    this.recalled = -1;
    store(this.draftKey(), this.input.value);
    this.grow();
    this.explain();
    this.suggest.refresh();
  }

  head() {
    return this.input.value.slice(0, this.input.selectionStart);
  }

  async find() {
    const head = this.head();
    if (!head.startsWith("/") || head.includes("\n")) return [];
    const paths = fitting(head, this.root, this.commands).filter(({ path }) => head !== `${this.root} ${path}`);
    const argument = argumentOf(head, this.root, this.commands);
    const values = argument ? await this.values(argument) : [];
    return [
      ...values.map((choice) => ({ ...choice, argument })),
      ...(argument ? names(argument) : []).map(({ name, help }) => ({ value: `${name}=`, label: `${name}=`, detail: help, word: argument.word })),
      ...paths.map((command) => ({ value: command.path, label: `${this.root} ${command.path}`, detail: command.summary })),
    ].slice(0, 60);
  }

  async values({ command, index, typed }) {
    const arg = command.args[index];
    if (!arg) return [];
    const wanted = typed.toLowerCase();
    if (arg.choices?.length)
      return arg.choices.filter((choice) => choice.toLowerCase().includes(wanted)).map((value) => ({ value, label: value, detail: arg.name }));
    const { choices = [] } = await api.complete(this.as, command.path, arg.name, typed);
    return choices.map(({ value, label }) => ({ value, label, detail: value === label ? arg.name : value }));
  }

  accept(choice) {
    const head = this.head();
    const tail = this.input.value.slice(head.length).trimStart();
    const next = choice.argument ? withValue(head, choice.argument, choice.value)
      : choice.word ? head.slice(0, choice.word.start) + choice.value
      : `${this.root} ${choice.value} `;
    this.set(next + tail, next.length);
    this.input.focus();
    this.suggest.refresh();
  }

  /** Shows how the command goes on, with the present argument marked. */
  explain() {
    const command = commandOf(`${this.input.value} `, this.root, this.commands);
    if (!command) return this.hint.replaceChildren();
    const argument = argumentOf(this.head(), this.root, this.commands);
    const index = argument?.command === command ? argument.index : 0;
    const parts = signature(command).map((words, at) => h("span", { class: at === index ? "arg now" : "arg" }, words));
    const help = command.args[index]?.help ?? command.summary;
    const path = h("code", null, `${this.root} ${command.path}`);
    this.hint.replaceChildren(path, ...parts.flatMap((part) => [" ", part]), h("span", { class: "help" }, ` ${help}`));
  }

  key(event) {
    if (this.suggest.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      // Half of the root word is never meant as a message.
      if (this.suggest.open && this.input.value !== this.root && this.root.startsWith(this.input.value)) this.suggest.take(0);
      else this.submit();
    } else if (event.key === "ArrowUp" && (this.recalled >= 0 || !this.input.value)) this.recall(event, this.recalled + 1);
    else if (event.key === "ArrowDown" && this.recalled >= 0) this.recall(event, this.recalled - 1);
    else if (event.key === " " && event.ctrlKey) this.suggest.refresh();
  }

  recall(event, to) {
    const sent = stored(`roundtable.sent.${this.as}`, []);
    event.preventDefault();
    if (to >= sent.length) return;
    this.set(sent[to] ?? "");
    this.recalled = to;
  }

  remember(text) {
    const sent = stored(`roundtable.sent.${this.as}`, []).filter((earlier) => earlier !== text);
    store(`roundtable.sent.${this.as}`, [text, ...sent].slice(0, KEPT));
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text || this.form.getAttribute("aria-busy") === "true") return;
    const key = this.draftKey();
    const sent = this.input.value;
    this.suggest.close();
    this.form.setAttribute("aria-busy", "true");
    try {
      await this.send(text);
      this.remember(text);
      this.recalled = -1;
      // Words typed while the server was thinking, or in a room opened meanwhile, stay.
      if (key === this.draftKey() && this.input.value === sent) this.set("");
      else if (key !== this.draftKey()) store(key, "");
    } catch (error) {
      toast(error.message, "error");
    } finally {
      this.form.removeAttribute("aria-busy");
    }
  }
}
