import { expect } from 'chai';
import { addressKey } from '../../../server/limits/client-address.ts';

describe('the address that limits count by', () => {
  const rows: [address: string, key: string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4::/64'],
    ['not an address', 'not an address'],
  ];
  for (const [address, key] of rows)
    it(`${address} counts as ${key}`, () => expect(addressKey(address)).to.equal(key));
});
