import { type AuthorizationDomain, everyone, plain } from '../domain.ts';

export const authorization: AuthorizationDomain = {
  routes: () => ({
    'get /health/live': { own: plain('/health/live'), expect: everyone(200) },
    'get /health/ready': { own: plain('/health/ready'), expect: everyone(200) },
    'get /health/startup': { own: plain('/health/startup'), expect: everyone(200) },
    'get /version': { own: plain('/version'), expect: everyone(200) },
  }),
};
