import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './redis.ts';

export type ScriptArgument = string | number;

/**
 * A Lua script beside its typed wrapper. It runs by its hash and loads itself again when the server
 * has forgotten it (`NOSCRIPT`, after a restart or `SCRIPT FLUSH`).
 */
export function script(file: URL) {
  const lua = readScript(file);
  const sha = createHash('sha1').update(lua).digest('hex');
  return async (redis: RedisClient, keys: string[], args: ScriptArgument[]): Promise<unknown> => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('NOSCRIPT')) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}

/** A line `-- @include name.lua` is replaced by that file of the same folder, which scripts share. */
const readScript = (file: URL): string =>
  readFileSync(file, 'utf8').replace(/^-- @include (\S+)$/gm, (_, name: string) =>
    readFileSync(new URL(name, file), 'utf8'),
  );
