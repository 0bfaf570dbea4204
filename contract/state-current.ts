import { z } from 'zod';
import { definePush } from './define.ts';
import { domains } from './domains.ts';

type Domains = typeof domains;
type Parts = Domains[keyof Domains]['currentState'];
type Merged<Union> = (Union extends unknown ? (part: Union) => void : never) extends (
  part: infer All,
) => void
  ? { [Field in keyof All]: All[Field] }
  : never;

/** The parts of all domains as one shape. A test checks that no two domains use the same field name. */
const shape = Object.assign(
  {},
  ...Object.values(domains).map(({ currentState }) => currentState),
) as Merged<Parts>;

/** The current state of a person, sent after each connect as soon as the rooms of the socket are confirmed. */
export const stateCurrent = definePush({
  event: 'state:current',
  namespace: '/',
  summary: 'Current state of the caller, sent on every connect',
  payload: z.strictObject(shape),
});
