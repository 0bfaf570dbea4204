/** A number for work that was not done means nothing. @throws {Error} when the counts differ */
export function expectCount(found: number, wanted: number, what: string): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}
