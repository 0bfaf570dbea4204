import { CommandError } from './embedded/service.ts';
import { optionsOf } from './usage.ts';

export async function admin(args: string[]): Promise<number> {
  optionsOf(args, {});
  throw new CommandError('the admin process is not part of this version yet');
}
