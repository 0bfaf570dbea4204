import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { bounds, environment } from '../config.ts';
// The panels register the gauges of their domains.
import '../dashboards/domains.ts';
import { collectProcessMetrics, registry } from '../metrics.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const yaml = (file: string) => parse(read(file), { merge: true });

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}
interface Panel {
  type: string;
  title: string;
  targets?: { expr: string }[];
  gridPos: { x: number; y: number; w: number; h: number };
}
interface Service {
  image?: string;
  command?: string[] | string;
  environment?: Record<string, unknown>;
  volumes?: string[];
  depends_on?: Record<string, unknown> | string[];
  stop_grace_period?: string;
  deploy?: { replicas: number };
}

/** Parses the deployment files without running them, because the tests cannot rely on Docker. */
describe('deploy', () => {
  const rules: Rule[] = yaml('deploy/prometheus/alerts.yml').groups.flatMap(
    (group: { rules: Rule[] }) => group.rules,
  );
  const panels: Panel[] = JSON.parse(read('deploy/grafana/dashboard.json')).panels;
  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];
  let known: Map<string, Set<string>>;
  before(async () => {
    if (!registry.getSingleMetric('process_cpu_seconds_total')) collectProcessMetrics();
    known = new Map();
    for (const metric of await registry.getMetricsAsJSON()) {
      const labels = (registry.getSingleMetric(metric.name) as { labelNames?: string[] })
        .labelNames;
      const names =
        String(metric.type) === 'histogram'
          ? ['_bucket', '_count', '_sum'].map((end) => metric.name + end)
          : [metric.name];
      for (const name of names) known.set(name, new Set([...(labels ?? []), 'le']));
    }
  });

  it('uses only metrics that the code exports', () => {
    const asked = expressions.flatMap((expr) => expr.match(/\b(foyer|process|nodejs)_\w+/g) ?? []);
    expect(asked.length).to.be.above(50);
    const missing = [...new Set(asked)].filter((name) => !known.has(name));
    expect(missing).to.deep.equal([]);
  });

  it('uses only labels that the metrics have', () => {
    for (const expr of expressions)
      for (const [, name = '', selectors = ''] of expr.matchAll(/(\w+)\{([^}]*)\}/g))
        for (const [, label = ''] of selectors.matchAll(/(\w+)\s*[=!]/g))
          expect([...(known.get(name) ?? [])], `${name} in ${expr}`).to.include(label);
  });

  it('balances the brackets of every expression', () => {
    for (const expr of expressions)
      for (const [open, close] of ['()', '{}', '[]'])
        expect(expr.split(open ?? '').length, expr).to.equal(expr.split(close ?? '').length);
  });

  it('links every alert to an existing section of the runbook', () => {
    const headings = [...read('docs/operations.md').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const { alert, labels, annotations } of rules) {
      expect(labels.severity, alert).to.be.oneOf(['page', 'ticket']);
      expect(annotations.summary, alert).to.be.a('string');
      const [file, anchor] = annotations.runbook.split('#');
      expect(file).to.equal('docs/operations.md');
      expect(headings, alert).to.include(anchor);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
  });

  it('has panels that do not overlap', () => {
    for (const [at, a] of panels.entries())
      for (const b of panels.slice(at + 1)) {
        const [p, q] = [a.gridPos, b.gridPos];
        const apart = p.x + p.w <= q.x || q.x + q.w <= p.x || p.y + p.h <= q.y || q.y + q.h <= p.y;
        expect(apart, `${a.title} and ${b.title}`).to.equal(true);
      }
  });

  it('has compose services that exist, with files that exist', () => {
    const compose = yaml('docker-compose.yml');
    const services: Record<string, Service> = compose.services;
    expect(services).to.include.all.keys('postgres', 'redis', 'nginx', 'prometheus', 'grafana');
    expect(services['server']?.deploy?.replicas).to.equal(2);
    expect(services['worker']?.deploy?.replicas).to.equal(2);
    for (const [name, service] of Object.entries(services)) {
      const needs = Array.isArray(service.depends_on)
        ? service.depends_on
        : Object.keys(service.depends_on ?? {});
      for (const need of needs) expect(services, `${name} needs ${need}`).to.have.property(need);
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':');
        const there = source.startsWith('./')
          ? existsSync(join(root, source))
          : source in compose.volumes;
        expect(there, `${source} of ${name}`).to.equal(true);
      }
    }
    expect(String(services['redis']?.command)).to.contain('noeviction').and.contain('appendonly');
  });

  it('starts services with existing commands and variables and time to drain', () => {
    const services: Record<string, Service> = yaml('docker-compose.yml').services;
    const names = [...Object.keys(environment.shape), 'HEALTH_URL'];
    for (const [name, service] of Object.entries(services).filter(
      ([, { image }]) => image === 'foyer',
    )) {
      expect(names, name).to.include.members(Object.keys(service.environment ?? {}));
      expect(existsSync(join(root, `cli/${service.command}.ts`)), name).to.equal(true);
      const seconds = Number.parseInt(service.stop_grace_period ?? '0', 10);
      expect(seconds).to.be.above(bounds.shutdownSeconds);
    }
  });

  it('scrapes the ports of our processes', () => {
    const jobs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[] = yaml(
      'deploy/prometheus/prometheus.yml',
    ).scrape_configs;
    const services: Record<string, Service> = yaml('docker-compose.yml').services;
    const ports = Object.fromEntries(
      jobs.map(({ job_name, dns_sd_configs }) => [job_name, dns_sd_configs[0]?.port]),
    );
    const worker = services['worker']?.environment?.['WORKER_METRICS_PORT'];
    expect(ports).to.deep.equal({ server: 8080, worker, admin: 8081 });
  });

  it('builds an unprivileged image from files that exist', () => {
    const lines = read('Dockerfile').split('\n');
    expect(lines.filter((line) => line.startsWith('FROM')).length).to.be.above(1);
    expect(lines).to.include('USER node');
    expect(lines.some((line) => line.startsWith('HEALTHCHECK'))).to.equal(true);
    for (const file of ['package.json', 'package-lock.json', 'bin/build.js'])
      expect(existsSync(join(root, file))).to.equal(true);
    expect(read('.dockerignore').split('\n')).to.include.members(['node_modules', '.env', '.data']);
  });

  it('has a proxy timeout longer than the ping of socket.io', () => {
    const nginx = read('deploy/nginx/nginx.conf');
    expect(nginx.split('{').length).to.equal(nginx.split('}').length);
    const [, sockets = ''] = nginx.split('location /socket.io/');
    expect(sockets)
      .to.match(/proxy_read_timeout 1h;/)
      .and.match(/Upgrade \$http_upgrade/);
    const patience = Number(/proxy_read_timeout (\d+)s;/.exec(nginx)?.[1]);
    expect(patience).to.be.above(bounds.requestSeconds);
  });

  it('provisions the data source of the Grafana dashboard', () => {
    const folder = 'deploy/grafana/provisioning';
    for (const kind of readdirSync(join(root, folder)))
      for (const file of readdirSync(join(root, folder, kind)))
        expect(yaml(`${folder}/${kind}/${file}`).apiVersion).to.equal(1);
    const [source] = yaml(`${folder}/datasources/prometheus.yml`).datasources;
    expect(read('deploy/grafana/dashboard.json')).to.contain(`"uid": "${source.uid}"`);
  });

  it('has time to drain under pm2', async () => {
    const { apps } = (await import(new URL('../ecosystem.config.js', import.meta.url).href)) as {
      apps: { name: string; kill_timeout: number; wait_ready: boolean; exec_mode: string }[];
    };
    expect(apps.map(({ name, exec_mode }) => [name, exec_mode])).to.deep.equal([
      ['server', 'cluster'],
      ['worker', 'fork'],
      ['admin', 'fork'],
    ]);
    for (const { kill_timeout, wait_ready } of apps) {
      expect(kill_timeout).to.be.above(bounds.shutdownSeconds * 1000);
      expect(wait_ready).to.equal(true);
    }
  });
});
