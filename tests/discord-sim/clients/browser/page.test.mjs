// A person in a real browser: clicks, chooses, fills in, reads what only they can see.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { start } from "../sim.mjs";
import { open } from "./shop.mjs";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
let sim;
let shop;
let browser;
let page;
const problems = [];

before(async () => {
  sim = await start();
  shop = await open(sim);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});
after(async () => {
  await browser?.close();
  shop?.close();
  sim?.stop();
});
beforeEach(async () => {
  await page?.close();
  page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
  page.setDefaultTimeout(10000);
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${sim.url}/?as=${sim.user}&channel=${sim.channel}`);
  await page.getByText("Live stock").waitFor();
});

const say = (user, content) => sim.call("POST", `/users/${user}/message`, { channel_id: sim.channel, content });
const person = async (name) => (await sim.call("POST", `/guilds/${sim.guild}/members`, { name })).user_id;

test("a person buys: button, select, modal, and an ephemeral reply that nobody else sees", async () => {
  await page.getByRole("button", { name: "Buy" }).click();
  await page.getByText("What would you like?").waitFor();
  await page.getByText("Only you can see this").waitFor();
  await page.getByRole("button", { name: "Choose a product" }).click();
  await page.getByRole("option", { name: /Dirt Pack/ }).click();
  const dialog = page.getByRole("dialog", { name: "How many?" });
  await dialog.getByLabel("Quantity").fill("3");
  await dialog.getByRole("button", { name: "Submit" }).click();
  await page.getByText("Bought 3 × Dirt Pack").waitFor();
  assert.equal(await dialog.isVisible(), false);
  const other = await person("Bo");
  await page.getByLabel("Act as").selectOption(other);
  await page.waitForURL((url) => url.searchParams.get("as") === other);
  await page.getByText("Live stock").waitFor();
  assert.equal(await page.getByText("Bought 3").count(), 0);
});

test("the same with the keyboard alone", async () => {
  await page.getByRole("button", { name: "Buy" }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".message").last().getByText("What would you like?").waitFor();
  await page.getByRole("button", { name: "Choose a product" }).last().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("7");
  await page.keyboard.press("Enter");
  await page.getByText("Bought 7 × Dirt Pack").waitFor();
});

test("a slash command is offered, filled in and answered", async () => {
  await page.getByRole("combobox", { name: "Message #general" }).fill("/gi");
  await page.getByRole("option", { name: /\/give/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByLabel("coins").fill("0");
  await page.keyboard.press("Enter");
  await page.getByText("must be between 1").waitFor();
  await page.getByLabel("coins").fill("12");
  await page.keyboard.press("Enter");
  await page.getByText("You have 12 coins").waitFor();
});

test("changes appear without a reload", async () => {
  await page.evaluate(() => { window.stillHere = true; });
  await shop.edit({ embeds: [{ title: "Live stock", fields: [{ name: "Dirt Pack", value: "**9** in stock" }] }] });
  await page.getByText("9 in stock").waitFor();
  await say(sim.user, "a new message");
  await page.getByText("a new message").waitFor();
  assert.equal(await page.evaluate(() => window.stillHere), true);
});

test("an answer that does not come is told as a failed interaction", async () => {
  await page.getByRole("button", { name: "Silent" }).click();
  await page.getByText("This interaction failed").waitFor();
  assert.equal(await page.getByRole("button", { name: "Off" }).isDisabled(), true);
});

test("a direct message with a file is announced, opened and read", async () => {
  const { id } = await shop.rest("POST", "/users/@me/channels", { recipient_id: sim.user });
  const form = new FormData();
  form.set("payload_json", JSON.stringify({ content: "Your goods" }));
  form.set("files[0]", new Blob(["unit 1\nunit 2\n"], { type: "text/plain" }), "order.txt");
  const headers = { authorization: `Bot ${sim.application.token}`, "user-agent": "DiscordBot (https://example.org, 1.0)" };
  await fetch(`${sim.url}/api/v10/channels/${id}/messages`, { method: "POST", headers, body: form });
  await page.getByRole("button", { name: /Direct messages, unread/ }).click();
  await page.getByText("Your goods").waitFor();
  await page.getByText("Show content").click();
  await page.getByText("unit 2").waitFor();
  const [opened] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: "order.txt", exact: true }).click()]);
  await opened.getByText("unit 1").waitFor();
  await opened.close();
});

test("texts of people are escaped and markdown is shown", async () => {
  await say(sim.user, "<img src=x onerror=\"window.broken=1\"> **bold** `code` ~~gone~~ <script>window.broken=1</script>");
  const content = page.locator(".message .content").filter({ hasText: "onerror" });
  await content.waitFor();
  assert.equal(await content.locator("strong").textContent(), "bold");
  assert.equal(await content.locator("code").textContent(), "code");
  assert.equal(await content.locator("img, script").count(), 0);
  assert.equal(await page.evaluate(() => window.broken), undefined);
});

test("on a phone nothing is wider than the screen and the channels are in a drawer", async () => {
  await page.setViewportSize({ width: 360, height: 720 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(wide, false);
  const channel = page.getByRole("button", { name: "general" });
  assert.equal(await channel.isVisible(), false);
  await page.getByRole("button", { name: "Show servers and channels" }).click();
  await channel.click();
  await page.getByText("Live stock").waitFor();
});

test("the page had no script error", () => {
  assert.deepEqual(problems, []);
});
