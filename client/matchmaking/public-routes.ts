import type * as matchmaking from '../../contract/matchmaking.ts';
import type { PublicRoutesOf } from '../public/public-routes.ts';
import { matchmakingRoutes } from './routes.ts';

/** The routes of matchmaking that need no account, for `createPublicClient`. */
export const publicMatchmakingRoutes: PublicRoutesOf<typeof matchmaking, 'listLanguages'> = {
  routes: { listLanguages: matchmakingRoutes.listLanguages },
};
