import { type Watch, type WatchTimes, watchPeer } from './call-watch.ts';
import type { IceSource } from './ice-source.ts';
import type { Peer } from './negotiation.ts';

interface FollowedPeer {
  times: WatchTimes;
  ice: IceSource;
  isOver: () => boolean;
  repeatOffer: () => boolean;
  onRemote: (stream: MediaStream) => void;
  onConnected: () => void;
  onLost: () => void;
}

/** Watches one peer connection until the next round replaces it. */
export function followPeer(peer: Peer, followed: FollowedPeer): Watch {
  const { times, ice, isOver, repeatOffer, onRemote, onConnected, onLost } = followed;
  const watch = watchPeer(peer, times, {
    repeatOffer,
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
