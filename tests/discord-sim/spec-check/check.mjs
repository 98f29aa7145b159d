// Holds one entry of a log against the official description: a request with its answer, or a dispatch of the gateway.
// Reading logs and printing is not done here.

import * as z from "zod/mini";

import { answerSchema } from "./answers.mjs";
import { DISPATCHES } from "./dispatches.mjs";
import { described } from "./inaccuracies.mjs";
import { ruleOf } from "./schemas.mjs";

// Without it every message would be "Invalid input".
z.config(z.locales.en());

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

/** The breaches `[{path, message}]` of a body. */
function breaches(schema, body, side) {
  if (!schema) return [{ path: "", message: `the description has no such ${side}` }];
  const result = schema.safeParse(described(body, side));
  return result.success ? [] : [...flat(result.error.issues)];
}

const missing = (body) => body === null || body === undefined;

/** The breaches of a request's body; undefined when there is none, or none is described. */
export function check({ method, path, body }) {
  const rule = ruleOf(method, path);
  return rule && !missing(body) ? breaches(rule.schema, body, "request") : undefined;
}

/** The breaches of what was answered; undefined when that has no body. */
export function checkAnswer({ method, path, status, response }) {
  return missing(response) ? undefined : breaches(answerSchema(method, path, status), response, "answer");
}

/** The breaches of an event the gateway dispatched; undefined for other frames. */
export function checkDispatch({ direction, op, t, d }) {
  return direction === "out" && op === 0 && !missing(d) ? breaches(DISPATCHES[t], d, "answer") : undefined;
}
