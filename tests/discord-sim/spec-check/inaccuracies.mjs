// Where the official description, or the schemas made of it, are at odds with what Discord itself takes and gives. Each
// rewrites a body into the form that the description has; what is not listed here must be as described.

/** A time that ends with an offset from UTC. */
const OFFSET_TIME = /^\d{4}-\d\d-\d\dT.*[+-]\d\d:\d\d$/;

/** Lists of ids. */
const IDS = new Set(["messages", "roles", "users"]);

/** Whole numbers and truths that are sent as texts. */
const WHOLE = new Set(["contexts", "integration_types", "style", "type"]);
const TRUTHS = new Set(["disabled", "tts"]);

const text = (value) => typeof value === "string";
const whole = (value) => typeof value === "number" && Number.isInteger(value);

/** `{side, reason, fits(value, key), mend(value)}`: `side` is what is wrong there, a request, an answer, or both. */
export const INACCURACIES = [
  {
    side: "both",
    reason: "times are RFC 3339: Discord gives and takes +00:00, the schemas know only Z",
    fits: (value) => text(value) && OFFSET_TIME.test(value) && !Number.isNaN(Date.parse(value)),
    mend: (value) => new Date(value).toISOString(),
  },
  {
    side: "request",
    reason: "Discord takes ids as numbers, the description has texts alone",
    fits: (value, key, holder) => whole(value) && (key.endsWith("_id") || IDS.has(key) || (key === "id" && holder === "emoji")),
    mend: String,
  },
  {
    side: "request",
    reason: "permissions are bits in a text on the wire, the description has an integer in requests",
    fits: (value, key) => text(value) && /^\d+$/.test(value) && ["default_member_permissions", "permissions", "allow", "deny"].includes(key),
    mend: Number,
  },
  {
    side: "request",
    reason: "Discord takes whole numbers as texts, JDA sends contexts so; the description has numbers alone",
    fits: (value, key) => text(value) && /^\d+$/.test(value) && WHOLE.has(key),
    mend: Number,
  },
  {
    side: "request",
    reason: "Discord takes yes and no as texts, as forms must send them; the description has booleans alone",
    fits: (value, key) => ["true", "false"].includes(value) && TRUTHS.has(key),
    mend: (value) => value === "true",
  },
  {
    side: "answer",
    reason: "the code of a wrong field is a word like BASE_TYPE_REQUIRED; the description has a number",
    fits: (value, key, holder) => holder === "_errors" && key === "code" && text(value),
    mend: () => 0,
  },
  {
    side: "answer",
    reason: "a deferred answer has a resource of its own type 5, with the message that is thinking; the description has 4 and 7 alone",
    fits: (value, key, holder) => holder === "resource" && key === "type" && value === 5,
    mend: () => 4,
  },
  {
    side: "request",
    reason: "the id of a new file is its number in the form, the description has a text",
    fits: (value, key, holder) => key === "id" && whole(value) && holder === "attachments",
    mend: String,
  },
];

function walk(value, key, holder, list) {
  if (Array.isArray(value)) return value.map((one) => walk(one, key, holder, list));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name, key, list)]));
  }
  return list.find(({ fits }) => fits(value, key, holder))?.mend(value) ?? value;
}

/** A body in the form the description writes it; `side` is "request" or "answer". */
export function described(body, side) {
  return walk(body, "", "", INACCURACIES.filter((one) => one.side === side || one.side === "both"));
}
