// Holds one recorded request against the official description. Reading logs and printing is not done here.

import * as z from "zod/mini";

import { ruleOf } from "./schemas.mjs";

// Without it every message would be "Invalid input".
z.config(z.locales.en());

/** A time that ends with an offset from UTC. */
const OFFSET_TIME = /^\d{4}-\d\d-\d\dT.*[+-]\d\d:\d\d$/;

/** Lists of ids. */
const IDS = new Set(["messages", "roles", "users"]);

/**
 * The body in the form the description writes it. Discord itself takes ids as numbers as well as texts, and
 * permissions as texts, and every client makes use of it. Times are RFC 3339, whose offsets the schemas do not know.
 */
function described(value, key) {
  if (Array.isArray(value)) return value.map((one) => described(one, key));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, described(one, name)]));
  }
  const number = typeof value === "number" && Number.isInteger(value);
  if (number && (key.endsWith("_id") || IDS.has(key))) return String(value);
  if (key === "timestamp" && OFFSET_TIME.test(value) && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
  if (key === "default_member_permissions" && typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  return value;
}

/** Attachments alone have a number as `id`; that of a component is a number in the description too. */
function body(value) {
  const whole = described(value, "");
  for (const holder of [whole, whole?.data]) {
    for (const file of Array.isArray(holder?.attachments) ? holder.attachments : []) {
      if (typeof file?.id === "number") file.id = String(file.id);
    }
  }
  return whole;
}

const deepest = (issues) => Math.max(...issues.map((issue) => issue.path.length));

const wrongType = (issues) => issues.some((issue) => issue.path.length === 1 && issue.path[0] === "type");

/** Of a union's alternatives, the one that was meant: its `type` fits, and it went wrong the deepest. */
function meant(alternatives) {
  const typed = alternatives.filter((issues) => !wrongType(issues));
  if (!typed.length) return [{ code: "custom", path: ["type"], message: "no such kind may stand here" }];
  return typed.sort((one, other) => deepest(other) - deepest(one))[0];
}

function* flat(issues, prefix = []) {
  for (const issue of issues) {
    const path = [...prefix, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors?.length) yield* flat(meant(issue.errors), path);
    else yield { path: path.join("."), message: issue.message };
  }
}

/** The breaches `[{path, message}]` of an entry of the log; undefined when no body is described for such a request. */
export function check({ method, path, body: sent }) {
  const rule = ruleOf(method, path);
  if (!rule || sent === null || sent === undefined) return undefined;
  const result = rule.schema.safeParse(body(sent));
  return result.success ? [] : [...flat(result.error.issues)];
}
