/**
 * @file A year at the playground, in a real browser: `node year.mjs BASE_URL ARTIFACT_DIR`.
 * The server must be running and empty. Prints one TAP line for each step and `N passed, N failed` at the end.
 * Invariant: a step that fails leaves a picture behind and does not keep the later ones from being tried.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { barriers, become, choose, columnOf, enter, fill, openPage, press, say, seen, settle, startBrowser, still, turn } from "./desk.mjs";

/**
 * What is done once the demo stands. Each entry is one step and may hold, in this order of doing:
 * `as` (words that find a person), `room` (its name), `say`, `press` (a button's label), `choose`
 * ([menu, option]), `fill` (answers by field name), `turn` (a clock button), `times`, `shows`
 * (words that must be in the room afterwards) and `shot` (a picture's name).
 */
const STEPS = [
  { say: "/mentor help", shot: "help" },
  { say: "Good morning, everybody at the table.", shows: "Good morning, everybody at the table." },
  { turn: "+1 hour" },
  { turn: "+1 day", times: 2 },
  { turn: "+1 week", times: 4 },
  { turn: "Next thing", times: 3, shot: "later" },
];

const MANAGER = "programme manager";
const [base, artifacts = "."] = process.argv.slice(2);
const tally = { passed: 0, failed: 0 };
const troubles = [];

/** Runs one step, prints its line, and takes a picture when it failed. */
async function step(name, page, work) {
  const number = tally.passed + tally.failed + 1;
  try {
    await work();
    tally.passed += 1;
    console.log(`ok ${number} - ${name}`);
  } catch (error) {
    tally.failed += 1;
    console.log(`not ok ${number} - ${name}\n  # ${String(error.message).split("\n").slice(0, 8).join("\n  # ")}`);
    await picture(page, `failed-${number}`).catch(() => {});
    await page.keyboard.press("Escape").catch(() => {});
  }
}

async function picture(page, name) {
  await still(page);
  await page.screenshot({ path: join(artifacts, `${name}.png`) });
}

/** Looks at a screen: a picture of it, and no serious barrier in it. */
const look = (name, page) => step(`${name} has no serious barrier`, page, async () => {
  await picture(page, name);
  expect((await barriers(page)).join("\n"), "");
});

function expect(found, wanted) {
  if (found !== wanted) throw new Error(`wanted ${JSON.stringify(wanted)}, found: ${found}`);
}

const wordsOf = ({ shot, ...rest }) => Object.entries(rest).map(([what, value]) => `${what} ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ");

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
  if (task.shows) await seen(page, task.shows);
  if (task.shot) await picture(page, task.shot);
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
    manager = await become(page, MANAGER);
    const title = await page.locator(".identity-more").first().innerText();
    expect(title.toLowerCase().includes(MANAGER) ? MANAGER : title, MANAGER);
  });
  return manager;
}

async function keyboard(page) {
  await step("a slash lists commands and Escape closes the list", page, async () => {
    const box = columnOf(page).locator("textarea");
    await box.fill("");
    await box.pressSequentially("/");
    const list = columnOf(page).locator(".composer [role=listbox]");
    await list.getByRole("option").first().waitFor();
    await box.press("ArrowDown");
    expect(await list.getByRole("option").first().getAttribute("aria-selected"), "true");
    await picture(page, "suggestions");
    expect((await barriers(page)).join("\n"), "");
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
    await picture(page, "shortcuts");
    expect((await barriers(page)).join("\n"), "");
    await page.keyboard.press("Escape");
    await page.locator("dialog.help").waitFor({ state: "detached" });
  });
  await step("the choice of a person has no serious barrier", page, async () => {
    await page.keyboard.press("Control+k");
    await page.locator("dialog.switcher").waitFor();
    await picture(page, "switcher");
    expect((await barriers(page)).join("\n"), "");
    await page.keyboard.press("Escape");
  });
}

async function beside(browser, manager) {
  const page = await openPage(browser, base, {}, troubles);
  await step("two people sit side by side and hear each other at once", page, async () => {
    await page.goto(`${base}/?as=${encodeURIComponent(manager)}`);
    await settle(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("button", { name: /^Open .* beside$/ }).first().click();
    await settle(page, 1);
    await enter(page, await columnOf(page).locator(".room[aria-current] .room-name").innerText(), 1).catch(() => {});
    await say(page, "Can you hear me on the other side?");
    await seen(page, "Can you hear me on the other side?", 1);
  });
  await look("side-by-side", page);
  await page.context().close();
}

async function phone(browser, manager) {
  const page = await openPage(browser, base, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }, troubles);
  await step("the playground fits a phone", page, async () => {
    await page.goto(`${base}/?as=${encodeURIComponent(manager)}`);
    await settle(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over <= 0 ? "fits" : `${over} px too wide`, "fits");
  });
  await look("phone", page);
  await step("the rooms of a phone are a drawer", page, async () => {
    await page.getByRole("button", { name: "Rooms", exact: true }).click();
    await page.locator(".sidebar .room").first().waitFor({ state: "visible" });
  });
  await look("phone-drawer", page);
  await page.context().close();
}

async function main() {
  await mkdir(artifacts, { recursive: true });
  const browser = await startBrowser();
  try {
    const page = await openPage(browser, base, { colorScheme: "light" }, troubles);
    const manager = await arrive(page);
    for (const task of STEPS) await step(wordsOf(task), page, () => act(page, task));
    await look("desktop-light", page);
    await keyboard(page);
    const dark = await openPage(browser, base, { colorScheme: "dark" }, troubles);
    await step("the dark theme follows the system", dark, async () => {
      await dark.goto(page.url());
      await settle(dark);
    });
    await look("desktop-dark", dark);
    await dark.context().close();
    await beside(browser, manager);
    await phone(browser, manager);
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
