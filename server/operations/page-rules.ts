import { z } from 'zod';

/** What `page.json` beside an `index.html` may say. Every field is optional. */
const pageRules = z.strictObject({
  /** Where the page is served, with parameters: `/board/{queueId}`. Otherwise at the path of its folder. */
  path: z
    .string()
    .regex(/^(?:\/(?:[a-z0-9-]+|\{[A-Za-z]+\}))+$/)
    .optional(),
  /** Every site may show the page in a frame, for example as an overlay. */
  frameable: z.boolean().default(false),
  /** Its card on the home page. */
  home: z.strictObject({ title: z.string().min(1), text: z.string().min(1) }).optional(),
});
export type PageRules = z.output<typeof pageRules>;

/** @throws {Error} naming the page, for a file that says something else */
export function parsePageRules(page: string, text: string | undefined): PageRules {
  const parsed = pageRules.safeParse(text === undefined ? {} : JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${page}/page.json: ${z.prettifyError(parsed.error)}`);
}

/**
 * Matches the addresses of a page with parameters. A parameter is any text without a slash. It is not
 * decoded: the script of the page reads it, and a page is served for every value.
 */
export const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`);

/** Fixed paths before patterns. */
export const holesOf = (path: string): number => path.split('{').length;
