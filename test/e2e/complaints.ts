/** What the browser reports of a page and nobody expects: the console, the policy, failed requests. */
export interface Complaints {
  readonly texts: string[];
  /**
   * Call before a test breaks the page's connection to its server. Until the returned function is
   * called, failed connections to that server are the test's own doing. Call it when the page shows
   * that it is connected again: the browser may report the last refusal after the server has recovered.
   *
   * @param url any address of that server
   */
  expectCut(url: string): () => void;
}

/** A message of the browser's console, as Playwright gives it. */
export interface Reported {
  type(): string;
  text(): string;
  location(): { url: string };
}

/** What of a page is listened to. */
interface Source {
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
  on(event: 'console', listener: (message: Reported) => void): unknown;
}

/** Collects from now on. `isExpected` drops errors that are an answer in this test; `url` is where they come from. */
export function collectComplaints(
  page: Source,
  isExpected: (text: string, url: string) => boolean = () => false,
): Complaints {
  const texts: string[] = [];
  const cut = new Set<string>();
  page.on('pageerror', (error) => texts.push(error.message));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const server = unreachableServer(message);
    if (server !== null && cut.has(server)) return;
    if (!isExpected(message.text(), message.location().url)) texts.push(message.text());
  });
  return {
    texts,
    expectCut: (url) => {
      const { host } = new URL(url);
      cut.add(host);
      return () => void cut.delete(host);
    },
  };
}

/**
 * Chromium's words for a connection that failed. A request's address is the message's location; a
 * WebSocket's is in the text. A status that a server answered is no failed connection.
 *
 * @returns host and port, or null for any other message
 */
export function unreachableServer(message: Reported): string | null {
  const text = message.text();
  const socket = /^WebSocket connection to '([^']+)' failed/.exec(text)?.[1];
  if (socket !== undefined) return hostOf(socket);
  return /^Failed to load resource: net::ERR_/.test(text) ? hostOf(message.location().url) : null;
}

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).host : null);
