import { readdirSync } from 'node:fs';
import type { z } from 'zod';
import { isRaw } from '../../contract/answers.ts';
import type { RouteDefinition } from '../../contract/define.ts';
import type { Call } from '../server/app-under-test.ts';
import { AN_ID, type ContractExamples } from './domain.ts';

const folder = new URL('./domains/', import.meta.url);
const found = await Promise.all(
  readdirSync(folder).map(async (name) => {
    const module: { examples: ContractExamples } = await import(new URL(name, folder).href);
    return module.examples;
  }),
);

/** A valid body for every route that takes JSON, by method and path. */
export const bodies: ContractExamples['bodies'] = Object.assign(
  {},
  ...found.map((examples) => examples.bodies),
);
const queries: Record<string, string> = Object.assign({}, ...found.map((each) => each.queries));

export const raws: NonNullable<ContractExamples['raws']> = Object.assign(
  {},
  ...found.map((each) => each.raws),
);

export const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`;

/** An id that the parameter accepts: most are UUIDs, those of queues and tickets are numbers. */
function idFor(route: RouteDefinition, name: string): string {
  const { shape } = (route.params ?? {}) as { shape?: Record<string, z.ZodType> };
  return shape?.[name]?.safeParse(AN_ID).success === false ? '1' : AN_ID;
}
/** A URL of the route with an id for each path parameter and all required query parameters. */
export const addressOf = (route: RouteDefinition) =>
  route.path.replace(/\{(\w+)\}/g, (_, name: string) => idFor(route, name)) +
  (queries[nameOf(route)] ?? '');

/** What a valid request of the route carries. */
export function exampleOf(route: RouteDefinition): Pick<Call, 'body' | 'raw' | 'headers'> {
  if (!route.body) return {};
  if (!isRaw(route.body)) return { body: bodies[nameOf(route)] };
  const { raw = '', contentType = 'text/plain' } = raws[nameOf(route)] ?? {};
  return { raw, headers: { 'content-type': contentType } };
}
