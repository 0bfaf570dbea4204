import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { FoyerError } from '../../contract/errors.ts';
import { createSealer } from '../../db/sealer.ts';

describe('integrations: sealed secrets', () => {
  const [one, two] = [randomBytes(32), randomBytes(32)];

  it('gives back what was sealed, in its own place only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, context, other) => {
        const sealer = createSealer([one]);
        const sealed = sealer.seal(text, context);
        expect(sealer.open(sealed, context)).to.equal(text);
        if (other !== context) expect(() => sealer.open(sealed, other)).to.throw();
      }),
    );
  });

  it('opens with every key, seals with the first, and knows what is old', () => {
    const sealed = createSealer([one]).seal('text', 'place');
    const rotated = createSealer([two, one]);
    expect(rotated.open(sealed, 'place')).to.equal('text');
    expect(rotated.isOld(sealed)).to.equal(true);
    const again = rotated.seal('text', 'place');
    expect(rotated.isOld(again)).to.equal(false);
    expect(createSealer([two]).open(again, 'place')).to.equal('text');
    expect(() => createSealer([two]).open(sealed, 'place')).to.throw(/no key/);
  });

  it('refuses a text that was changed, at every byte', () => {
    const sealer = createSealer([one]);
    const [form, name, packed = ''] = sealer.seal('text', 'place').split('.');
    const bytes = Buffer.from(packed, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const sealed = `${form}.${name}.${changed.toString('base64url')}`;
      expect(() => sealer.open(sealed, 'place'), `byte ${at}`).to.throw();
    }
  });

  it('never gives the same text twice, and nothing without a key', () => {
    const sealer = createSealer([one]);
    expect(sealer.seal('text', 'place')).to.not.equal(sealer.seal('text', 'place'));
    expect(() => createSealer([]).seal('text', 'place')).to.throw(FoyerError, /ENCRYPTION_KEYS/);
  });
});
