import express, { type Express, type Request } from 'express';
import { username as usernameSchema } from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import * as audit from '../../db/accounts/audit.ts';
import * as sessions from '../../db/accounts/sign-in/admin-sessions.ts';
import { verifyPassword } from '../../db/accounts/sign-in/passwords.ts';
import * as users from '../../db/accounts/users.ts';
import { stateOf } from '../../http/request-state.ts';
import type { AdminDeps } from '../deps.ts';
import { giveCookie, takeCookie, tokenOf } from './cookie.ts';
import { checkCsrf } from './csrf.ts';
import { admitOperators } from './gate.ts';
import { loginPage } from './login-page.ts';
import { findOperator, isOperator, OPERATOR_NAME, operatorVersion } from './operator.ts';
import { theOperator } from './operator-of.ts';

const readForm = express.urlencoded({ extended: false, limit: 8 * 1024 });

export function mountSignIn(app: Express, deps: AdminDeps): void {
  app.get('/admin/login', async (req, res) => {
    stateOf(res).route = '/admin/login';
    const token = tokenOf(req);
    if (token && (await findOperator(deps, token))) res.redirect(303, '/admin');
    else res.type('html').send(loginPage({ next: nextOf(req.query['next']) }));
  });

  app.post('/admin/login', readForm, async (req, res) => {
    stateOf(res).route = '/admin/login';
    const { username, password, next } = formOf(req);
    const shown = { username, next: nextOf(next) };
    try {
      giveCookie(req, res, await signIn(deps, { username, password, address: req.ip ?? '' }));
      res.redirect(303, shown.next);
    } catch (error) {
      if (!(error instanceof FoyerError) || !SHOWN.has(error.code)) throw error;
      if (error.code === 'rate.limited')
        res.set('retry-after', String(error.options.retryAfterSeconds ?? 60));
      res.status(error.status).type('html');
      res.send(loginPage({ ...shown, problem: error.message }));
    }
  });

  app.post('/admin/logout', admitOperators(deps), readForm, checkCsrf, async (req, res) => {
    stateOf(res).route = '/admin/logout';
    const { sessionId, userId, name } = theOperator(res);
    await deps.db.transaction(async (trx) => {
      await sessions.end(trx, sessionId);
      const data = { name };
      await audit.record(trx, { actorId: userId, action: 'admin.logout', target: userId, data });
    });
    takeCookie(req, res);
    res.redirect(303, '/admin/login');
  });
}

const SHOWN = new Set(['auth.bad_credentials', 'rate.limited']);

interface Attempt {
  username: string;
  password: string;
  address: string;
}

/**
 * Signs in a staff or admin account, or the operator of ADMIN_PASSWORD. Every attempt verifies one
 * password hash, so the response time does not reveal which usernames exist or have a role.
 * @returns the session token
 * @throws {FoyerError} auth.bad_credentials · rate.limited
 */
async function signIn(deps: AdminDeps, attempt: Attempt): Promise<string> {
  const { username, password, address } = attempt;
  await deps.limitLogin(username, address);
  // Usernames of another form cannot exist, and PostgreSQL rejects some of them as text.
  const possible = usernameSchema.safeParse(username).success;
  const found = possible ? await users.findForLogin(deps.db, username) : undefined;
  const fits = await verifyPassword(found?.passwordHash, password);
  const holder = isOperator(deps.config, username, password)
    ? { userId: null, version: operatorVersion(deps.config) ?? 0 }
    : fits && found && isStaff(found.user)
      ? { userId: found.user.id, version: found.user.version }
      : undefined;
  const opened = await deps.db.transaction(async (trx) => {
    if (holder) {
      const { userId } = holder;
      const data = { address, name: userId === null ? OPERATOR_NAME : username };
      await audit.record(trx, { actorId: userId, action: 'admin.login', target: userId, data });
      return sessions.open(trx, holder);
    }
    // An unknown username may be a password typed into the wrong field, so it is not logged.
    const known = found?.user.username ?? (username === OPERATOR_NAME ? OPERATOR_NAME : null);
    const entry = { action: 'admin.login_failed', target: found?.user.id ?? null } as const;
    await audit.record(trx, { actorId: null, ...entry, data: { address, name: known } });
    return undefined;
  });
  if (!opened) throw new FoyerError('auth.bad_credentials');
  return opened;
}

const isStaff = ({ role }: users.UserRow) => role === 'staff' || role === 'admin';

function formOf(req: Request): Record<'username' | 'password' | 'next', string> {
  const form = (req.body ?? {}) as Record<string, unknown>;
  const text = (name: string) => (typeof form[name] === 'string' ? form[name].slice(0, 300) : '');
  return { username: text('username').trim(), password: text('password'), next: text('next') };
}

/** Accepts only our own pages, so that a link to the login cannot redirect to another site. */
const nextOf = (given: unknown): string =>
  typeof given === 'string' && /^\/admin(\/(?!\/)[\w./?=&%-]*)?$/.test(given) ? given : '/admin';
