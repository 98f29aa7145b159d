// Which schema of the official description belongs to which answer of the API, as the description's paths have it.
// Nothing is checked here.

import * as spec from "discord-api-spec/zod";
import * as z from "zod/mini";

import { pattern } from "./schemas.mjs";

const list = (schema) => z.array(schema);
const channel = z.union([spec.GuildChannelResponseSchema, spec.PrivateChannelResponseSchema]);
const webhook = z.union([spec.GuildIncomingWebhookResponseSchema, spec.ApplicationIncomingWebhookResponseSchema]);
const message = spec.MessageResponseSchema;
const command = spec.ApplicationCommandResponseSchema;
const member = spec.GuildMemberResponseSchema;

/** Answers with a body: methods, path and the body's schema. */
const ANSWERS = [
  ["GET", "/gateway", spec.GatewayResponseSchema],
  ["GET", "/gateway/bot", spec.GatewayBotResponseSchema],
  ["GET", "/users/@me", spec.UserPIIResponseSchema],
  ["GET", "/users/@me/guilds", list(spec.MyGuildResponseSchema)],
  ["POST", "/users/@me/channels", spec.PrivateChannelResponseSchema],
  ["GET", "/users/{user}", spec.UserResponseSchema],
  ["GET PATCH", "/applications/@me", spec.PrivateApplicationResponseSchema],
  ["GET", "/oauth2/applications/@me", spec.PrivateApplicationResponseSchema],
  ["GET PATCH DELETE", "/channels/{channel}", channel],
  ["GET", "/channels/{channel}/messages", list(message)],
  ["POST", "/channels/{channel}/messages", message],
  ["GET PATCH", "/channels/{channel}/messages/{message}", message],
  ["GET", "/channels/{channel}/webhooks", list(webhook)],
  ["POST", "/channels/{channel}/webhooks", webhook],
  ["GET", "/guilds/{guild}", spec.GuildWithCountsResponseSchema],
  ["GET", "/guilds/{guild}/channels", list(spec.GuildChannelResponseSchema)],
  ["POST", "/guilds/{guild}/channels", spec.GuildChannelResponseSchema],
  ["GET", "/guilds/{guild}/roles", list(spec.GuildRoleResponseSchema)],
  ["POST", "/guilds/{guild}/roles", spec.GuildRoleResponseSchema],
  ["GET", "/guilds/{guild}/members", list(member)],
  ["PATCH", "/guilds/{guild}/members/@me", spec.PrivateGuildMemberResponseSchema],
  ["GET PATCH", "/guilds/{guild}/members/{user}", member],
  ["GET PUT", "/applications/{application}/commands", list(command)],
  ["POST", "/applications/{application}/commands", command],
  ["GET PATCH", "/applications/{application}/commands/{command}", command],
  ["GET PUT", "/applications/{application}/guilds/{guild}/commands", list(command)],
  ["POST", "/applications/{application}/guilds/{guild}/commands", command],
  ["GET PATCH", "/applications/{application}/guilds/{guild}/commands/{command}", command],
  ["POST", "/interactions/{interaction}/{token}/callback", spec.InteractionCallbackResponseSchema],
  ["GET PATCH", "/webhooks/{webhook}", webhook],
  ["GET PATCH", "/webhooks/{webhook}/{token}", webhook],
  ["POST", "/webhooks/{webhook}/{token}", message],
  ["GET PATCH", "/webhooks/{webhook}/{token}/messages/{message}", message],
];

const rules = ANSWERS.map(([methods, path, schema]) => ({ methods: methods.split(" "), pattern: pattern(path), schema }));

/** The schema of an answer with a body, or undefined if the description has none. */
export function answerSchema(method, path, status) {
  if (status === 429) return spec.RatelimitedResponseSchema;
  if (status >= 400) return spec.ErrorResponseSchema;
  return rules.find((rule) => rule.methods.includes(method) && rule.pattern.test(path))?.schema;
}
