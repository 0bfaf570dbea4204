import { readFileSync } from 'node:fs';
import { type Role, roles } from '../contract/accounts.ts';
import { createUser } from '../db/accounts/create-user.ts';
import { optionsOf, required, UsageError } from './usage.ts';
import { withDb } from './with-db.ts';

/**
 * `foyer user create --username U --role R` prints the new account's id. A password comes from stdin
 * and not from the command line, which others on the machine can read.
 */
export async function user([verb, ...args]: string[]): Promise<number> {
  if (verb !== 'create') throw new UsageError('foyer user knows one verb: create');
  const options = optionsOf(args, {
    ...{ username: { type: 'string' }, role: { type: 'string' } },
    'password-stdin': { type: 'boolean' },
  });
  const username = required('username', options.username);
  const role = roleOf(required('role', options.role));
  const password = options['password-stdin'] ? readFileSync(0, 'utf8').trimEnd() : undefined;
  const made = await withDb((db) => createUser(db, { username, role, password }));
  console.log(made.id);
  return 0;
}

export function roleOf(text: string): Role {
  const role = roles.find((known) => known === text);
  if (!role) throw new UsageError(`--role is one of ${roles.join(', ')}`);
  return role;
}
