import { z } from 'zod';

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1 and AsyncAPI 3.0. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  description?: string;
}

/** `input`: what a caller may send; fields with a default are optional. `output`: what the server returns, with every field filled in. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => withoutNoise(jsonSchema as JsonSchema),
  });
  return rest as JsonSchema;
}

/** Zod adds the safe-integer bounds to every integer and a pattern to every format. Neither helps a reader. */
function withoutNoise(schema: JsonSchema): void {
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['format'] !== undefined) delete schema['pattern'];
}
