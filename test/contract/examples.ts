import { readdirSync } from 'node:fs';
import type { RouteDefinition } from '../../contract/define.ts';
import { AN_ID, type ContractExamples } from './domain.ts';

const folder = new URL('./domains/', import.meta.url);
const found = await Promise.all(
  readdirSync(folder).map(async (name) => {
    const module: { examples: ContractExamples } = await import(new URL(name, folder).href);
    return module.examples;
  }),
);

/** A valid body for every route that takes one, by method and path. */
export const bodies: ContractExamples['bodies'] = Object.assign(
  {},
  ...found.map((examples) => examples.bodies),
);
const queries: Record<string, string> = Object.assign({}, ...found.map((each) => each.queries));

export const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`;
/** A URL of the route with an id for each path parameter and all required query parameters. */
export const addressOf = (route: RouteDefinition) =>
  route.path.replace(/\{\w+\}/g, AN_ID) + (queries[nameOf(route)] ?? '');
