/**
 * @file A `Form` as a dialog: labels, hints and errors tied to their fields.
 * Invariant: closing or failing never loses an answer; it waits under the same command until it was taken.
 */
import { h, openDialog } from "./dom.js";
import { Suggest } from "./suggest.js";
import { renderSpans } from "./message.js";
import { clockTime } from "./time.js";

const kept = new Map();
const split = (value) => value.split(",").map((part) => part.trim()).filter(Boolean);

/** Every zone the browser knows, with the proposed ones first. */
function zones(proposed = []) {
  const all = Intl.supportedValuesOf?.("timeZone") ?? [];
  return [...new Set([...proposed, ...all, "UTC"])];
}

function choices(kind, type, field, attributes) {
  const chosen = kind === "multi" ? split(field.value) : [field.value];
  return h("div", { class: kind }, field.kind.options.map((option) => {
    const box = h("input", { type, name: field.name, value: option.value, ...attributes });
    box.defaultChecked = chosen.includes(option.value);
    return h("label", { class: "choice" }, box, h("span", null, option.label));
  }));
}

/** An input with suggestions; `many` completes the last of a comma-separated list. */
function proposing(field, attributes, options, many, detail) {
  const input = h("input", { type: "text", name: field.name, value: many ? split(field.value).join(", ") : field.value, ...attributes });
  const parts = () => (many ? input.value.split(",") : [input.value]);
  const find = async () => {
    const wanted = parts().at(-1).trim().toLowerCase().replaceAll(" ", "_");
    const taken = many ? split(input.value) : [];
    const fits = options.filter((option) => option.toLowerCase().replaceAll(" ", "_").includes(wanted) && !taken.includes(option));
    return fits.slice(0, 30).map((value) => ({ value, label: value, detail: detail?.(value) }));
  };
  const suggest = new Suggest(input, field.label, find, ({ value }) => {
    input.value = many ? `${[...parts().slice(0, -1).map((part) => part.trim()), value].join(", ")}, ` : value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("input", () => suggest.refresh());
  input.addEventListener("keydown", (event) => {
    if (!suggest.key(event) && event.key === "ArrowDown") suggest.refresh();
  });
  return h("div", { class: "proposing" }, input, suggest.list);
}

const KINDS = {
  text: (field, attributes) => {
    const limits = { name: field.name, value: field.value, maxlength: field.kind.max, ...attributes };
    return field.kind.multiline ? h("textarea", { rows: "4", ...limits }) : h("input", { type: "text", ...limits });
  },
  number: (field, attributes) => {
    const limits = { min: field.kind.min, max: field.kind.max, step: 1, inputmode: "numeric" };
    return h("input", { type: "number", name: field.name, value: field.value, ...limits, ...attributes });
  },
  select: (field, attributes) => {
    const blank = field.required && field.value ? null : h("option", { value: "" }, field.required ? "Choose one" : "None");
    const options = field.kind.options.map(({ value, label }) => h("option", { value }, label));
    const select = h("select", { name: field.name, ...attributes }, blank, options);
    select.value = field.value;
    return select;
  },
  multi: (field, attributes) => choices("multi", "checkbox", field, attributes),
  scale: (field, attributes) => choices("scale", "radio", field, attributes),
  tags: (field, attributes) => proposing(field, attributes, field.kind.suggestions ?? [], true),
  zone: (field, attributes, now) => proposing(field, attributes, zones(field.kind.suggestions), false, (zone) => clockTime(now, zone)),
  date: (field, attributes) => h("input", { type: "date", name: field.name, value: field.value, ...attributes }),
  time: (field, attributes) => h("input", { type: "time", name: field.name, value: field.value, ...attributes }),
  toggle: (field, attributes) => {
    const box = h("input", { type: "checkbox", role: "switch", name: field.name, ...attributes });
    box.defaultChecked = field.value === "yes";
    return box;
  },
};

function renderField(field, prefix, now) {
  const id = `${prefix}-${field.name}`;
  const hint = field.hint ? h("p", { class: "field-hint", id: `${id}-hint` }, field.hint) : null;
  const error = field.error ? h("p", { class: "field-error", id: `${id}-error` }, field.error) : null;
  const described = [error?.id, hint?.id].filter(Boolean).join(" ") || null;
  const grouped = ["multi", "scale"].includes(field.kind.type);
  const optional = field.required || field.kind.type === "toggle" ? null : h("span", { class: "optional" }, " optional");
  const state = { "aria-describedby": described, "aria-invalid": error ? "true" : null };
  const attributes = grouped ? {} : { id, ...state, "aria-required": field.required ? "true" : null };
  const input = (KINDS[field.kind.type] ?? KINDS.text)(field, attributes, now);
  const shape = `field kind-${field.kind.type}${error ? " wrong" : ""}`;
  if (grouped) return h("fieldset", { class: shape, "aria-describedby": described }, h("legend", null, field.label, optional), hint, input, error);
  return h("div", { class: shape }, h("label", { for: id }, field.label, optional), hint, input, error);
}

/** The answers as the server wants them: one string per field. */
function collect(element, form) {
  const data = new FormData(element);
  return Object.fromEntries(form.fields.map(({ name, kind }) => {
    if (kind.type === "multi") return [name, data.getAll(name).join(",")];
    if (kind.type === "tags") return [name, split(data.get(name) ?? "").join(",")];
    if (kind.type === "toggle") return [name, data.has(name) ? "yes" : "no"];
    return [name, (data.get(name) ?? "").toString()];
  }));
}

/** Puts answers that were left behind back over the form's own. */
function withKept(form, answers) {
  return { ...form, fields: form.fields.map((field) => (answers && field.name in answers ? { ...field, value: answers[field.name] } : field)) };
}

/**
 * Opens a form and stays until it was taken or closed.
 * @param {object} form the `Form`
 * @param {object} desk
 * @param {string} desk.key whose form this is; answers left behind are kept per key and command
 * @param {string} [desk.who] shown when it matters who answers
 * @param {import("./message.js").Reader} desk.reader
 * @param {(command: string, values: Object<string, string>) => Promise<object|null>} desk.submit gives a form
 *   again when something is to be mended, or the next form of several
 */
export function openForm(form, { key, who, reader, submit }) {
  const memory = `${key}|${form.command}|${form.title}`;
  const alert = h("div", { class: "form-alert", role: "alert" });
  const intro = h("div", { class: "form-intro" });
  const fields = h("div", { class: "form-fields" });
  const send = h("button", { type: "submit", class: "button primary" }, form.submit || "Save");
  const element = h("form", { class: "form-body", novalidate: true }, h("div", { class: "form-scroll" }, alert, intro, fields),
    h("footer", { class: "form-foot" }, who ? h("span", { class: "form-who" }, `Answering as ${who}`) : null,
      h("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Cancel"), send));
  const dialog = openDialog(form.title, "form", element);
  let current = withKept(form, kept.get(memory));
  let done = false;

  const draw = () => {
    intro.replaceChildren(...(current.intro?.length ? [h("p", null, renderSpans(current.intro, reader))] : []));
    const again = kept.has(memory) && !current.fields.some((field) => field.error);
    if (again) intro.append(h("p", { class: "note" }, "The answers you began earlier are still here."));
    fields.replaceChildren(...current.fields.map((field) => renderField(field, dialog.getAttribute("aria-labelledby"), reader.now())));
    const wrong = current.fields.filter((field) => field.error);
    alert.textContent = wrong.length ? `Please look again at ${wrong.map((field) => `“${field.label}”`).join(", ")}.` : "";
    const controls = ["input", "select", "textarea"];
    const first = fields.querySelector(controls.map((tag) => `.wrong ${tag}`).join()) ?? fields.querySelector(controls.join()) ?? send;
    first.focus();
    if (wrong.length) first.closest(".field").scrollIntoView({ block: "nearest" });
  };

  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.getAttribute("aria-busy") === "true") return;
    const values = collect(element, current);
    kept.set(memory, values);
    send.setAttribute("aria-busy", "true");
    try {
      const again = await submit(form.command, values);
      const next = again && (again.command !== form.command || again.title !== form.title);
      done = !again || next;
      if (done) {
        kept.delete(memory);
        dialog.close();
      }
      if (next) openForm(again, { key, who, reader, submit });
      else if (again) {
        current = again;
        draw();
      }
    } catch (error) {
      alert.textContent = error.message;
    } finally {
      send.removeAttribute("aria-busy");
    }
  });
  const before = () => JSON.stringify(collect(element, current));
  draw();
  const untouched = before();
  dialog.addEventListener("close", () => {
    if (!done && before() !== untouched) kept.set(memory, collect(element, current));
  });
  return dialog;
}
