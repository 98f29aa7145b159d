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
/** Rows of a message with a select of each sort and buttons of several. */
const ROWS = [
  { type: 1, components: [
    { type: 2, style: 1, label: "Survey", custom_id: "survey" }, { type: 2, style: 4, label: "Silent", custom_id: "silent" },
    { type: 2, style: 2, label: "Sold out", custom_id: "off", disabled: true },
  ] },
  { type: 1, components: [{ type: 3, custom_id: "goods", placeholder: "Goods", max_values: 2, options: ["Dirt", "Stone", "Wood"].map((value) => ({ label: value, value })) }] },
  { type: 1, components: [{ type: 5, custom_id: "person", placeholder: "A person" }] },
];
/** Markup that would show itself by an element and by a changed title. */
const EVIL = '<img src="/none" id="evil" onerror="document.title=\'evil\'"><b id="evil">bold</b>';

describe("the page", { timeout: 200_000 }, () => {
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
    browser.setDefaultTimeout(20_000);
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

  test("a person opens the file that came by direct message", async () => {
    await until("the direct message", async () => (await control("GET", `/users/${lab.user}/dms`)).length);
    await page.locator("#channels").getByRole("button", { name: "the page" }).click();
    const link = page.getByRole("link", { name: "goods.txt", exact: true });
    const opened = browser.waitForEvent("page");
    await link.click();
    const file = await opened;
    await file.waitForURL(/goods\.txt$/);
    assert.equal(await (await browser.request.get(file.url())).text(), "3 units\n");
    await file.close();
    await page.getByRole("button", { name: "Guild of the page" }).click();
    await page.getByRole("heading", { name: "# general" }).waitFor();
  });

  test("a person selects, at once where one can be chosen and on closing where several can", async () => {
    await (await client.channels.fetch(lab.channel)).send({ content: "Choose well", components: ROWS });
    const box = message("Choose well");
    await box.getByRole("combobox", { name: "A person" }).click();
    await box.getByRole("option", { name: "Bo" }).click();
    await message("Chose").getByText("Only you can see this").waitFor();
    const goods = box.getByRole("combobox", { name: "Goods" });
    await goods.click();
    for (const name of ["Dirt", "Wood"]) await box.getByRole("option", { name }).click();
    await page.keyboard.press("Escape");
    await message("Chose Dirt and Wood").waitFor();
    assert.equal(await goods.getAttribute("aria-label"), "Goods: Dirt, Wood");
    assert.ok(await box.getByRole("button", { name: "Sold out" }).isDisabled());
  });

  test("a survey is filled by the keyboard alone, and the focus returns to its button", async () => {
    const button = message("Choose well").getByRole("button", { name: "Survey" });
    const dialog = page.getByRole("dialog", { name: "A survey" });
    await button.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await until("the focus on the button", () => button.evaluate((element) => element === document.activeElement));
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    assert.equal(await dialog.getByRole("radio", { name: "Ant" }).evaluate((element) => element === document.activeElement), true);
    for (const key of ["ArrowDown", "Tab", "Space", "Tab", "Space", "Tab", "Space"]) await page.keyboard.press(key);
    assert.equal(await dialog.getByRole("checkbox", { name: "Pepper" }).isDisabled(), true, "two of three are all that may be marked");
    for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
    await message("Survey: Bee, Sugar+Salt, true").waitFor();
    await dialog.waitFor({ state: "hidden" });
  });

  test("an interaction that nobody answers fails in sight", async () => {
    await message("Choose well").getByRole("button", { name: "Silent" }).click();
    await message("Choose well").getByText("This interaction failed").waitFor();
  });

  test("a person acts as somebody else, who does not see what was hidden", async () => {
    const who = page.getByRole("combobox", { name: "Act as" });
    await who.selectOption({ label: "Bo" });
    await until("the reply to be out of sight", async () => await message("Ordered 3").count() === 0);
    await page.locator("#text").fill("Here I am");
    await page.keyboard.press("Enter");
    await message("Here I am").getByText("Bo", { exact: true }).waitFor();
    await who.selectOption({ label: "Ada of the page" });
    await message("Ordered 3").waitFor();
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

  test("suggestions that come late do not take the place of newer ones", async () => {
    await page.locator("#text").fill("/order");
    await page.getByRole("option", { name: "/order" }).waitFor();
    await page.keyboard.press("Enter");
    const option = page.getByRole("combobox", { name: "item" });
    const asked = page.waitForResponse(async (answer) => answer.url().endsWith("/autocomplete") && answer.request().postData().includes("Slow"));
    await option.fill("Slow");
    const { interaction_id: slow } = await (await asked).json();
    const late = page.waitForResponse(async (answer) => answer.url().endsWith(`/interactions/${slow}`) && (await answer.json()).state === "answered");
    await option.fill("Di");
    await page.getByRole("option", { name: "Dirt", exact: true }).waitFor();
    await late;
    // What the page does with the answer, it does before it paints again.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    assert.deepEqual(await page.locator("#compose").getByRole("option").allInnerTexts(), ["Dirt"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.locator("#text").waitFor();
  });

  test("texts of people are shown as they were written, never as markup", async () => {
    await control("POST", `/users/${lab.user}/message`, { channel_id: lab.channel, content: `look ${EVIL}` });
    const shown = await message("look").locator(".content").innerText();
    assert.ok(shown.includes(EVIL), shown);
    assert.ok((await message("Ordered 3").locator(".content").innerText()).includes(EVIL));
    assert.equal(await page.locator("#evil").count(), 0);
    assert.notEqual(await page.title(), "evil");
    const link = "[click](javascript:document.title='evil') \"quoted\" & 'so' <a href=\"javascript:x\">x</a>";
    await control("POST", `/users/${lab.user}/message`, { channel_id: lab.channel, content: link });
    assert.equal((await message("quoted").locator(".content").innerText()).trim(), link);
    assert.equal(await page.locator('a[href^="javascript"]').count(), 0);
  });

  test("what happens while the page connects is shown", async () => {
    const early = await browser.newPage();
    let connect;
    const held = new Promise((resolve) => { connect = resolve; });
    await early.routeWebSocket(/changes$/, async (socket) => {
      await held;
      socket.connectToServer();
    });
    await early.goto(`${url}/?as=${lab.user}&channel=${lab.channel}`);
    await early.locator("#messages article", { hasText: "Choose well" }).waitFor();
    await control("POST", `/users/${lab.user}/message`, { channel_id: lab.channel, content: "before the connection" });
    connect();
    await early.locator("#messages article", { hasText: "before the connection" }).waitFor();
    await early.close();
  });

  test("a lost connection is told of and mended without a reload", async () => {
    const second = await browser.newPage();
    const sockets = [];
    await second.routeWebSocket(/changes$/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await second.goto(`${url}/?as=${lab.user}&channel=${lab.channel}`);
    await second.locator("#messages article", { hasText: "Choose well" }).waitFor();
    await until("the connection", () => sockets.length);
    const told = second.getByText("Reconnecting…").waitFor();
    await sockets[0].close();
    await told;
    await until("another connection", () => sockets.length > 1);
    await control("POST", `/users/${lab.user}/message`, { channel_id: lab.channel, content: "after the break" });
    await second.locator("#messages article", { hasText: "after the break" }).waitFor();
    assert.equal(await second.getByText("Reconnecting…").count(), 0);
    await second.close();
  });

  test("nothing has to be scrolled sideways on a phone", async () => {
    await control("POST", `/users/${lab.user}/message`, { channel_id: lab.channel, content: `long ${"x".repeat(300)} \`${"y".repeat(200)}\`` });
    const phone = await browser.newPage();
    await phone.setViewportSize({ width: 390, height: 844 });
    await phone.goto(`${url}/?as=${lab.user}&channel=${lab.channel}`);
    await phone.locator("#messages article", { hasText: "long" }).waitFor();
    const narrow = () => phone.evaluate(() => {
      const wide = [document.documentElement, document.getElementById("messages")].filter((element) => element.scrollWidth > element.clientWidth);
      return wide.map((element) => element.id || element.tagName);
    });
    assert.deepEqual(await narrow(), []);
    await phone.getByRole("button", { name: "Show servers and channels" }).click();
    await phone.getByRole("combobox", { name: "Act as" }).waitFor();
    await phone.keyboard.press("Escape");
    await phone.locator("#messages article", { hasText: "Choose well" }).getByRole("button", { name: "Survey" }).click();
    await phone.getByRole("dialog", { name: "A survey" }).waitFor();
    assert.deepEqual(await narrow(), []);
    const box = await phone.getByRole("dialog").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
    await phone.close();
  });

  test("met no error", () => {
    assert.deepEqual(errors, []);
    assert.deepEqual(client.seen.errors, []);
  });
});
