import { z } from 'zod';

/** JSON Schema of the 2020-12 dialect, as OpenAPI 3.1 and AsyncAPI 3.0 use it. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  description?: string;
}

/** `input` is what a caller may send, defaults left out; `output` is what comes back, all filled in. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => withoutNoise(jsonSchema as JsonSchema),
  });
  return rest as JsonSchema;
}

/** Zod bounds each integer by what JavaScript can hold, and spells out formats as patterns. */
function withoutNoise(schema: JsonSchema): void {
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['format'] !== undefined) delete schema['pattern'];
}
