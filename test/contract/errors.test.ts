import { expect } from 'chai';
import { commands, routes } from '../../contract/catalogue.ts';
import { domains } from '../../contract/domains.ts';
import { coreErrors, errorCodes, problemOf } from '../../contract/errors.ts';

const declared = [
  ...routes.map(({ method, path, errors }) => ({ place: `${method} ${path}`, errors })),
  ...commands.map(({ event, errors }) => ({ place: event, errors })),
];
const unknownCodes = ({ errors = [] }: { errors?: readonly string[] | undefined }) =>
  errors.filter((code) => !errorCodes.some((known) => known === code));

describe('the error codes', () => {
  it('of every route and command are in the catalogue', () => {
    expect(unknownCodes({ errors: ['user.not_found', 'user.planted'] })).to.eql(['user.planted']);
    for (const each of declared) expect(unknownCodes(each), each.place).to.deep.equal([]);
  });

  it('contain those of every domain', () => {
    for (const [name, { errors }] of Object.entries(domains))
      expect(errorCodes, name).to.include.members(Object.keys(errors));
  });

  it('belong to the shell or to one domain', () => {
    const owned = [coreErrors, ...Object.values(domains).map(({ errors }) => errors)];
    expect(owned.flatMap((errors) => Object.keys(errors))).to.have.lengthOf(errorCodes.length);
  });

  it('have the form noun.what, a status of HTTP and a sentence', () => {
    for (const code of errorCodes) {
      expect(code).to.match(/^[a-z_]+\.[a-z_]+$/);
      expect(problemOf(code).status).to.be.within(400, 599);
      expect(problemOf(code).title).to.match(/\.$/);
    }
  });
});
