#!/usr/bin/env node
// Holds every request body that discord-sim accepted in a run against Discord's official description.

import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { complaints } from "./schemas.mjs";

const USAGE = `Usage: node check.mjs LOG...

Reads logs of discord-sim (--log-file, or GET /_sim/log; folders are searched for *.ndjson) and checks the body of every
request that was accepted. Prints what does not fit; ends with 1 if anything does not, or if there was nothing to check.`;

async function* files(paths) {
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) yield path;
    else for (const name of await readdir(path)) if (name.endsWith(".ndjson")) yield join(path, name);
  }
}

async function check(path, count) {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    number += 1;
    if (!line.startsWith('{"n":')) continue;
    const entry = JSON.parse(line);
    if (entry.kind !== "rest" || entry.status >= 300 || entry.body == null) continue;
    const found = complaints(entry.method, entry.route, entry.body);
    if (found === null) continue;
    count.checked += 1;
    count.routes.add(`${entry.method} ${entry.route}`);
    for (const { path: field, message } of found) {
      count.wrong += 1;
      console.log(`${path}:${number}: ${entry.method} ${entry.path}: ${field || "body"}: ${message}\n  ${JSON.stringify(entry.body).slice(0, 500)}`);
    }
  }
}

const paths = process.argv.slice(2);
if (!paths.length || paths.includes("--help")) {
  console.log(USAGE);
  process.exit(paths.length ? 0 : 1);
}
const count = { checked: 0, wrong: 0, routes: new Set() };
for await (const path of files(paths)) await check(path, count);
console.log(`${count.checked} bodies of ${count.routes.size} routes checked, ${count.wrong} complaints`);
process.exit(count.wrong || !count.checked ? 1 : 0);
