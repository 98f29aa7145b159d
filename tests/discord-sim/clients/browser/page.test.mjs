// The stand-in's page in Chromium: what a person sees and does, with a bot of discord.js behind it.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { chromium } from "playwright-core";

import { button, start } from "../discordjs/bot.mjs";
import { control, until, url, world } from "../lab.mjs";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
/** Markup that would show itself by an element and by a changed title. */
const EVIL = '<img src="/none" id="evil" onerror="document.title=\'evil\'"><b id="evil">bold</b>';

describe("the page", { timeout: 120_000 }, () => {
  let lab, client, folder, browser, page;
  const errors = [];

  before(async () => {
    lab = await world("the page");
    client = await start(url, lab);
    folder = await mkdtemp(join(tmpdir(), "discord-sim-page-"));
    browser = await chromium.launchPersistentContext(folder, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS, timeout: 60_000,
    });
    page = browser.pages()[0] ?? await browser.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => errors.push(error));
    await page.goto(`${url}/?as=${lab.user}&channel=${lab.channel}`);
  });
  after(async () => {
    await browser?.close();
    await client?.destroy();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const message = (text) => page.locator("#messages article", { hasText: text });

  test("shows a message of the bot without a reload", async () => {
    await page.getByRole("heading", { name: "# general" }).waitFor();
    await (await client.channels.fetch(lab.channel)).send({ content: "What would you like?", components: [button()] });
    await message("What would you like?").getByRole("button", { name: "Choose an amount" }).waitFor();
  });

  test("a person clicks a button, fills a modal and sees a reply that nobody else sees", async () => {
    await message("What would you like?").getByRole("button", { name: "Choose an amount" }).click();
    const dialog = page.getByRole("dialog", { name: "Your order" });
    await dialog.getByLabel("How many?").fill("3");
    await dialog.getByLabel("A note").fill(EVIL);
    await dialog.getByRole("button", { name: "Submit" }).click();
    const reply = message("Ordered 3");
    await reply.getByText("Only you can see this").waitFor();
    assert.equal(await dialog.isVisible(), false);

    const other = await control("POST", `/guilds/${lab.guild}/members`, { name: "Bo" });
    const seen = await browser.newPage();
    await seen.goto(`${url}/?as=${other.user_id}&channel=${lab.channel}`);
    await seen.locator("#messages article", { hasText: "What would you like?" }).waitFor();
    assert.equal(await seen.locator("#messages article", { hasText: "Ordered 3" }).count(), 0);
    await seen.close();
  });

  test("the file that came by direct message can be opened", async () => {
    await until("the direct message", async () => (await control("GET", `/users/${lab.user}/dms`)).length);
    const [direct] = await control("GET", `/users/${lab.user}/dms`);
    const second = await browser.newPage();
    await second.goto(`${url}/?as=${lab.user}&channel=${direct.channel_id}`);
    const link = second.getByRole("link", { name: "goods.txt" }).first();
    const answer = await browser.request.get(await link.evaluate((element) => element.href));
    assert.equal(await answer.text(), "3 units\n");
    await second.close();
  });

  test("uses a command with a suggestion by the keyboard alone", async () => {
    const suggestion = (name) => page.getByRole("option", { name, exact: true });
    await page.locator("#text").focus();
    // The commands are read after the box is shown; what is typed before offers none.
    await until("the command among the suggestions", async () => {
      await page.keyboard.press("Control+A");
      await page.keyboard.type("/order");
      return page.getByRole("option", { name: "/order" }).isVisible();
    });
    await page.keyboard.press("Enter");
    const option = page.getByRole("combobox", { name: "item" });
    // The bot's answer to the empty field; so what comes next is the answer to what is typed.
    await suggestion("rt").waitFor();
    await page.keyboard.type("Di");
    await suggestion("Dirt").waitFor();
    await page.keyboard.press("Enter");
    assert.equal(await option.inputValue(), "Dirt");
    await page.keyboard.press("Enter");
    await message("Order Dirt?").waitFor();
  });

  test("texts of people are shown as they were written, never as markup", async () => {
    await control("POST", `/users/${lab.user}/message`, { channel_id: lab.channel, content: `look ${EVIL}` });
    const shown = await message("look").locator(".content").innerText();
    assert.ok(shown.includes(EVIL), shown);
    assert.ok((await message("Ordered 3").locator(".content").innerText()).includes(EVIL));
    assert.equal(await page.locator("#evil").count(), 0);
    assert.notEqual(await page.title(), "evil");
  });

  test("met no error", () => {
    assert.deepEqual(errors, []);
    assert.deepEqual(client.seen.errors, []);
  });
});
