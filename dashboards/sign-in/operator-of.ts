import type { Response } from 'express';
import { FoyerError } from '../../contract/errors.ts';

/** Who is signed in to the operator pages. */
export interface Operator {
  sessionId: string;
  /** null: the operator of ADMIN_PASSWORD, who has no account. */
  userId: string | null;
  name: string;
  role: 'staff' | 'admin';
  csrfToken: string;
}

/** The operator that the gate admitted; undefined on public pages. */
export const operatorOf = (res: Response): Operator | undefined =>
  res.locals['operator'] as Operator | undefined;

/** The operator on a route after the gate. */
export function theOperator(res: Response): Operator {
  const operator = operatorOf(res);
  if (!operator) throw new FoyerError('auth.required');
  return operator;
}
