/**
 * The processes of one machine under pm2: `npx pm2 start ecosystem.config.js`, after `npm run build`
 * and `npx foyer migrate`. Variables come from the shell or from `.env`, as for every foyer command.
 *
 * The servers are a pm2 cluster. They share PORT and need no sticky sessions, because the gateway uses
 * only the WebSocket transport. `pm2 reload server` starts a new instance, waits until it sends `ready`,
 * and only then stops an old one.
 */
const common = {
  script: 'dist/cli/main.js',
  node_args: '--enable-source-maps --max-semi-space-size=64',
  // Wait for the `ready` message, at most this long.
  wait_ready: true,
  listen_timeout: 20_000,
  // Longer than `bounds.shutdownSeconds`, so that a draining process is not killed.
  kill_timeout: 35_000,
  max_restarts: 20,
  time: false,
  vizion: false,
  pmx: false,
};

const numberOf = (name, otherwise) => Number(process.env[name] || otherwise);
/** Each instance uses the next port; 0 disables it. */
const portsFrom = (name) => (numberOf(name, 0) > 0 ? { increment_var: name } : {});

export const apps = [
  {
    ...common,
    ...portsFrom('SERVER_METRICS_PORT'),
    name: 'server',
    args: 'server',
    exec_mode: 'cluster',
    instances: numberOf('PM2_SERVERS', 2),
  },
  {
    ...common,
    ...portsFrom('WORKER_METRICS_PORT'),
    name: 'worker',
    args: 'worker',
    exec_mode: 'fork',
    instances: numberOf('PM2_WORKERS', 2),
  },
  { ...common, name: 'admin', args: 'admin', exec_mode: 'fork', instances: 1 },
];
