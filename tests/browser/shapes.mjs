/**
 * @file The playground in its other shapes: by keyboard, beside another person, dark, on a phone, and from outside.
 * Invariant: nothing here changes the programme, so these steps may run after any part of the story.
 */
import { request } from "node:http";
import { columnOf, enter, openPage, say, seen, settle } from "./desk.mjs";
import { clear, expect, look, picture, step, troubles } from "./tap.mjs";

export async function keyboard(page) {
  await step("a slash lists commands and Escape closes the list", page, async () => {
    const box = columnOf(page).locator("textarea");
    await box.fill("");
    await box.pressSequentially("/");
    const list = columnOf(page).locator(".composer [role=listbox]");
    await list.getByRole("option").first().waitFor();
    await box.press("ArrowDown");
    expect(await list.getByRole("option").first().getAttribute("aria-selected"), "true");
    await clear(page, "suggestions");
    await box.press("Escape");
    await list.waitFor({ state: "hidden" });
  });
  await step("a reload keeps the person, the room and the draft", page, async () => {
    await columnOf(page).locator("textarea").fill("half a thought");
    const address = page.url();
    await page.reload();
    await settle(page);
    expect(page.url(), address);
    expect(await columnOf(page).locator("textarea").inputValue(), "half a thought");
    await columnOf(page).locator("textarea").fill("");
  });
  await step("help opens with the question mark and closes with Escape", page, async () => {
    await columnOf(page).locator(".scroller").focus();
    await page.keyboard.press("?");
    await page.locator("dialog.help").waitFor();
    await clear(page, "shortcuts");
    await page.keyboard.press("Escape");
    await page.locator("dialog.help").waitFor({ state: "detached" });
  });
  await step("the choice of a person has no serious barrier", page, async () => {
    await page.keyboard.press("Control+k");
    await page.locator("dialog.switcher").waitFor();
    await clear(page, "switcher");
    await page.keyboard.press("Escape");
  });
  await tabbing(page);
  await step("keys alone are enough to be somebody else, change the room and say something", page, async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("kamil");
    await page.keyboard.press("Enter");
    await page.locator(".identity-name", { hasText: "Kamil" }).waitFor();
    await page.keyboard.press("Alt+ArrowDown");
    await columnOf(page).locator(".room-title .icon-lock").waitFor();
    await settle(page);
    await page.keyboard.type("Typed without a mouse.");
    await page.keyboard.press("Enter");
    await seen(page, "Typed without a mouse.");
  });
}

/** Walks the page with Tab alone and notes what a screen reader would be told. */
async function tabbing(page) {
  await step("Tab reaches the clock, the person, the rooms, the messages and the box in this order, each with a name", page, async () => {
    await page.locator(".brand").click();
    const met = [];
    for (let at = 0; at < 120 && met.at(-1) !== "box"; at += 1) {
      await page.keyboard.press("Tab");
      const place = await page.evaluate(() => {
        const here = document.activeElement;
        const named = here.getAttribute("aria-label") || here.labels?.[0]?.textContent || here.textContent.trim();
        if (!named) return `nameless ${here.outerHTML.slice(0, 120)}`;
        const places = { "#clock": "clock", ".identity": "person", ".room": "rooms", ".scroller": "messages", ".composer textarea": "box" };
        return Object.entries(places).find(([selector]) => here.closest(selector))?.[1] ?? "";
      });
      if (place.startsWith("nameless")) throw new Error(place);
      if (place && place !== met.at(-1)) met.push(place);
    }
    expect(met.join(", "), "clock, person, rooms, messages, box");
  });
}

export async function beside(browser, base, manager) {
  const page = await openPage(browser, base, {}, troubles);
  await step("two people sit side by side and hear each other at once", page, async () => {
    await page.goto(`${base}/?as=${manager}`);
    await settle(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("button", { name: /^Open .* beside$/ }).first().click();
    await settle(page, 1);
    await say(page, "Can you hear me on the other side?");
    await seen(page, "Can you hear me on the other side?", 1);
  });
  await look("side-by-side", page);
  await page.context().close();
}

export async function dark(browser, base, address) {
  const page = await openPage(browser, base, { colorScheme: "dark" }, troubles);
  await step("the dark theme follows the system", page, async () => {
    await page.goto(address);
    await settle(page);
  });
  await look("desktop-dark", page);
  await page.context().close();
}

/** A phone in somebody's hand: the group's room, the drawer with the rooms, and a form. */
export async function phone(browser, base, person, group) {
  const shape = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
  const page = await openPage(browser, base, shape, troubles);
  await step("the playground fits a phone", page, async () => {
    await page.goto(`${base}/?as=${person}`);
    await settle(page);
    await fits(page);
  });
  await step("the rooms of a phone are a drawer", page, async () => {
    await page.getByRole("button", { name: "Rooms", exact: true }).click();
    await page.locator(".sidebar .room").first().waitFor({ state: "visible" });
    await clear(page, "phone-drawer");
    await enter(page, group);
    await fits(page);
  });
  await look("phone", page);
  await step("a form fits a phone", page, async () => {
    await say(page, "/mentor profile");
    await page.locator("dialog.form").waitFor();
    await fits(page);
    await clear(page, "phone-form");
    await page.keyboard.press("Escape");
  });
  await page.context().close();
}

async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over <= 0 ? "fits" : `${over} px too wide`, "fits");
}

/** Asks the server as another page or another name would; gives the status. */
const ask = (base, headers, method = "POST") => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(base);
  const options = { hostname, port, method, path: method === "POST" ? "/api/clock" : "/api/state?as=", headers: { "content-type": "application/json", ...headers } };
  const sent = request(options, (answer) => answer.resume().on("end", () => resolve(answer.statusCode)));
  sent.on("error", reject);
  sent.end(method === "POST" ? '{"do":"pause"}' : undefined);
});

export async function outsiders(base) {
  const { host, origin } = new URL(base);
  await step("a post of another page is refused, and so is another name for the server", null, async () => {
    expect(await ask(base, { origin, "x-roundtable": "1" }), 200);
    expect(await ask(base, { origin: "http://elsewhere.example", "x-roundtable": "1" }), 403);
    expect(await ask(base, { origin: "null", "x-roundtable": "1" }), 403);
    expect(await ask(base, { origin }), 403);
    expect(await ask(base, { host: `elsewhere.example:${host.split(":")[1]}` }, "GET"), 403);
    expect(await ask(base, {}, "GET"), 200);
  });
}

/** The picture of the README: a group's room with the card, the clock and the rooms. */
export async function portrait(browser, base, person, group) {
  const page = await openPage(browser, base, { viewport: { width: 1280, height: 800 }, colorScheme: "light" }, troubles);
  await step("a group's room makes a good picture", page, async () => {
    await page.goto(`${base}/?as=${person}`);
    await settle(page);
    await enter(page, group);
    await page.locator(".room[aria-current] .badge").waitFor({ state: "detached" });
    await picture(page, "portrait");
  });
  await page.context().close();
}
