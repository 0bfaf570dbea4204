/** `speech` also plays the chime. */
export type Sound = 'off' | 'chime' | 'speech';

/** What the address of a display asks for. */
export interface BoardOptions {
  /** In the order of the address, each once. Empty when the address names no queue. */
  queueIds: readonly string[];
  sound: Sound;
  /** The languages of the announcements, in turn. */
  languages: readonly string[];
  /** Null: as the device is set. */
  theme: 'light' | 'dark' | null;
}

/** The server lets a socket watch this many boards. */
const MOST_QUEUES = 20;
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i;

/** Reads `/board/1,2?sound=speech&lang=de,en&theme=dark`. Values that mean nothing count as absent. */
export function optionsOf({ pathname, search }: Pick<URL, 'pathname' | 'search'>): BoardOptions {
  const query = new URLSearchParams(search);
  const sound = query.get('sound');
  const theme = query.get('theme');
  return {
    queueIds: queueIdsOf(pathname),
    sound: sound === 'chime' || sound === 'speech' ? sound : 'off',
    languages: languagesOf(query.get('lang')),
    theme: theme === 'light' || theme === 'dark' ? theme : null,
  };
}

function queueIdsOf(pathname: string): string[] {
  const [, list = ''] = /^\/board\/([^/]+)\/?$/.exec(pathname) ?? [];
  const ids = decoded(list)
    .split(',')
    .map((id) => id.trim());
  const isValid = ids.every((id) => /^(?:0|[1-9][0-9]{0,18})$/.test(id));
  return isValid ? [...new Set(ids)].slice(0, MOST_QUEUES) : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function languagesOf(list: string | null): string[] {
  const named = (list ?? '').split(',').map((tag) => tag.trim());
  const valid = [...new Set(named.filter((tag) => LANGUAGE.test(tag)))];
  return valid.length > 0 ? valid : ['en'];
}
