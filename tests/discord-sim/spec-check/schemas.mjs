// Which schema of Discord's official description a request body belongs to, by method and route.

import * as spec from "discord-api-spec/zod";
import * as z from "zod";

const callback = z.union([
  spec.ApplicationCommandAutocompleteCallbackRequestSchema,
  spec.CreateMessageInteractionCallbackRequestSchema,
  spec.ModalInteractionCallbackRequestSchema,
  spec.UpdateMessageInteractionCallbackRequestSchema,
]);
const webhook = spec.IncomingWebhookRequestPartialSchema;
const webhookEdit = spec.IncomingWebhookUpdateRequestPartialSchema;
const commands = z.array(spec.ApplicationCommandUpdateRequestSchema);

const SCHEMAS = {
  "POST /channels/{channel}/messages": spec.MessageCreateRequestSchema,
  "PATCH /channels/{channel}/messages/{message}": spec.MessageEditRequestPartialSchema,
  "POST /webhooks/{webhook}/{token}": webhook,
  "PATCH /webhooks/{webhook}/{token}/messages/{message}": webhookEdit,
  "POST /interactions/{id}/{token}/callback": callback,
  "POST /users/@me/channels": spec.CreatePrivateChannelRequestSchema,
  "POST /guilds/{guild}/roles": spec.CreateRoleRequestSchema,
  "POST /guilds/{guild}/channels": spec.CreateGuildChannelRequestSchema,
};
for (const scope of ["/applications/{application}", "/applications/{application}/guilds/{guild}"]) {
  SCHEMAS[`POST ${scope}/commands`] = spec.ApplicationCommandCreateRequestSchema;
  SCHEMAS[`PUT ${scope}/commands`] = commands;
  SCHEMAS[`PATCH ${scope}/commands/{command}`] = spec.ApplicationCommandPatchRequestPartialSchema;
}

/** Permission bits are a string on the wire; the description calls them an integer. */
function asDescribed(body) {
  if (Array.isArray(body)) return body.map(asDescribed);
  if (typeof body?.default_member_permissions !== "string") return body;
  return { ...body, default_member_permissions: Number(body.default_member_permissions) };
}

/** What the description holds against a body: a list of `{path, message}`, or null if it has no schema for the route. */
export function complaints(method, route, body) {
  const schema = SCHEMAS[`${method} ${route}`];
  if (!schema) return null;
  const result = schema.safeParse(asDescribed(body));
  return result.success ? [] : result.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}
