/**
 * @file The list of suggestions under (or over) a text input: the ARIA combobox pattern.
 * Invariant: focus never leaves the input; the list only ever proposes, Enter without a highlight is the input's own.
 */
import { h } from "./dom.js";

let count = 0;

/** Ties an input to a popup list. */
export class Suggest {
  /**
   * @param {HTMLInputElement|HTMLTextAreaElement} input
   * @param {string} label names the list
   * @param {() => Promise<{value: string, label: string, detail?: string}[]>} find suggestions for the input as it stands
   * @param {(choice: object) => void} accept
   */
  constructor(input, label, find, accept) {
    Object.assign(this, { input, find, accept, choices: [], at: -1, turn: 0 });
    this.list = h("ul", { class: "suggestions", role: "listbox", id: `suggest-${++count}`, "aria-label": label, hidden: true });
    const tie = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, autocomplete: "off" };
    for (const [name, value] of Object.entries(tie)) input.setAttribute(name, value);
    input.addEventListener("blur", () => this.close());
  }

  get open() {
    return !this.list.hidden;
  }

  /** Looks again; an answer that arrives after a newer question is dropped. */
  async refresh() {
    const turn = ++this.turn;
    const choices = await this.find().catch(() => []);
    if (turn !== this.turn) return;
    if (!choices.length || document.activeElement !== this.input) return this.close();
    this.choices = choices;
    this.list.replaceChildren(...choices.map((choice, index) =>
      h("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false", on: {
        // The press must not take the focus from the input.
        pointerdown: (event) => event.preventDefault(),
        click: () => this.take(index),
      } }, h("span", { class: "what" }, choice.label), choice.detail ? h("span", { class: "detail" }, choice.detail) : null)));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.highlight(-1);
    // In a form the list may open below the edge of what can be seen.
    if (this.input.closest("dialog")) this.list.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.turn += 1;
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  highlight(at) {
    this.at = at;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = this.list.children[at];
    if (!item) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  take(index) {
    const choice = this.choices[index];
    this.close();
    this.accept(choice);
  }

  /** Handles a key while the list is open; true when the key was used. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const last = this.choices.length - 1;
    if (event.key === "ArrowDown") this.highlight(this.at >= last ? 0 : this.at + 1);
    else if (event.key === "ArrowUp") this.highlight(this.at <= 0 ? last : this.at - 1);
    else if (event.key === "Tab" && !event.shiftKey) this.take(Math.max(this.at, 0));
    else if (event.key === "Enter" && this.at >= 0) this.take(this.at);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
