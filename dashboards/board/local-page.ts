import type { NextFunction, Request, Response } from 'express';

/** A stylesheet, script or image from another host: the board's page asks a font service by itself. */
const OUTSIDE = /<(link|script|img)\b[^>]*\b(href|src)="(https?:)?\/\/[^"]*"[^>]*>(<\/script>)?/gi;

/** Take out of a page what a browser would fetch from elsewhere; the policy would only complain. */
export function nothingFromElsewhere(_req: Request, res: Response, next: NextFunction): void {
  const send = res.send.bind(res);
  res.send = (body?: unknown) =>
    send(typeof body === 'string' && body.startsWith('<!') ? body.replace(OUTSIDE, '') : body);
  next();
}
