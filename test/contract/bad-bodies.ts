import type { JsonSchema } from '../../contract/documents/json-schema.ts';

export interface BadBody {
  what: string;
  raw: string;
  status: 400 | 413;
  /** The field that `errors` must name, if any. */
  path?: string;
}

/** Generates invalid bodies from the schema and one valid example. */
export function badBodies(schema: JsonSchema, good: Record<string, unknown>): BadBody[] {
  const { properties = {}, required = [] } = schema;
  const bad: BadBody[] = [
    { what: 'broken JSON', raw: '{"a":', status: 400, path: '' },
    { what: '70 KiB', raw: JSON.stringify({ ...good, pad: 'x'.repeat(70 * 1024) }), status: 413 },
    {
      what: 'an unknown field',
      raw: JSON.stringify({ ...good, nope: 1 }),
      status: 400,
      path: 'nope',
    },
    ...[[], [good], null, 'text', 7, true].map((value) => ({
      what: `${JSON.stringify(value).slice(0, 20)} for a body`,
      raw: JSON.stringify(value),
      status: 400 as const,
      path: '',
    })),
  ];
  const put = (name: string, value: unknown, what: string) =>
    bad.push({
      what: `${name}: ${what}`,
      raw: JSON.stringify({ ...good, [name]: value }),
      status: 400,
      path: name,
    });
  for (const [name, given] of Object.entries(properties)) {
    const field = withoutNull(given);
    for (const value of ofOtherTypes(field)) put(name, value, `a ${typeName(value)}`);
    for (const value of tooLarge(field)) put(name, value, 'too much');
  }
  for (const name of required) put(name, undefined, 'missing');
  return bad;
}

const typeName = (value: unknown) => (value === null ? 'null' : typeof value);

/** A nullable field as what it is beside null. */
function withoutNull(field: JsonSchema): JsonSchema & { isNullable?: boolean } {
  const choices = (field['anyOf'] ?? []) as JsonSchema[];
  const [choice, ...others] = choices.filter(({ type }) => type !== 'null');
  const isNullable = choices.length > 1 && others.length === 0;
  return isNullable && choice ? { ...choice, isNullable } : field;
}

function ofOtherTypes({ type, isNullable }: JsonSchema & { isNullable?: boolean }): unknown[] {
  const values = [...(isNullable ? [] : [null]), true, { a: 1 }];
  if (type !== 'string') values.push('text' as never);
  if (type !== 'integer' && type !== 'number') values.push(12 as never);
  return values.filter(
    (value) => typeName(value) !== type && !(type === 'object' && isObject(value)),
  );
}
const isObject = (value: unknown) => typeof value === 'object' && value !== null;

function tooLarge(field: JsonSchema): unknown[] {
  if (field.type === 'string') return ['x'.repeat(Number(field['maxLength'] ?? 9_999) + 1), ''];
  if (field.type === 'array') return [Array.from({ length: 500 }, () => 'en')];
  if (field.type === 'integer') return [1e15, -1e15, 1.5];
  if (field.type === 'object') return [{ nope: 1 }];
  return [];
}
