import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats';
import type { OpenApiDocument } from '../../contract/documents/openapi-types.ts';

const addFormats = addFormatsModule as unknown as FormatsPlugin;

interface Seen {
  status: number;
  headers: Headers;
  json: unknown;
  text: string;
}

/** Validates responses against the document like a generated client. */
export function createValidator(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document as object, 'api');
  const compiled = new Map<string, ValidateFunction>();

  function validatorOf(pointer: string): ValidateFunction {
    const known = compiled.get(pointer);
    if (known) return known;
    const validate = ajv.compile({ $ref: `api#/${pointer}` });
    compiled.set(pointer, validate);
    return validate;
  }

  /** The differences between a response and the document; empty if there are none. */
  function faultsOf(method: string, path: string, seen: Seen): string[] {
    const operation = document.paths[path]?.[method];
    const response = operation?.responses[seen.status];
    if (!response) return [`${method} ${path} does not tell of ${seen.status}`];
    const missing = Object.keys(response.headers)
      .filter((name) => name !== 'idempotency-replayed' && !seen.headers.has(name))
      .map((name) => `the header ${name} is missing`);
    if (!response.content) return seen.text === '' ? missing : [...missing, 'a body came'];
    const type = seen.headers.get('content-type')?.split(';')[0] ?? '';
    if (!response.content[type]) return [...missing, `the type ${type} is not told of`];
    const validate = validatorOf(
      ['paths', path, method, 'responses', seen.status, 'content', type, 'schema']
        .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/'),
    );
    if (validate(type.endsWith('json') ? seen.json : seen.text)) return missing;
    return [...missing, ...(validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`)];
  }

  function compileAll(): number {
    let count = 0;
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, item] of Object.entries(value)) {
        if (name === 'schema') {
          ajv.compile({ ...(item as object), components: document.components });
          count += 1;
        } else visit(item);
      }
    };
    visit(document.paths);
    return count;
  }

  return { faultsOf, compileAll };
}
