import { expect } from 'chai';
import { SOCKET_ID_LENGTH } from '../../config.ts';
import {
  decodePeople,
  decodeRoom,
  encodePeople,
  encodeRoom,
  isRoomFrame,
} from '../../db/realtime/frames.ts';
import { packetText, versionOf } from '../../db/realtime/push.ts';
import { defineRoom } from '../../db/realtime/rooms.ts';
import { newId } from '../../ids.ts';

describe('frames and rooms', () => {
  it('carry text with line breaks, quotes and any language through both frames', () => {
    const text = packetText('match:state', { note: 'a\nb "c" \u2028 \u00e9 😀\r\n' });
    const pushes = [
      { people: ['a', 'b'], text },
      { people: ['c'], text: packetText('resync', {}) },
    ];
    expect(decodePeople(encodePeople('me', pushes))).to.deep.equal({ sender: 'me', pushes });
    for (const version of [7, null]) {
      const push = { sender: 'me', policy: 'latest', version, text } as const;
      const frame = Buffer.from(encodeRoom(push));
      expect(isRoomFrame(frame)).to.equal(true);
      expect(decodeRoom(frame)).to.deep.equal(push);
    }
    expect(isRoomFrame(Buffer.from('{"uid":"x"}'))).to.equal(false);
  });

  it('never give a room a name as long as a socket id, nor two rooms one name', () => {
    const roomOf = defineRoom({
      domain: 'tickets',
      kind: 'queue',
      namespaces: ['/'],
      policy: 'durable',
    });
    const names = new Set<string>();
    const ids = Array.from({ length: 60 }, (_, at) => '9'.repeat(at + 1));
    for (const id of [...ids, newId()]) {
      const { name } = roomOf(id);
      expect(name).not.to.have.lengthOf(SOCKET_ID_LENGTH);
      names.add(name);
    }
    expect(names.size).to.equal(61);
    for (const bad of ['', 'a b', 'a#b', 'a~', 'a\nb', 'x'.repeat(129)])
      expect(() => roomOf(bad), bad).to.throw(RangeError);
  });

  it('order by seq, else by version', () => {
    expect(versionOf({ seq: 4, version: 9 })).to.equal(4);
    expect(versionOf({ version: 9 })).to.equal(9);
    expect(versionOf({})).to.equal(null);
  });
});
