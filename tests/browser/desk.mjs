/**
 * @file What a person at the playground does with hands and eyes, as functions over a page.
 * Invariant: nothing here waits for a span of time, only for something to be seen.
 */
import axe from "axe-core";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Starts the machine's own Chromium (`CHROMIUM` names another one). */
export const startBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/**
 * Opens a page that writes down everything that went wrong in it.
 * @param {import("playwright-core").Browser} browser
 * @param {string} base the only origin the page may talk to
 * @param {object} options of the browser context
 * @param {string[]} troubles
 */
export async function openPage(browser, base, options, troubles) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: "Europe/Berlin", locale: "en-GB", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && troubles.push(`console: ${message.text()} ${message.location().url}`));
  page.on("request", (request) => new URL(request.url()).origin !== new URL(base).origin && troubles.push(`a request left the server: ${request.url()}`));
  return page;
}

/** The part of the page that belongs to the n-th person on screen. */
export const columnOf = (page, index = 0) => page.locator(".column").nth(index);

/** Waits until a room with its composer is there. */
export async function settle(page, index = 0) {
  await columnOf(page, index).locator("textarea").waitFor();
  await columnOf(page, index).locator(".messages .loading").waitFor({ state: "detached" });
}

/** Waits until what moves into place has arrived; what turns for ever does not count. */
export const still = (page) => page.evaluate(() =>
  Promise.all(document.getAnimations().filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime)).map((each) => each.finished.catch(() => {}))));

/** Becomes the first person whose name, organisation or title fits; gives that person's id. */
export async function become(page, words) {
  await page.keyboard.press("Control+k");
  const dialog = page.locator("dialog.switcher");
  await dialog.getByLabel("Find a person").fill(words);
  const person = dialog.locator(".person-choice").first();
  const id = await person.getAttribute("data-person");
  await person.click();
  await page.waitForFunction((wanted) => (new URLSearchParams(location.search).get("as") ?? "").split(",").includes(wanted), id);
  await settle(page);
  return id;
}

/** Opens a room by its name, or the first one whose name fits a pattern. */
export async function enter(page, name, index = 0) {
  const column = columnOf(page, index);
  const exactly = typeof name === "string" ? new RegExp(`^${name}$`) : name;
  await column.locator(".room", { has: page.locator(".room-name").filter({ hasText: exactly }) }).first().click();
  await column.locator(".room-title h2").filter({ hasText: exactly }).waitFor();
  await settle(page, index);
}

/** Throws what an error notice says, after putting the notice away. */
async function noComplaint(page) {
  const notice = page.locator(".toast.error").first();
  if ((await notice.count()) === 0) return;
  const words = await notice.locator("p").innerText();
  await notice.getByRole("button").click();
  throw new Error(`the page complained: ${words}`);
}

/** Types into the composer, sends, and waits until it was taken or a form came. */
export async function say(page, text, index = 0) {
  const box = columnOf(page, index).locator("textarea");
  await box.fill(text);
  await box.press("Escape");
  await box.press("Enter");
  await page.waitForFunction((at) => {
    const form = document.querySelectorAll(".composer")[at];
    return !form.hasAttribute("aria-busy") && (form.querySelector("textarea").value === "" || document.querySelector(".toast.error"));
  }, index);
  await noComplaint(page);
}

/** Presses the newest button with this label and waits until the server answered. */
export async function press(page, label, index = 0) {
  const button = columnOf(page, index).locator(".messages").getByRole("button", { name: label, exact: true }).last();
  await button.click();
  await page.waitForFunction(() => !document.querySelector(".messages [aria-busy]"));
  await noComplaint(page);
}

/** Opens the newest menu with this label and chooses an option. */
export async function choose(page, label, option, index = 0) {
  await columnOf(page, index).locator(".messages").getByRole("button", { name: label, exact: true }).last().click();
  await page.getByRole("menuitem", { name: option, exact: true }).click();
  await page.waitForFunction(() => !document.querySelector(".messages [aria-busy]"));
  await noComplaint(page);
}

/** An answer for a field nobody gave one for; a date lies a month after the day of the playground's clock. */
function invented(field, today) {
  if (field.type === "date") return new Date(Date.parse(`${today} UTC`) + 30 * 864e5).toISOString().slice(0, 10);
  if (field.type === "time") return "10:00";
  if (field.type === "number") return field.min || "1";
  return "Written by the browser test";
}

/**
 * Fills the open form by field names, sends it, and throws the form's own errors if it stays.
 * Required fields without an answer get one that fits their kind.
 * @param {Object<string, string>} answers
 */
export async function fill(page, answers) {
  const dialog = page.locator("dialog.form");
  await dialog.waitFor();
  for (const [name, value] of Object.entries(answers)) await fillField(dialog, name, value);
  const empty = await dialog.locator('[aria-required="true"]').evaluateAll((fields) => fields
    .filter((field) => !field.value && field.type !== "checkbox")
    .map((field) => ({ name: field.name, type: field.type, min: field.min, options: [...(field.options ?? [])].map((option) => option.value).filter(Boolean) })));
  const today = await page.locator(".clock-date").innerText();
  for (const field of empty) await fillField(dialog, field.name, field.options[0] ?? invented(field, today));
  await submitForm(page, dialog);
}

async function fillField(dialog, name, value) {
  const field = dialog.locator(`[name=${JSON.stringify(name)}]`);
  if ((await field.count()) === 0) throw new Error(`the form has no field "${name}"`);
  const { tag, type, role } = await field.first().evaluate((element) => ({ tag: element.tagName, type: element.type, role: element.getAttribute("role") }));
  if (role === "switch") return field.setChecked(value === "yes");
  if (type === "checkbox" || type === "radio") {
    for (const one of String(value).split(",")) await dialog.locator(`[name=${JSON.stringify(name)}][value=${JSON.stringify(one.trim())}]`).check();
    return undefined;
  }
  if (tag === "SELECT") return field.selectOption(String(value));
  await field.fill(String(value));
  // A list of suggestions may have opened over the next field.
  if (role === "combobox") await field.evaluate((element) => element.blur());
  return undefined;
}

async function submitForm(page, dialog) {
  const title = await dialog.getByRole("heading", { level: 2 }).innerText();
  await dialog.locator("[type=submit]").click();
  await page.waitForFunction((shown) => {
    const open = document.querySelector("dialog.form");
    return !open || open.querySelector("h2").textContent !== shown || (!open.querySelector("[aria-busy]") && open.querySelector("[role=alert]").textContent);
  }, title);
  if ((await dialog.count()) === 0 || (await dialog.getByRole("heading", { level: 2 }).innerText()) !== title) return;
  const errors = await dialog.locator(".form-alert, .field-error").allInnerTexts();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  throw new Error(`the form "${title}" was not taken: ${errors.join(" / ")}`);
}

/** Presses a button of the clock and waits until the server answered; what comes next may be due at this very moment. */
export async function turn(page, label) {
  const button = page.locator("#clock").getByRole("button", { name: label }).first();
  const answered = page.waitForResponse((response) => response.url().endsWith("/api/clock"), { timeout: 60000 });
  await button.click();
  await answered;
  await page.waitForFunction(() => !document.querySelector("#clock [aria-busy]"));
  await noComplaint(page);
}

/** Waits until the room shows these words. */
export async function seen(page, words, index = 0) {
  await columnOf(page, index).locator(".messages").getByText(words).last().waitFor();
}

/** What axe finds on the page as it is, serious and critical only, each as a line. */
export async function barriers(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, impact, nodes }) => nodes.map((node) => `${impact} ${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`));
}
