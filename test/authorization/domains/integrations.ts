import { newId } from '../../../ids.ts';
import type { Fleet } from '../../support/fleet.ts';
import { type AuthorizationDomain, plain, wardens } from '../domain.ts';
import { account } from '../world.ts';

/** A public address, so that nothing is looked up. Nothing is sent: the type has no events here. */
const body = { url: 'https://93.184.215.14/foyer', events: ['report.created'] };

export const authorization: AuthorizationDomain = {
  routes: (fleet) => ({
    'post /v1/webhook-subscriptions': {
      own: plain('/v1/webhook-subscriptions', body),
      expect: wardens(201),
    },
    'get /v1/webhook-subscriptions': {
      own: plain('/v1/webhook-subscriptions'),
      expect: wardens(200),
    },
    'get /v1/webhook-subscriptions/{id}': {
      own: async () => ({ path: await subscription(fleet) }),
      expect: wardens(200),
    },
    'patch /v1/webhook-subscriptions/{id}': {
      own: async () => ({ path: await subscription(fleet), body: { state: 'disabled' } }),
      expect: wardens(200),
    },
    'delete /v1/webhook-subscriptions/{id}': {
      own: async () => ({ path: await subscription(fleet) }),
      expect: wardens(204),
    },
    'get /v1/webhook-subscriptions/{id}/deliveries': {
      own: async () => ({ path: `${await subscription(fleet)}/deliveries` }),
      expect: wardens(200),
    },
    'post /v1/webhook-subscriptions/{id}/deliveries/{deliveryId}/redeliver': {
      own: async () => ({
        path: `${await subscription(fleet)}/deliveries/${newId()}/redeliver`,
      }),
      expect: wardens(404),
    },
  }),
};

/** The path of a subscription of another member of staff: subscriptions belong to all of them. */
async function subscription(fleet: Fleet): Promise<string> {
  const { token } = await account(fleet, 'staff');
  const path = '/v1/webhook-subscriptions';
  const response = await fetch(`${fleet.servers[0]?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const { id } = (await response.json()) as { id: string };
  return `${path}/${id}`;
}
