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

/** The parts of all domains as one shape. Field names never meet: a test holds them apart. */
const shape = Object.assign(
  {},
  ...Object.values(domains).map(({ currentState }) => currentState),
) as Merged<Parts>;

/** What is true for a person now, sent after each connect once the rooms of the socket are confirmed. */
export const stateCurrent = definePush({
  event: 'state:current',
  namespace: '/',
  summary: 'Current state of the caller, sent on every connect',
  payload: z.strictObject(shape),
});
