import type { PanelData } from '../domains.ts';
import type { Panel, PanelDeps, Problem } from '../panel.ts';

/** Resolves with null while the store behind `ask` does not answer. */
type Part = <T>(name: string, ask: () => Promise<T>) => Promise<T | null>;

/** Opens the panels of a process. The result reads all of them at once. */
export function openPanels(
  panels: readonly Panel<string, unknown>[],
  deps: PanelDeps,
  part: Part,
): () => Promise<{ data: PanelData; problems: Problem[] }> {
  const opened = panels.map((panel) => ({ panel, read: panel.createReader(deps) }));
  return async () => {
    const read = await Promise.all(
      opened.map(async ({ panel, read }) => {
        const data = await part(panel.name, read);
        const problems = data === null ? [] : (panel.problems?.(data) ?? []);
        return { name: panel.name, data, problems };
      }),
    );
    return {
      data: Object.fromEntries(read.map(({ name, data }) => [name, data])) as PanelData,
      problems: read.flatMap(({ problems }) => problems),
    };
  };
}
