import type { Rounds } from './call-rounds.ts';
import { type Watch, type WatchTimes, watchPeer } from './call-watch.ts';
import type { IceSource } from './ice-source.ts';
import type { Peer } from './negotiation.ts';

interface FollowedPeer {
  times: WatchTimes;
  ice: IceSource;
  isOver: () => boolean;
  rounds: Pick<Rounds, 'repeatOffer' | 'replaceStuckPeer'>;
  onRemote: (stream: MediaStream) => void;
  onConnected: () => void;
  onLost: () => void;
}

/** Watches one peer connection until the next round replaces it. */
export function followPeer(peer: Peer, followed: FollowedPeer): Watch {
  const { times, ice, rounds, isOver, onRemote, onConnected, onLost } = followed;
  const watch = watchPeer(peer, times, {
    repeatOffer: rounds.repeatOffer,
    replaceStuckPeer: rounds.replaceStuckPeer,
    beforeRestart: async () => {
      if (await ice.renew()) peer.setConfiguration({ iceServers: ice.servers() });
    },
  });
  peer.ontrack = ({ streams, track }) => onRemote(streams[0] ?? new MediaStream([track]));
  peer.onconnectionstatechange = () => {
    if (isOver()) return;
    watch.changed();
    const { connectionState } = peer;
    if (connectionState === 'connected') onConnected();
    else if (connectionState === 'failed' || connectionState === 'disconnected') onLost();
  };
  return watch;
}
