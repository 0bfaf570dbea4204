import type { Response } from 'express';
import { FoyerError } from '../../errors.ts';
import type { Operator } from './operator.ts';

/** The operator that the gate admitted; undefined on public pages. */
export const operatorOf = (res: Response): Operator | undefined =>
  res.locals['operator'] as Operator | undefined;

/** The operator on a route after the gate. */
export function theOperator(res: Response): Operator {
  const operator = operatorOf(res);
  if (!operator) throw new FoyerError('auth.required');
  return operator;
}
