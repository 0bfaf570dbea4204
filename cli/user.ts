import { readFileSync } from 'node:fs';
import { type Role, roles } from '../contract/accounts.ts';
import { createUser } from '../db/accounts/create-user.ts';
import { optionsOf, required, UsageError } from './usage.ts';
import { withDb } from './with-db.ts';

/**
 * `foyer user create --username U --role R` prints the id of the new account. It reads the password
 * from stdin, because other users of the machine can read the command line.
 */
export async function user([verb, ...args]: string[]): Promise<number> {
  if (verb !== 'create') throw new UsageError('foyer user supports one command: create');
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
  if (!role) throw new UsageError(`--role must be one of ${roles.join(', ')}`);
  return role;
}
