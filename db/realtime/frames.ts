import type { RoomPolicy } from './rooms.ts';

/** The channel for pushes to people that this instance lists. */
export const instanceChannel = (instanceId: string): string => `foyer:push:${instanceId}`;
/** The channel of all instances, for pushes to people that the directory does not know. */
export const EVERYWHERE = 'foyer:push:everywhere';

/** The sender of frames from a process without sockets. */
export const NO_INSTANCE = '-';

export interface PeoplePush {
  people: readonly string[];
  text: string;
}

/** The sender, then two lines for each push: ids separated by spaces, and the text. JSON has no line break. */
export const encodePeople = (sender: string, pushes: readonly PeoplePush[]): string =>
  [sender, ...pushes.flatMap(({ people, text }) => [people.join(' '), text])].join('\n');

/** Reads what `encodePeople` wrote. */
export function decodePeople(frame: string): { sender: string; pushes: PeoplePush[] } {
  const lines = frame.split('\n');
  const pushes: PeoplePush[] = [];
  for (let at = 1; at + 1 < lines.length; at += 2)
    pushes.push({ people: (lines[at] ?? '').split(' '), text: lines[at + 1] ?? '' });
  return { sender: lines[0] ?? '', pushes };
}

export interface RoomPush {
  sender: string;
  policy: RoomPolicy;
  /** seq or version of the payload. */
  version: number | null;
  text: string;
}

/** No frame of the adapter begins with it: those are JSON objects or MessagePack maps. */
const MARK = '!';
const MARK_BYTE = MARK.charCodeAt(0);

/** The first line `!sender policy version`, then the text. The channel names the room. */
export const encodeRoom = ({ sender, policy, version, text }: RoomPush): string =>
  `${MARK}${sender} ${policy} ${version ?? ''}\n${text}`;

/** Whether a message on a room's channel is a frame of ours, and not one of the adapter. */
export const isRoomFrame = (frame: Buffer): boolean => frame[0] === MARK_BYTE;

/** Reads what `encodeRoom` wrote. */
export function decodeRoom(frame: Buffer): RoomPush {
  const text = frame.toString();
  const end = text.indexOf('\n');
  const [sender = '', policy = 'durable', version = ''] = text.slice(1, end).split(' ');
  return {
    sender,
    policy: policy as RoomPolicy,
    version: version === '' ? null : Number(version),
    text: text.slice(end + 1),
  };
}
