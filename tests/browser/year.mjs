/**
 * @file A year at the playground, in a real browser: `node year.mjs BASE_URL ARTIFACT_DIR`.
 * The server must be running and empty. Prints one TAP line for each step and `N passed, N failed` at the end.
 * Invariant: the story names people, never groups by number: who sits with whom is the solver's to say.
 */
import { mkdir } from "node:fs/promises";
import { become, choose, columnOf, enter, fill, openPage, press, say, seen, settle, startBrowser, turn } from "./desk.mjs";
import { beside, dark, keyboard, outsiders, phone, portrait } from "./shapes.mjs";
import { clear, expect, keepIn, look, step, tally, troubles } from "./tap.mjs";

const MANAGER = "Marta Keel";
const [MEMBER, MENTOR] = ["Ivo Tarn", "Dalia Moor"];
const BOT = "Roundtable";
const GROUP = /^pathways-group-\d+$/;
const ANSWERERS = [MEMBER, "Kamil Sedge", "Lotte Wren", "Mirko Dell", "Nadia Firth", "Orla Finch"];

/** Somebody's answers to the pulse; the last person leaves all but the first empty. */
const answers = (at) => ({
  p1: String(3 + (at % 3)),
  ...(at < ANSWERERS.length - 1 && { p2: "4", p3: "5", p4: "cannot-say", p8: "2", rec: String(6 + at), o1: "More time for the last round." }),
});

/**
 * What is done once the demo stands. Each entry is one step and may hold, in this order of doing:
 * `as` (words that find a person), `room` (its name), `say`, `press` (a button's label), `choose`
 * ([menu, option]), `fill` (answers by field name), `turn` (a clock button), `times`, `until` ([a clock button,
 * words that the room then shows, turns at most]), `shows` (words that must be in the room afterwards), `lacks`
 * (words that must not), `pictured` (the newest picture of the room must be shown) and `shot` (a picture's name, which
 * must hold no serious barrier).
 */
const FOUNDING = [
  { say: "/mentor help", shows: "What you can do here", shot: "help" },
  { say: "Good morning, everybody at the table.", shows: "Good morning, everybody at the table." },
  { say: "/mentor groups preview", shows: "Nobody has been told yet", shot: "preview" },
  { press: "As a picture", pictured: true, shot: "picture" },
  { press: "Publish", shows: /^Publish \d+ groups of/ },
  { press: "Publish now", shows: /^The groups of .+ are real$/, shot: "published" },
  { as: MEMBER, room: BOT, until: ["Next thing", "Why this group", 12], shot: "match" },
  { room: GROUP, until: ["Next thing", "Led by", 40], lacks: /^Will come$/ },
  { room: BOT, press: "I will come", shows: "You will come." },
  { room: GROUP, shows: /^Will come$/, shot: "group" },
  { as: MENTOR, room: BOT, until: ["Next thing", "Starters for your next meetup", 90], shot: "starters" },
  { press: "Pick 2", shows: "Your group gets this question" },
  { room: GROUP, press: "I will come", shows: /^Will come$/ },
  { say: "Looking forward to meeting you all. Bring a story from your first week as a leader." },
  { as: "Piet Garrow", room: GROUP, press: "Maybe", shows: /^Maybe$/ },
];
const YEAR = [
  { turn: "+1 hour" },
  { turn: "Next thing", times: 3 },
  { as: MEMBER, room: BOT, until: ["+1 week", /pulse 1$/, 40], shot: "pulse" },
  ...ANSWERERS.map((as, at) => ({ as, room: BOT, press: "Answer", fill: answers(at), shows: "Thank you." })),
  { as: "Piet Garrow", room: BOT, press: "Not this time", shows: /not ask again/ },
  { as: MANAGER, room: BOT, until: ["+1 week", /^Pulse 1 of .+ is in$/, 4] },
  { say: "/mentor pulse results", shows: "too few answers to show", shot: "results" },
  { until: ["+1 week", /^Pulse 2 of .+ is in$/, 30] },
  { turn: "+1 week", times: 3 },
  { room: "lobby", say: "/mentor pulse results", shows: /^Pulse 2 of/ },
  { say: "/mentor admin health", shows: "Health", shot: "health" },
];

const [base, artifacts = "."] = process.argv.slice(2);
const said = (value) => (typeof value === "string" || value instanceof RegExp ? String(value) : JSON.stringify(value, (_, each) => (each instanceof RegExp ? String(each) : each)));
const wordsOf = ({ shot, ...rest }) => Object.entries(rest).map(([what, value]) => `${what} ${said(value)}`).join(", ");

async function act(page, task) {
  if (task.as) await become(page, task.as);
  if (task.room) await enter(page, task.room);
  for (let round = 0; round < (task.times ?? 1); round += 1) {
    if (task.say) await say(page, task.say);
    if (task.press) await press(page, task.press);
    if (task.choose) await choose(page, ...task.choose);
    if (task.fill) await fill(page, task.fill);
    if (task.turn) await turn(page, task.turn);
  }
  if (task.until) await turnUntil(page, ...task.until);
  if (task.shows) await seen(page, task.shows);
  if (task.lacks) expect(await columnOf(page).locator(".messages").getByText(task.lacks).count(), 0);
  if (task.pictured) await pictured(page);
  if (task.shot) await clear(page, task.shot);
}

/** The newest picture of the room is really loaded: one that the browser holds back has no width. */
async function pictured(page) {
  const newest = columnOf(page).locator(".messages .file img").last();
  await newest.waitFor({ state: "attached" });
  const width = await newest.evaluate((picture) => picture.decode().then(() => picture.naturalWidth, () => 0));
  expect(width > 0, true);
}

/** Turns the clock until the room shows the words. */
async function turnUntil(page, label, words, most) {
  const there = columnOf(page).locator(".messages").getByText(words).last();
  for (let turned = 0; turned < most && !(await there.isVisible()); turned += 1) await turn(page, label);
  await there.waitFor({ timeout: 2000 });
}

/** The welcome, the demo, and finding the person who runs the programme. */
async function arrive(page) {
  await step("an empty workspace offers a start", page, async () => {
    await page.goto(base);
    await page.getByRole("button", { name: "Start the demo council" }).waitFor();
  });
  await look("welcome", page);
  await step("the demo council starts", page, async () => {
    await page.getByRole("button", { name: "Start the demo council" }).click();
    await page.locator(".column textarea").waitFor({ timeout: 60000 });
    await settle(page);
  });
  let manager = "";
  await step("one can be the programme manager", page, async () => {
    manager = await become(page, "programme manager");
    expect(await page.locator(".identity-name").first().textContent(), `You are ${MANAGER}`);
  });
  return manager;
}

/** A mistake in a form: it is named at its field, nothing is lost, and mending it is enough. */
async function mistake(page) {
  const dialog = page.locator("dialog.form");
  const field = (name) => dialog.locator(`[name=${name}]`);
  await step("a wrong time in the profile is named at its field and everything typed is kept", page, async () => {
    await become(page, MEMBER);
    await enter(page, BOT);
    await say(page, "/mentor profile");
    await dialog.waitFor();
    await clear(page, "profile");
    await field("unit").fill("Payments");
    await field("availability").fill("25:00");
    await dialog.locator("[type=submit]").click();
    await dialog.locator(".field-error").waitFor();
    expect(await field("availability").getAttribute("aria-invalid"), "true");
    expect(await field("availability").evaluate((here) => here === document.activeElement), true);
    expect(await field("availability").inputValue(), "25:00");
    expect(await field("unit").inputValue(), "Payments");
    await clear(page, "mistake");
  });
  await step("the mended profile is taken", page, async () => {
    await field("availability").fill("mon-fri 9:00-16:00");
    await dialog.locator("[type=submit]").click();
    await dialog.waitFor({ state: "detached" });
    await seen(page, "Your profile is saved.");
  });
}

async function main() {
  await mkdir(artifacts, { recursive: true });
  keepIn(artifacts);
  const browser = await startBrowser();
  const tell = (page, story) => story.reduce((before, task) => before.then(() => step(wordsOf(task), page, () => act(page, task))), Promise.resolve());
  try {
    const page = await openPage(browser, base, { colorScheme: "light" }, troubles);
    const manager = await arrive(page);
    await tell(page, FOUNDING);
    const member = await become(page, MEMBER);
    await portrait(browser, base, member, GROUP);
    await mistake(page);
    await tell(page, YEAR);
    await look("desktop-light", page);
    const address = page.url();
    await keyboard(page);
    await dark(browser, base, address);
    await beside(browser, base, manager);
    await phone(browser, base, member, GROUP);
    await outsiders(base);
    await step("nothing went wrong in the pages, and no request left the server", page, async () => expect(troubles.join("\n"), ""));
  } finally {
    await browser.close();
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  process.exitCode = tally.failed ? 1 : 0;
}

if (base) await main();
else {
  console.error("usage: node year.mjs BASE_URL ARTIFACT_DIR");
  process.exitCode = 2;
}
