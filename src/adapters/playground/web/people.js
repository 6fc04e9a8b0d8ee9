/**
 * @file Being somebody else: the searchable list of people, and adding one.
 * Invariant: choosing a person changes one column only; the others stay as they are.
 */
import { api } from "./api.js";
import { avatar, h, icon, iconButton, openDialog } from "./dom.js";
import { openForm } from "./form.js";
import { clockTime, zoneName } from "./time.js";

function row(person, now, current, choose, beside) {
  const more = [person.title, person.organisation].filter(Boolean).join(" · ");
  return h("li", { class: "person-row" },
    h("button", {
      type: "button", class: "person-choice", "aria-current": person.id === current ? "true" : null,
      data: { person: person.id }, on: { click: () => choose(person.id) },
    }, avatar(person),
      h("span", { class: "person-words" }, h("span", { class: "person-name" }, person.name), h("span", { class: "person-more" }, more)),
      h("span", { class: "person-time" }, `${clockTime(now, person.zone)} ${zoneName(now, person.zone)}`)),
    beside && person.id !== current
      ? iconButton("columns", `Open ${person.name} beside`, () => beside(person.id))
      : null);
}

/**
 * Asks who to be.
 * @param {object} desk
 * @param {object[]} desk.people
 * @param {string|null} desk.current
 * @param {number} desk.now
 * @param {(id: string) => void} desk.choose
 * @param {((id: string) => void)|null} desk.beside null when there is no room for another column
 * @param {() => void} desk.add
 */
export function choosePerson({ people, current, now, choose, beside, add }) {
  const close = (then) => (id) => {
    dialog.close();
    then(id);
  };
  const list = h("ul", { class: "people" });
  const found = h("p", { class: "sr-only", role: "status" });
  const search = h("input", { type: "search", id: "people-search", autocomplete: "off", placeholder: "Name, organisation or role" });
  const draw = () => {
    const asked = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const about = (person) => [person.name, person.organisation, person.title].filter(Boolean).join(" ").toLowerCase();
    const fits = people.filter((person) => !person.bot && asked.every((word) => about(person).includes(word)));
    list.replaceChildren(...fits.map((person) => row(person, now, current, close(choose), beside && close(beside))));
    if (!fits.length) list.append(h("li", { class: "quiet" }, "Nobody fits. Try fewer letters, or add a person."));
    if (asked.length) found.textContent = fits.length === 1 ? "1 person" : `${fits.length} people`;
  };
  search.addEventListener("input", draw);
  const dialog = openDialog("Who would you like to be?", "switcher",
    h("div", { class: "switcher-search" }, h("label", { for: search.id }, "Find a person"), search, found), list,
    h("footer", { class: "form-foot" }, h("button", { type: "button", class: "button", on: { click: close(add) } }, icon("plus"), "Add a person")));
  dialog.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll(".person-choice")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowDown") buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (buttons[at - 1] ?? search).focus();
    else if (event.key === "Enter" && event.target === search) buttons[0]?.click();
    else return;
    event.preventDefault();
  });
  draw();
  search.focus();
}

/** Asks for a new person's name, organisation and zone; `done` gets the id. */
export function addPerson(now, done) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const field = (name, label, hint, required, value, kind) => ({ name, label, hint, required, error: null, value, kind });
  const form = {
    title: "Add a person", command: "", intro: [], submit: "Add",
    fields: [
      field("name", "Name", "As the others will see it.", true, "", { type: "text", max: 80 }),
      field("organisation", "Organisation", "Groups bring together people from different ones.", false, "", { type: "text", max: 80 }),
      field("zone", "Time zone", "Type a city, such as Nairobi.", true, zone, { type: "zone", suggestions: [] }),
    ],
  };
  const submit = async (_, values) => {
    if (!values.name.trim()) {
      const fields = form.fields.map((each) => ({ ...each, value: values[each.name] }));
      fields[0].error = "Please give a name, so that the others know who this is.";
      return { ...form, fields };
    }
    const { id } = await api.addPerson(values);
    done(id);
    return null;
  };
  openForm(form, { key: "workspace", reader: { id: "", zone: () => zone, now: () => now, typed: (text) => text }, submit });
}
