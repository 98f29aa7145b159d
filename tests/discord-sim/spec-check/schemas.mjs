// Which schema of the official description belongs to which request. The package has the schemas by name, but
// not which route takes which; that is listed here, as the description's paths have it. Nothing is checked here.

import * as spec from "discord-api-spec/zod";
import * as z from "zod/mini";

const text = (most) => z.string().check(z.minLength(1), z.maxLength(most));
const id = spec.SnowflakeTypeSchema;

const callback = z.union([
  spec.ApplicationCommandAutocompleteCallbackRequestSchema, spec.CreateMessageInteractionCallbackRequestSchema,
  spec.LaunchActivityInteractionCallbackRequestSchema, spec.ModalInteractionCallbackRequestSchema,
  spec.PongInteractionCallbackRequestSchema, spec.UpdateMessageInteractionCallbackRequestSchema,
]);
const member = z.object({
  nick: z.nullish(z.string().check(z.maxLength(32))), roles: z.nullish(z.array(z.nullable(id))), mute: z.nullish(z.boolean()),
  deaf: z.nullish(z.boolean()), channel_id: z.nullish(id), communication_disabled_until: z.nullish(z.string()), flags: z.nullish(z.number()),
});
const webhook = z.object({ name: z.optional(text(80)), avatar: z.nullish(z.string()), channel_id: z.nullish(id) });
const overwrite = z.object({
  type: z.nullish(z.union([z.literal(0), z.literal(1)])), allow: z.nullish(z.int()), deny: z.nullish(z.int()),
});
const commands = z.nullable(z.array(spec.ApplicationCommandUpdateRequestSchema));

/** Requests with a body: method, path and the body's schema. */
const REQUESTS = [
  ["PATCH", "/applications/@me", spec.ApplicationFormPartialSchema],
  ["PATCH", "/applications/{application}", spec.ApplicationFormPartialSchema],
  ["PUT", "/applications/{application}/commands", commands],
  ["POST", "/applications/{application}/commands", spec.ApplicationCommandCreateRequestSchema],
  ["PATCH", "/applications/{application}/commands/{command}", spec.ApplicationCommandPatchRequestPartialSchema],
  ["PUT", "/applications/{application}/guilds/{guild}/commands", commands],
  ["POST", "/applications/{application}/guilds/{guild}/commands", spec.ApplicationCommandCreateRequestSchema],
  ["PATCH", "/applications/{application}/guilds/{guild}/commands/{command}", spec.ApplicationCommandPatchRequestPartialSchema],
  ["POST", "/channels/{channel}/messages", spec.MessageCreateRequestSchema],
  ["POST", "/channels/{channel}/messages/bulk-delete", z.object({ messages: z.array(id).check(z.minLength(2), z.maxLength(100)) })],
  ["PATCH", "/channels/{channel}/messages/{message}", spec.MessageEditRequestPartialSchema],
  ["PATCH", "/channels/{channel}", z.union([
    spec.UpdateDMRequestPartialSchema, spec.UpdateGroupDMRequestPartialSchema,
    spec.UpdateGuildChannelRequestPartialSchema, spec.UpdateThreadRequestPartialSchema,
  ])],
  ["POST", "/channels/{channel}/webhooks", z.object({ name: text(80), avatar: z.nullish(z.string()) })],
  ["PUT", "/channels/{channel}/permissions/{overwrite}", overwrite],
  ["POST", "/guilds/{guild}/channels", spec.CreateGuildChannelRequestSchema],
  ["PATCH", "/guilds/{guild}/members/@me", z.object({ nick: z.nullish(z.string().check(z.maxLength(32))) })],
  ["PATCH", "/guilds/{guild}/members/{user}", member],
  ["POST", "/guilds/{guild}/roles", spec.CreateRoleRequestSchema],
  ["POST", "/interactions/{interaction}/{token}/callback", callback],
  ["PATCH", "/users/@me", spec.BotAccountPatchRequestSchema],
  ["POST", "/users/@me/channels", spec.CreatePrivateChannelRequestSchema],
  ["PATCH", "/webhooks/{webhook}", webhook],
  ["POST", "/webhooks/{webhook}/{token}", spec.IncomingWebhookRequestPartialSchema],
  ["PATCH", "/webhooks/{webhook}/{token}", webhook],
  ["PATCH", "/webhooks/{webhook}/{token}/messages/{message}", spec.IncomingWebhookUpdateRequestPartialSchema],
];

/** What matches the paths of a route, with the version or without. */
export const pattern = (path) => new RegExp(`^(?:/api(?:/v(?:9|10))?)?${path.replaceAll(/\{\w+\}/g, "[^/]+").replaceAll("@", "(?:@|%40)")}$`);

const rules = REQUESTS.map(([method, path, schema]) => ({ method, path, schema, pattern: pattern(path) }));

/** The rule `{method, path, schema}` of a request, or undefined if no body is described for it. */
export const ruleOf = (method, path) => rules.find((rule) => rule.method === method && rule.pattern.test(path));
