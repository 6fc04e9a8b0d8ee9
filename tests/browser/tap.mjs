/**
 * @file Steps and their lines: one TAP line for each, a picture of what failed, and the figures at the end.
 * Invariant: a step that fails leaves a picture behind and does not keep the later ones from being tried.
 */
import { join } from "node:path";
import { barriers, still } from "./desk.mjs";

export const tally = { passed: 0, failed: 0 };
/** What went wrong in pages on its own: errors, complaints of the console, requests to elsewhere. */
export const troubles = [];
let folder = ".";

/** Says where pictures go. */
export const keepIn = (artifacts) => (folder = artifacts);

/** Runs one step, prints its line, and takes a picture when it failed. */
export async function step(name, page, work) {
  const number = tally.passed + tally.failed + 1;
  try {
    await work();
    tally.passed += 1;
    console.log(`ok ${number} - ${name}`);
  } catch (error) {
    tally.failed += 1;
    console.log(`not ok ${number} - ${name}\n  # ${String(error.message).split("\n").slice(0, 8).join("\n  # ")}`);
    if (!page) return;
    await picture(page, `failed-${number}`).catch(() => {});
    await page.keyboard.press("Escape").catch(() => {});
  }
}

export async function picture(page, name) {
  await still(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Looks at a screen: a picture of it, and no serious barrier in it. */
export const look = (name, page) => step(`${name} has no serious barrier`, page, () => clear(page, name));

/** A picture of what is there, which must hold no serious barrier. */
export async function clear(page, name) {
  await picture(page, name);
  expect((await barriers(page)).join("\n"), "");
}

export function expect(found, wanted) {
  if (found !== wanted) throw new Error(`wanted ${JSON.stringify(wanted)}, found: ${JSON.stringify(found)}`);
}
