#!/usr/bin/env node
// Checks a log of the stand-in: reads lines of JSON, prints each breach, and ends with 1 if there was one.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";

import { check, checkAnswer, checkDispatch } from "./check.mjs";

const USAGE = `Usage: main.mjs [--accepted] LOG...

Holds every body in a log of discord-sim against Discord's official description: of REST requests, of their answers and
of the gateway's dispatches. Answers and dispatches are in log files alone.
LOG is a file of --log-file, the address of a running stand-in (http://127.0.0.1:8700), or - for standard input.

  --accepted  of requests only those that the stand-in answered with 2xx: for runs that send wrong bodies on purpose
  --help      this text

Each breach is one line: LOG:LINE: method and route (its answer): the field's path: what is wrong with it.
Exit code: 0 no breach, 1 breaches, 2 the log could not be read, was not whole, or had no body to check.`;

/** How long the stand-in may take to hand out its log. */
const LOG_DEADLINE_MS = 30_000;

async function open(log) {
  if (log === "-") return process.stdin;
  if (!/^https?:/.test(log)) return createReadStream(log);
  const answer = await fetch(`${log.replace(/\/$/, "")}/_sim/log?since=0`, { signal: AbortSignal.timeout(LOG_DEADLINE_MS) });
  if (!answer.ok) throw new Error(`${log}: ${answer.status} ${answer.statusText}`);
  return Readable.fromWeb(answer.body);
}

function parsed(line, place) {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`${place}: no JSON: ${error.message}`);
  }
}

/** What is checked of an entry: `[{kind, found}]`, where `found` are its breaches. */
function checked(entry, accepted) {
  if (entry.kind === "gateway") return [{ kind: "dispatches", found: checkDispatch(entry) }];
  if (entry.kind !== "rest") return [];
  const taken = entry.status >= 200 && entry.status < 300;
  const request = accepted && !taken ? undefined : check(entry);
  return [{ kind: "requests", found: request }, { kind: "answers", found: checkAnswer(entry) }];
}

const named = (entry) => (entry.kind === "gateway" ? entry.t : `${entry.method} ${entry.route || entry.path} (answered ${entry.status})`);

async function run(log, accepted, count) {
  let number = 0;
  for await (const line of createInterface({ input: await open(log), crlfDelay: Infinity })) {
    number += 1;
    if (!line) continue;
    const entry = parsed(line, `${log}:${number}`);
    if (entry.kind === "dropped") throw new Error(`${log}: entries ${entry.from} to ${entry.to} are gone; use --log-file`);
    for (const { kind, found } of checked(entry, accepted)) {
      if (!found) continue;
      count[kind] += 1;
      if (found.length) count.wrong += 1;
      for (const { path, message } of found) console.log(`${log}:${number}: ${named(entry)}: ${kind}: ${path || "body"}: ${message}`);
    }
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true, options: { accepted: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  if (!positionals.length) throw new Error(`name a log\n\n${USAGE}`);
  const count = { requests: 0, answers: 0, dispatches: 0, wrong: 0 };
  for (const log of positionals) await run(log, values.accepted, count);
  const { requests, answers, dispatches, wrong } = count;
  console.log(`${requests} requests, ${answers} answers and ${dispatches} dispatches held against the description, ${wrong} of them wrong`);
  if (!requests) throw new Error("no request body was there to check: the logs are of the wrong run, or empty");
  process.exitCode = count.wrong ? 1 : 0;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}
