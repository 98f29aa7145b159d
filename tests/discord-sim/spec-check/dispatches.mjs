// The schema of every event the gateway dispatches. The description is one of the HTTP API, so that events are put
// together here of its objects, as the reference of the gateway names them. Nothing is checked here.

import * as spec from "discord-api-spec/zod";
import * as z from "zod/mini";

const id = spec.SnowflakeTypeSchema;
const user = spec.UserResponseSchema;
const member = spec.GuildMemberResponseSchema;
const channel = z.union([spec.GuildChannelResponseSchema, spec.PrivateChannelResponseSchema]);
const inGuild = z.object({ guild_id: id });

/** A member inside of an object that tells the user elsewhere. */
const partialMember = z.omit(member, { user: true });
const withPermissions = z.object({ permissions: z.string() });

const message = z.intersection(spec.MessageResponseSchema, z.object({ guild_id: z.optional(id), member: z.optional(partialMember) }));

const objects = (schema) => z.optional(z.record(z.string(), schema));
const resolved = z.object({
  users: objects(user), members: objects(z.intersection(partialMember, withPermissions)), roles: objects(spec.GuildRoleResponseSchema),
  channels: objects(z.object({ id, type: z.number(), name: z.nullish(z.string()), permissions: z.string() })),
  messages: objects(spec.MessageResponseSchema), attachments: objects(spec.MessageAttachmentResponseSchema),
});

const owners = z.record(z.string(), z.string());

const interaction = z.object({
  id, application_id: id, type: z.number().check(z.minimum(1), z.maximum(5)), token: z.string(), version: z.literal(1),
  channel_id: id, channel, locale: spec.AvailableLocalesEnumSchema, app_permissions: z.string(), entitlements: z.array(z.unknown()),
  authorizing_integration_owners: owners, context: z.number(), attachment_size_limit: z.number(),
  data: z.looseObject({ resolved: z.optional(resolved) }), message: z.optional(spec.MessageResponseSchema),
  guild_id: z.optional(id), guild_locale: z.optional(spec.AvailableLocalesEnumSchema), user: z.optional(user),
  member: z.optional(z.intersection(member, withPermissions)),
});

const unavailable = z.object({ id, unavailable: z.optional(z.boolean()) });

const ready = z.object({
  v: z.number(), user: spec.UserPIIResponseSchema, guilds: z.array(unavailable), session_id: z.string(), resume_gateway_url: z.url(),
  shard: z.optional(z.tuple([z.number(), z.number()])), application: z.object({ id, flags: z.number() }),
});

const guild = z.intersection(spec.GuildResponseSchema, z.object({
  joined_at: z.iso.datetime(), large: z.boolean(), member_count: z.number(), channels: z.array(spec.GuildChannelResponseSchema),
  members: z.array(member), threads: z.array(z.unknown()), presences: z.array(z.unknown()), voice_states: z.array(z.unknown()),
  stage_instances: z.array(z.unknown()), guild_scheduled_events: z.array(z.unknown()), soundboard_sounds: z.array(z.unknown()),
}));

const role = z.object({ guild_id: id, role: spec.GuildRoleResponseSchema });
const memberOfGuild = z.intersection(member, inGuild);
const removed = { channel_id: id, guild_id: z.optional(id) };

/** The schema of an event's `d` by its name. */
export const DISPATCHES = {
  READY: ready,
  RESUMED: z.looseObject({}),
  GUILD_CREATE: guild,
  GUILD_DELETE: unavailable,
  GUILD_ROLE_CREATE: role,
  GUILD_MEMBER_ADD: memberOfGuild,
  GUILD_MEMBER_UPDATE: memberOfGuild,
  GUILD_MEMBERS_CHUNK: z.object({
    guild_id: id, members: z.array(member), chunk_index: z.number(), chunk_count: z.number(),
    not_found: z.optional(z.array(z.unknown())), nonce: z.optional(z.string()),
  }),
  CHANNEL_CREATE: spec.GuildChannelResponseSchema,
  CHANNEL_UPDATE: spec.GuildChannelResponseSchema,
  CHANNEL_DELETE: spec.GuildChannelResponseSchema,
  MESSAGE_CREATE: message,
  MESSAGE_UPDATE: message,
  MESSAGE_DELETE: z.object({ id, ...removed }),
  MESSAGE_DELETE_BULK: z.object({ ids: z.array(id), ...removed }),
  INTERACTION_CREATE: interaction,
};
