/**
 * @file The messages of one room: grouped by author, divided by day, with the reader's place kept.
 * Invariant: an unchanged message keeps its element, so focus, selection and scroll survive every refresh.
 */
import { announce, avatar, h, icon } from "./dom.js";
import { renderMessage, summary } from "./message.js";
import { clockTime, dayName, isoDate, utc, zoneName } from "./time.js";

const NEAR = 80;
const TOGETHER = 10 * 60 * 1e6;

export class Timeline {
  /**
   * @param {object} desk
   * @param {(room: string, before?: string) => Promise<{messages: object[], more: boolean}>} desk.load
   * @param {(message: object) => import("./message.js").Reader} desk.reader
   * @param {(upto: string) => void} desk.seen called when the newest message is on screen
   */
  constructor(desk) {
    Object.assign(this, { desk, room: null, messages: [], more: false, drawn: new Map(), marker: null, asked: 0, answered: 0 });
    this.list = h("div", { class: "messages" });
    this.earlier = h("button", { type: "button", class: "button earlier", hidden: true, on: { click: () => this.older() } }, "Show earlier messages");
    this.latest = h("button", { type: "button", class: "button latest", hidden: true, on: { click: () => this.toEnd(true) } },
      icon("arrow"), h("span", null, "Latest"));
    this.scroller = h("div", { class: "scroller", role: "log", "aria-live": "off", tabindex: "0" }, this.earlier, this.list);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.element = h("div", { class: "timeline" }, this.scroller, this.latest);
    new ResizeObserver(() => this.stick && this.toEnd()).observe(this.scroller);
  }

  /** Opens a room from its newest message; `unread` places the mark above what is new. */
  async turnTo(room, label, unread) {
    Object.assign(this, { room, messages: [], more: false, marker: null, stick: true, waiting: unread });
    this.scroller.setAttribute("aria-label", label);
    this.draw();
    this.list.replaceChildren(h("p", { class: "loading" }, "Opening the room…"));
    await this.refresh();
  }

  /** Loads the newest page and joins it to what is already here; an answer overtaken by a newer one is dropped. */
  async refresh() {
    const room = this.room;
    const turn = (this.asked += 1);
    const page = await this.desk.load(room);
    if (room !== this.room || turn < this.answered) return;
    this.answered = turn;
    const known = new Set(this.messages.map((message) => message.id));
    const joint = this.messages.findIndex((message) => message.id === page.messages[0]?.id);
    const fresh = page.messages.filter((message) => !known.has(message.id));
    this.messages = joint > 0 ? [...this.messages.slice(0, joint), ...page.messages] : page.messages;
    if (joint <= 0) this.more = page.more;
    const opening = this.waiting !== null;
    if (opening) this.mark();
    else this.tell(fresh);
    this.draw();
    if (this.stick) this.toEnd();
    if (this.stick && !opening && fresh.length === 1) this.fromTop(fresh[0]);
    this.scrolled();
  }

  /** Brings the beginning of a message into view that is too long to be seen at once. */
  fromTop(message) {
    const { element } = this.drawn.get(message.id);
    if (element.offsetHeight <= this.scroller.clientHeight) return;
    this.scroller.scrollTop += element.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - 8;
    this.desk.seen(message.id);
  }

  async older() {
    const oldest = this.messages[0];
    if (!oldest || !this.more || this.loading) return;
    this.loading = true;
    const room = this.room;
    try {
      const page = await this.desk.load(room, oldest.id);
      if (room !== this.room) return;
      const below = this.scroller.scrollHeight - this.scroller.scrollTop;
      this.messages = [...page.messages, ...this.messages];
      this.more = page.more && page.messages.length > 0;
      this.draw();
      this.scroller.scrollTop = this.scroller.scrollHeight - below;
    } finally {
      this.loading = false;
    }
  }

  /** Finds the first of the unread messages, none of which the reader wrote. */
  mark() {
    const others = this.messages.filter((message) => message.author.id !== this.desk.reader(message).id);
    this.marker = this.waiting > 0 ? others.at(-Math.min(this.waiting, others.length))?.id ?? null : null;
    this.waiting = null;
  }

  tell(fresh) {
    const others = fresh.filter((message) => message.author.id !== this.desk.reader(message).id);
    if (others.length > 3) announce(`${others.length} new messages`);
    else for (const message of others) announce(`${message.author.name}: ${summary(message.message)}`);
    if (others.length && !this.stick) {
      this.latest.classList.add("fresh");
      this.latest.lastElementChild.textContent = others.length === 1 ? "New message" : "New messages";
    }
  }

  toEnd(smooth = false) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.stick = scrollHeight - scrollTop - clientHeight < NEAR;
    this.latest.hidden = this.stick;
    if (this.stick) {
      this.latest.classList.remove("fresh");
      this.latest.lastElementChild.textContent = "Latest";
      if (this.messages.length) this.desk.seen(this.messages.at(-1).id);
    }
    if (scrollTop < NEAR && scrollHeight > clientHeight) this.older();
  }

  /** Brings the elements in line with the messages, reusing each that did not change. */
  draw() {
    const wanted = [];
    const drawn = new Map();
    const keep = (key, content, make) => {
      const old = this.drawn.get(key);
      const entry = old?.content === content ? old : { content, element: make() };
      drawn.set(key, entry);
      wanted.push(entry.element);
    };
    let last = null;
    for (const message of this.messages) {
      const reader = this.desk.reader(message);
      const zone = reader.zone();
      const day = isoDate(message.at, zone);
      if (!last || isoDate(last.at, zone) !== day) {
        const name = dayName(message.at, zone, reader.now());
        keep(`day ${day}`, name, () => h("h3", { class: "day" }, h("span", null, name)));
        last = null;
      }
      if (message.id === this.marker) {
        keep("marker", message.id, () => h("p", { class: "marker" }, h("span", null, "New")));
        last = null;
      }
      const follows = last && last.author.id === message.author.id && last.private === message.private && message.at - last.at < TOGETHER;
      keep(message.id, `${zone}${follows}${JSON.stringify(message)}`, () => this.article(message, follows, reader));
      last = message;
    }
    if (!wanted.length) wanted.push(h("p", { class: "quiet" }, "Nothing here yet. Say something, or type / to see what Roundtable can do."));
    this.drawn = drawn;
    this.earlier.hidden = !this.more;
    wanted.forEach((element, index) => {
      if (this.list.children[index] !== element) this.list.insertBefore(element, this.list.children[index] ?? null);
    });
    while (this.list.children.length > wanted.length) this.list.lastElementChild.remove();
  }

  article({ author, at, edited, private: hidden, message, id }, follows, reader) {
    const zone = reader.zone();
    const time = clockTime(at, zone);
    const stamp = h("time", { class: "stamp", datetime: new Date(at / 1000).toISOString(), title: `${zoneName(at, zone)} · ${utc(at)}` }, time);
    const bot = author.bot && h("span", { class: "bot-tag" }, "Bot");
    const head = follows ? null : h("header", { class: "by" }, h("span", { class: "name" }, author.name), bot, stamp);
    const rich = author.bot && message.blocks.length > 1;
    const look = ["message", follows && "follows", hidden && "private", rich && "rich"].filter(Boolean).join(" ");
    const whose = hidden ? ", only visible to you" : "";
    return h("article", { class: look, "aria-label": `${author.name}, ${time}${whose}`, data: { id } },
      h("div", { class: "gutter" }, follows ? stamp : avatar(author)),
      h("div", { class: "body" }, head,
        hidden && !follows ? h("p", { class: "only-you" }, icon("lock"), "Only visible to you") : null,
        h("div", { class: "content" }, renderMessage(message, reader)),
        edited ? h("span", { class: "edited" }, "Edited") : null));
  }
}
