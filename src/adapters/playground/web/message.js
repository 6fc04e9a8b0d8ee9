/**
 * @file A `Message` as elements: every block, span and action the bot can send.
 * Invariant: what a message says is text; only http, https and mailto addresses become links.
 */
import { h, menuButton, whilePending } from "./dom.js";
import { styled, utc } from "./time.js";

/**
 * What a message needs to know about its reader.
 * @typedef {object} Reader
 * @property {string} id the reader's person id
 * @property {() => string} zone
 * @property {() => number} now virtual time in microseconds
 * @property {(command: string, button: HTMLElement) => Promise<void>} press
 * @property {(command: string) => string} typed a command with its root
 * @property {(text: string) => void} compose puts text into the composer
 * @property {(action: object, button: HTMLElement) => void} pick asks for a date and time
 */

/** A field with more letters than this gets a line of its own, and so do its namesakes in the message. */
const LONG = 40;

const watcher = new ResizeObserver((entries) => {
  // A table that scrolls sideways must be reachable by keyboard; one that fits must not be a stop.
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

function safeUrl(url) {
  try {
    const parsed = new URL(url, location.href);
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

function link(span) {
  const href = safeUrl(span.url);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, span.label) : `${span.label} (${span.url})`;
}

function time(span, reader) {
  const shown = styled(span.at, span.style, reader.zone(), reader.now());
  return h("time", { datetime: new Date(span.at / 1000).toISOString(), title: utc(span.at), data: { at: span.at, style: span.style } }, shown);
}

const SPANS = {
  plain: (span) => span.text,
  bold: (span) => h("strong", null, span.text),
  italic: (span) => h("em", null, span.text),
  code: (span) => h("code", null, span.text),
  time,
  person: (span, reader) => h("span", { class: span.id === reader.id ? "person self" : "person" }, `@${span.name}`),
  command: (span, reader) =>
    h("button", { type: "button", class: "command", title: "Put this in the message box", on: { click: () => reader.compose(reader.typed(span.text)) } },
      reader.typed(span.text)),
  link,
};

/** The bare words of spans. */
const plain = (spans) => spans.map((span) => span.text ?? span.name ?? span.label ?? "").join("");

/** Spans as nodes; a kind this version does not know shows its text. */
export const renderSpans = (spans, reader) => spans.map((span) => (SPANS[span.type] ?? SPANS.plain)(span, reader) ?? "");

function table(block) {
  const frame = h("div", { class: "table", role: "region", "aria-label": `Table: ${block.columns.join(", ")}` },
    h("table", null,
      h("thead", null, h("tr", null, block.columns.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", null, block.rows.map((row) => h("tr", null, row.map((cell) => h("td", null, cell)))))));
  watcher.observe(frame);
  return frame;
}

const ACTIONS = {
  button: (action, reader) =>
    h("button", { type: "button", class: `button ${action.style ?? "default"}`, on: {
      click: ({ currentTarget }) => whilePending(currentTarget, () => reader.press(action.command, currentTarget)),
    } }, action.label),
  select: (action, reader) =>
    menuButton(action.label, action.options, (value, button) =>
      whilePending(button, () => reader.press(`${action.command} ${value}`, button))),
  date_time: (action, reader) =>
    h("button", { type: "button", class: "button", "aria-haspopup": "dialog", on: {
      click: ({ currentTarget }) => reader.pick(action, currentTarget),
    } }, `${action.label}…`),
};

const BLOCKS = {
  heading: (block) => h("h4", null, block.text),
  text: (block, reader) => h("p", null, renderSpans(block.spans, reader)),
  list: (block, reader) => h("ul", null, block.items.map((item) => h("li", null, renderSpans(item, reader)))),
  fields: (block, reader, long) =>
    h("dl", { class: "fields" }, block.fields.map((field) =>
      h("div", { class: long.has(field.name) ? "long" : null }, h("dt", null, field.name), h("dd", null, renderSpans(field.value, reader))))),
  table,
  note: (block, reader) => h("p", { class: "note" }, renderSpans(block.spans, reader)),
  code: (block) => {
    const code = h("pre", null, h("code", null, block.text));
    watcher.observe(code);
    return code;
  },
  file: (block) =>
    h("p", { class: "file" },
      block.media_type.startsWith("image/")
        ? h("img", { src: `data:${block.media_type};base64,${block.base64}`, alt: block.alt })
        : null,
      h("a", { href: `data:${block.media_type};base64,${block.base64}`, download: block.name }, `Download ${block.name}`),
      block.media_type.startsWith("image/") ? null : ` · ${block.alt}`),
  divider: () => h("hr"),
  actions: (block, reader) =>
    h("div", { class: "actions", role: "group", "aria-label": "Actions" }, block.actions.map((action) => ACTIONS[action.type]?.(action, reader))),
};

/** Names of the fields that get a line of their own, so that what is listed several times looks alike. */
function longNames(blocks) {
  const fields = blocks.flatMap((block) => (block.type === "fields" ? block.fields : []));
  return new Set(fields.filter((field) => plain(field.value).length > LONG).map((field) => field.name));
}

/**
 * Renders a message's blocks.
 * @param {{blocks: object[]}} message
 * @param {Reader} reader
 */
export function renderMessage(message, reader) {
  const long = longNames(message.blocks);
  return message.blocks.map((block) => BLOCKS[block.type]?.(block, reader, long) ?? h("p", null, block.text ?? ""));
}

/** The first words of a message, for announcements. */
export function summary(message) {
  const words = message.blocks.flatMap((block) => block.text ?? [plain(block.spans ?? []), ...(block.items ?? []).map(plain)]);
  return words.join(" ").replace(/\s+/g, " ").trim().slice(0, 140);
}

/** Brings "in 2 days" and its kind up to date after the virtual clock moved. */
export function refreshRelative(now) {
  for (const element of document.querySelectorAll('time[data-style="relative"]')) {
    const words = styled(Number(element.dataset.at), "relative", "UTC", now);
    if (element.textContent !== words) element.textContent = words;
  }
}
