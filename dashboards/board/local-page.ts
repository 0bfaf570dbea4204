import type { NextFunction, Request, Response } from 'express';

/** A stylesheet, script or image from another host. Bull Board's page requests a font service. */
const OUTSIDE = /<(link|script|img)\b[^>]*\b(href|src)="(https?:)?\/\/[^"]*"[^>]*>(<\/script>)?/gi;

/** Removes external resources from a page. The content security policy blocks them anyway, with an error in the console. */
export function nothingFromElsewhere(_req: Request, res: Response, next: NextFunction): void {
  const send = res.send.bind(res);
  res.send = (body?: unknown) =>
    send(typeof body === 'string' && body.startsWith('<!') ? body.replace(OUTSIDE, '') : body);
  next();
}
