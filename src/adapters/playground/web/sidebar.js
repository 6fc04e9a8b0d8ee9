/**
 * @file The rooms of one person, and who that person is.
 * Invariant: what is unread is said in words for screen readers, not only by weight and colour.
 */
import { avatar, h, icon } from "./dom.js";
import { clockTime, zoneName } from "./time.js";

const SECTIONS = [["channel", "Channels"], ["group", "Groups"], ["dm", "Direct messages"]];
const SIGNS = { channel: "hash", group: "lock" };

/** A room's sign: a hash, a lock, or the face of the other person (the bot, when it is nobody's name). */
export function roomSign(room, people) {
  if (room.kind !== "dm") return icon(SIGNS[room.kind] ?? "hash");
  return avatar(people.find(({ name }) => name === room.name) ?? { id: room.id, name: room.name, bot: true }, true);
}

function roomButton(room, people, current, open) {
  const loud = room.kind === "dm" ? room.unread : room.mentions;
  const words = room.unread ? `${room.unread} unread${room.mentions ? `, ${room.mentions} for you` : ""}` : null;
  const badge = words && h("span", { class: loud ? "badge loud" : "badge" },
    h("span", { "aria-hidden": "true" }, String(loud || room.unread)), h("span", { class: "sr-only" }, words));
  return h("li", null, h("button", {
    type: "button", class: `room${room.unread ? " unread" : ""}`, "aria-current": room.id === current ? "page" : null,
    data: { room: room.id }, on: { click: () => open(room.id) },
  }, roomSign(room, people), h("span", { class: "room-name" }, room.name), badge));
}

/** The button that says who one is and opens the choice of somebody else. */
export function identity(me, now, change) {
  return h("button", { type: "button", class: "identity", "aria-haspopup": "dialog", on: { click: change }, title: "Be somebody else (Ctrl+K)" },
    avatar(me), h("span", { class: "identity-words" },
      h("span", { class: "identity-name" }, h("span", { class: "sr-only" }, "You are "), me.name),
      me.title ? h("span", { class: "identity-more" }, me.title) : null,
      h("span", { class: "identity-more identity-time" }, `${clockTime(now, me.zone)} ${zoneName(now, me.zone)}`)),
    icon("down"));
}

/**
 * The list of rooms by kind, each with its badge.
 * @param {object[]} rooms
 * @param {object[]} people
 * @param {string|null} current
 * @param {(id: string) => void} open
 */
export function roomList(rooms, people, current, open) {
  return SECTIONS.map(([kind, title]) => {
    const these = rooms.filter((room) => room.kind === kind);
    if (!these.length) return null;
    return h("section", null, h("h2", null, title), h("ul", null, these.map((room) => roomButton(room, people, current, open))));
  });
}
