/**
 * The processes of one machine under pm2: `npx pm2 start ecosystem.config.js`, after `npm run build`
 * and `npx foyer migrate`. Variables come from the shell or from `.env`, as for every foyer command.
 *
 * The servers are a pm2 cluster: they share PORT, and need no sticky sessions because the gateway
 * speaks websockets alone. `pm2 reload server` starts a new instance, waits until it says `ready`,
 * and only then asks an old one to end.
 */
const common = {
  script: 'dist/cli/main.js',
  node_args: '--enable-source-maps --max-semi-space-size=64',
  // Started once it says so itself; given up after this long.
  wait_ready: true,
  listen_timeout: 20_000,
  // Above `bounds.shutdownSeconds`: whoever drains is not shot meanwhile.
  kill_timeout: 35_000,
  max_restarts: 20,
  time: false,
  vizion: false,
  pmx: false,
};

const numberOf = (name, otherwise) => Number(process.env[name] || otherwise);
/** An instance takes the next port; 0 is for none. */
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
