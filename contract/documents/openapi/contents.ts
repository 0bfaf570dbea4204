import { type AnswerKind, isRaw, jsonOf } from '../../answers.ts';
import type { RouteDefinition } from '../../define.ts';
import { type JsonSchema, jsonSchemaOf } from '../json-schema.ts';
import type { OperationObject } from '../openapi-types.ts';

type Content = Record<string, { schema: JsonSchema }>;

const TEXT: JsonSchema = { type: 'string' };
const BYTES: JsonSchema = { type: 'string', format: 'binary' };

/** The media types of one success answer; undefined for an answer without a body. */
export function contentOf(kind: AnswerKind): Content | undefined {
  if (kind === null) return undefined;
  const json = jsonOf(kind);
  const content: Content = {};
  if (json) content['application/json'] = { schema: jsonSchemaOf(json, 'output') };
  if (!('kind' in kind)) return content;
  if (kind.kind === 'redirect') return undefined;
  if (kind.kind === 'text') return { 'text/plain': { schema: TEXT } };
  if (kind.kind === 'stream')
    return Object.fromEntries(kind.contentTypes.map((type) => [type, { schema: BYTES }]));
  return { ...content, 'text/csv': { schema: TEXT } };
}

/** The request body: JSON, or bytes of the media types that the route takes. */
export function requestBodyOf({ body }: RouteDefinition): OperationObject['requestBody'] {
  if (!body) return undefined;
  if (!isRaw(body)) {
    const json = jsonSchemaOf(body, 'input');
    const required = (json.required ?? []).length > 0;
    return { required, content: { 'application/json': { schema: json } } };
  }
  const types = body.contentTypes ?? ['*/*'];
  const schema = { ...BYTES, maxLength: body.maxBytes };
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}
