import { z } from 'zod';
import { defineRoute, defineWebhookEvent } from './define.ts';
import { empty, id, line, listOf, page, timestamp } from './fields.ts';

export const roles = ['guest', 'user', 'staff', 'admin'] as const;
export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

export const username = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{2,31}$/,
    'Must be 3 to 32 letters, digits, dots, dashes or underscores, and start with a letter or digit.',
  );
export const password = z.string().min(10).max(200);
export const displayName = line(64);
const languageCode = z.string().regex(/^[a-z]{2}$/, 'Must be an ISO 639-1 code.');

/** A user's preferences. Unknown keys are rejected, so a typo is never stored. */
export const settings = z.strictObject({
  nativeLanguages: z.array(languageCode).max(3).optional(),
  practiceLanguages: z.array(languageCode).max(3).optional(),
  locale: z.string().max(35).optional(),
  timezone: z.string().max(64).optional(),
  theme: z.enum(['light', 'dark', 'system']).optional(),
});

export const profile = z.strictObject({
  id,
  username: z.string().nullable(),
  displayName: z.string(),
  role,
  nativeLanguages: z.array(z.string()),
  practiceLanguages: z.array(z.string()),
  createdAt: timestamp,
  settings: settings.omit({ nativeLanguages: true, practiceLanguages: true }),
});
export type Profile = z.infer<typeof profile>;

export const publicProfile = profile.pick({ id: true, username: true, displayName: true });
export type PublicProfile = z.infer<typeof publicProfile>;

export const tokens = z.strictObject({
  user: profile,
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresInSeconds: z.int(),
});
export type Tokens = z.infer<typeof tokens>;

const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(512) });

export const guest = defineRoute({
  method: 'post',
  path: '/v1/auth/guest',
  summary: 'Create a guest account',
  access: 'public',
  ignoresBearer: true,
  body: z.strictObject({ displayName: displayName.optional() }),
  responses: { 201: tokens },
});
export const register = defineRoute({
  method: 'post',
  path: '/v1/auth/register',
  summary: 'Register an account or upgrade your guest account',
  access: 'public',
  body: z.strictObject({ username, password, displayName: displayName.optional() }),
  responses: { 201: tokens },
  errors: ['account.username_taken', 'account.already_registered'],
});
/** An unknown username and a wrong password get the same error after the same time. */
export const login = defineRoute({
  method: 'post',
  path: '/v1/auth/login',
  summary: 'Sign in with a username and password',
  access: 'public',
  ignoresBearer: true,
  body: z.strictObject({
    username: z.string().min(1).max(64),
    password: z.string().min(1).max(200),
  }),
  responses: { 200: tokens },
  errors: ['auth.bad_credentials'],
});
/**
 * For somebody who tries Foyer on the computer that runs it. Refused unless both stores are embedded, the
 * request comes from that computer, and the address in the browser is of it.
 */
export const signInHere = defineRoute({
  method: 'post',
  path: '/v1/auth/local-staff',
  summary: 'Create a staff account from the computer that runs an embedded installation',
  access: 'public',
  ignoresBearer: true,
  body: empty.optional(),
  responses: { 201: tokens },
  errors: ['auth.forbidden'],
});
export const refresh = defineRoute({
  method: 'post',
  path: '/v1/auth/refresh',
  summary: 'Refresh the access token and rotate the refresh token',
  access: 'public',
  ignoresBearer: true,
  body: refreshBody,
  responses: { 200: tokens },
  errors: ['auth.invalid', 'auth.refresh_reused'],
});
export const logout = defineRoute({
  method: 'post',
  path: '/v1/auth/logout',
  summary: 'Sign out and disconnect the sockets of this sign-in',
  access: 'public',
  ignoresBearer: true,
  body: refreshBody,
  responses: { 204: null },
});
export const readMe = defineRoute({
  method: 'get',
  path: '/v1/me',
  summary: 'Get your profile',
  access: 'user',
  responses: { 200: profile },
});
export const changeMe = defineRoute({
  method: 'patch',
  path: '/v1/me',
  summary: 'Update your profile',
  access: 'user',
  body: z.strictObject({
    displayName: displayName.optional(),
    nativeLanguages: z.array(languageCode).max(3).optional(),
    practiceLanguages: z.array(languageCode).max(3).optional(),
    settings: settings.omit({ nativeLanguages: true, practiceLanguages: true }).optional(),
  }),
  responses: { 200: profile },
});
export const findUsers = defineRoute({
  method: 'get',
  path: '/v1/users',
  summary: 'Search users by username prefix',
  access: 'user',
  query: z.strictObject({ q: z.string().min(1).max(64), ...page }),
  responses: { 200: listOf(publicProfile) },
});
export const readUser = defineRoute({
  method: 'get',
  path: '/v1/users/{id}',
  summary: 'Get the public profile of a user',
  access: 'user',
  params: z.strictObject({ id }),
  responses: { 200: publicProfile },
  errors: ['user.not_found'],
});
export const changeRole = defineRoute({
  method: 'put',
  path: '/v1/users/{id}/role',
  summary: "Change a user's role and disconnect their sockets",
  access: 'admin',
  params: z.strictObject({ id }),
  body: z.strictObject({ role }),
  responses: { 200: profile },
  errors: ['user.not_found'],
});
export const listBlocks = defineRoute({
  method: 'get',
  path: '/v1/me/blocks',
  summary: 'List blocked users',
  access: 'user',
  query: z.strictObject({ ...page }),
  responses: { 200: listOf(publicProfile) },
});
/** A block applies in both directions. Blocking a user again changes nothing. */
export const block = defineRoute({
  method: 'put',
  path: '/v1/me/blocks/{userId}',
  summary: 'Block a user',
  access: 'user',
  params: z.strictObject({ userId: id }),
  responses: { 204: null },
  errors: ['user.not_found', 'account.too_many_blocks'],
});
export const unblock = defineRoute({
  method: 'delete',
  path: '/v1/me/blocks/{userId}',
  summary: 'Unblock a user',
  access: 'user',
  params: z.strictObject({ userId: id }),
  responses: { 204: null },
});

export const reportStates = ['open', 'closed'] as const;
export const report = z.strictObject({
  id,
  reporterId: id,
  userId: id,
  sessionId: id.nullable(),
  reason: z.string(),
  note: z.string().nullable(),
  state: z.enum(reportStates),
  createdAt: timestamp,
});
export type Report = z.infer<typeof report>;
export const reportUser = defineRoute({
  method: 'post',
  path: '/v1/reports',
  summary: 'Report a user',
  access: 'user',
  body: z.strictObject({
    userId: id,
    reason: line(200),
    sessionId: id.optional(),
    note: line(1_000).optional(),
  }),
  responses: { 201: report },
  errors: ['user.not_found', 'session.not_found'],
  idempotent: true,
});
export const listReports = defineRoute({
  method: 'get',
  path: '/v1/reports',
  summary: 'List reports, newest first',
  access: 'staff',
  query: z.strictObject({ state: z.enum(reportStates).optional(), ...page }),
  responses: { 200: listOf(report) },
});
export const changeReport = defineRoute({
  method: 'patch',
  path: '/v1/reports/{id}',
  summary: 'Close or reopen a report',
  access: 'staff',
  params: z.strictObject({ id }),
  body: z.strictObject({ state: z.enum(reportStates) }),
  responses: { 200: report },
  errors: ['report.not_found'],
});

export const routes = [
  guest,
  register,
  login,
  signInHere,
  refresh,
  logout,
  readMe,
  changeMe,
  findUsers,
  readUser,
  changeRole,
  listBlocks,
  block,
  unblock,
  reportUser,
  listReports,
  changeReport,
] as const;
export const webhookEvents = [
  defineWebhookEvent({
    type: 'report.created',
    summary: 'A user reported another user',
    data: report,
  }),
] as const;
export const commands = [] as const;
export const pushes = [] as const;
export { errors } from './accounts/errors.ts';
export const currentState = {} as const;
