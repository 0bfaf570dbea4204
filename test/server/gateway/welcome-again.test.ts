import { expect } from 'chai';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import { startGateway } from './start-gateway.ts';

describe('a connect while PostgreSQL does not answer', () => {
  const services = useServices();

  it('hears the present state all the same, once it can be read', async () => {
    let reads = 0;
    const one = await startGateway(services, {
      onConnect: async (socket) => {
        reads += 1;
        if (reads === 1) throw new Error('PostgreSQL is unavailable');
        socket.emit('state:current', {});
      },
    });
    try {
      await one.client(newId());
      expect(reads).to.equal(2);
    } finally {
      await one.close();
    }
  });
});
