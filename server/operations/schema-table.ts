import type { JsonSchema } from '../../contract/documents/json-schema.ts';
import { type Html, html } from '../../http/html.ts';

/** The fields of an object schema as table rows. A nested object takes one line. */
export function schemaTable(schema: JsonSchema | undefined): Html {
  if (!schema) return html``;
  const { properties, required = [] } = schema;
  if (!properties) return html`<p class="type">${typeOf(schema)}</p>`;
  const names = Object.keys(properties);
  if (names.length === 0) return html`<p class="type">{ }</p>`;
  return html`<table><tbody>${names.map((name) => {
    const field: JsonSchema = properties[name] ?? {};
    return html`<tr><th scope="row"><code>${name}</code>${
      required.includes(name) ? undefined : html`<small>optional</small>`
    }</th><td><code class="type">${typeOf(field)}</code> ${rulesOf(field)}</td></tr>`;
  })}</tbody></table>`;
}

const MAX_DEPTH = 3;

/** A type in TypeScript notation: `"a" | "b"`, `string[]`, `{ id: uuid, title?: string }`. */
export function typeOf(schema: JsonSchema, depth = 0): string {
  const { $ref, enum: values, const: only, anyOf, oneOf, items, properties } = schema;
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? 'any';
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  const either = (anyOf ?? oneOf) as JsonSchema[] | undefined;
  if (either) return either.map((each) => typeOf(each, depth)).join(' | ');
  if (items) return `${typeOf(items, depth)}[]`;
  if (properties && depth < MAX_DEPTH) return fieldsOf(schema, depth);
  return String(schema['format'] ?? schema.type ?? 'any');
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, depth: number): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(field, depth + 1)}`,
  );
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{ }';
}

const RULES: Record<string, string> = {
  minLength: 'at least %n characters',
  maxLength: 'at most %n characters',
  minimum: 'at least %n',
  maximum: 'at most %n',
  minItems: 'at least %n entries',
  maxItems: 'at most %n entries',
  default: 'default %n',
  pattern: 'matches %n',
};

function rulesOf(schema: JsonSchema): string {
  const rules = Object.entries(RULES)
    .filter(([keyword]) => schema[keyword] !== undefined)
    .map(([keyword, text]) => text.replace('%n', () => plain(schema[keyword])));
  return [...(schema.description ? [schema.description] : []), ...rules].join(' · ');
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
