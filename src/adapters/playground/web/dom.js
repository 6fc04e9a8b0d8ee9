/**
 * @file Small helpers for building the page: elements, icons, avatars, menus, toasts.
 * Invariant: text always enters the page as a text node, never as markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Stroke icons on a 24 by 24 grid, one path each. */
const ICONS = {
  menu: "M4 7h16M4 12h16M4 17h10",
  close: "M6 6l12 12M18 6L6 18",
  lock: "M7 11V8a5 5 0 0110 0v3M6 11h12v9H6z",
  hash: "M9 4L7 20M17 4l-2 16M4 9h16M4 15h16",
  group: "M9 11a3.2 3.2 0 100-6.4A3.2 3.2 0 009 11zM3.5 19c0-3 2.4-5 5.5-5s5.5 2 5.5 5M16 5a3 3 0 010 6M17.5 14.3c2 .7 3 2.3 3 4.7",
  down: "M7 10l5 5 5-5",
  arrow: "M12 5v14M6 13l6 6 6-6",
  send: "M5 12l14-7-5 15-3-6z",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  skip: "M5 5l9 7-9 7zM18.5 5v14",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  moon: "M20 14.5A8 8 0 019.5 4 8 8 0 1020 14.5z",
  help: "M9 9.5a3 3 0 115 2c-1.2 1-2 1.5-2 3M12 18v.2",
  columns: "M4 5h16v14H4zM12 5v14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 8v5M12 16.5v.2M12 3.5L2.5 20h19z",
  plus: "M12 5v14M5 12h14",
};

/**
 * Builds an element. `props` may hold `class`, `on` (listeners), `data`, and attributes; `null`,
 * `undefined` and `false` leave an attribute out, `true` sets it empty.
 * @param {string} tag
 * @param {object|null} [props]
 * @param {...(Node|string|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [name, listener] of Object.entries(value)) element.addEventListener(name, listener);
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A decorative icon; the words beside it (or its button's label) carry the meaning. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon; `label` is its name and its tooltip. */
export function iconButton(name, label, click, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click }, ...props }, icon(name));
}

/** Initials on a colour that stays the same for the same person; decorative. */
export function avatar(person, small = false) {
  const size = small ? " small" : "";
  if (person.bot) return h("img", { class: `avatar bot${size}`, src: "/assets/icon.svg", alt: "" });
  let sum = 7;
  for (const char of String(person.id)) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  const words = person.name.trim().split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
  return h("span", { class: `avatar hue-${sum % 10}${size}`, "aria-hidden": "true" }, letters.toUpperCase());
}

/** Runs `work` while `button` shows that it is busy; a second press meanwhile does nothing. */
export async function whilePending(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    toast(error.message, "error");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Shows a short notice; errors stay longer, and none disappears while pointed at or focused. */
export function toast(text, kind = "info") {
  const box = h("div", { class: `toast ${kind}` }, icon(kind === "error" ? "alert" : "check"), h("p", null, text));
  let timer;
  const leave = () => box.remove();
  const start = () => (timer = setTimeout(leave, kind === "error" ? 9000 : 5000));
  const stay = () => clearTimeout(timer);
  box.append(iconButton("close", "Dismiss this notice", leave));
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, start);
  const region = document.getElementById("toasts");
  region.append(box);
  while (region.children.length > 4) region.firstElementChild.remove();
  start();
}

/** Tells screen readers something that others can see. */
export function announce(text) {
  const line = h("p", null, text);
  document.getElementById("announcer").append(line);
  setTimeout(() => line.remove(), 4000);
}

/**
 * A button that opens a menu of choices: arrows move, Enter chooses, Escape or a click outside closes.
 * @param {string} label
 * @param {{value: string, label: string}[]} options
 * @param {(value: string, button: HTMLElement) => void} choose
 */
export function menuButton(label, options, choose) {
  const button = h("button", { type: "button", class: "button", "aria-haspopup": "menu", "aria-expanded": "false" }, label, icon("down"));
  const take = (value) => {
    menu.hidePopover();
    choose(value, button);
  };
  const items = options.map(({ value, label: words }) =>
    h("button", { type: "button", role: "menuitem", tabindex: "-1", on: { click: () => take(value) } }, words));
  const menu = h("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label }, items);
  const move = (event) => {
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Tab") menu.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    items[to % items.length].focus();
  };
  menu.addEventListener("keydown", move);
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) items[0]?.focus();
    else if (menu.contains(document.activeElement) || document.activeElement === document.body) button.focus();
  });
  button.popoverTargetElement = menu;
  menu.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    const place = button.getBoundingClientRect();
    const below = innerHeight - place.bottom > 240 || place.top < 240;
    menu.style.left = `${Math.max(8, Math.min(place.left, innerWidth - 296))}px`;
    menu.style.top = below ? `${place.bottom + 4}px` : "auto";
    menu.style.bottom = below ? "auto" : `${innerHeight - place.top + 4}px`;
  });
  return h("span", { class: "menu-anchor" }, button, menu);
}

/** Opens a modal dialog with a heading and a close button, and removes it when it closes. */
export function openDialog(title, name, ...content) {
  const id = `dialog-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const dialog = h("dialog", { class: `dialog ${name}`, "aria-labelledby": id },
    h("header", { class: "dialog-head" }, h("h2", { id }, title), iconButton("close", "Close", () => dialog.close())), ...content);
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
