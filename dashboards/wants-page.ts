import type { Request } from 'express';

/** A person's browser wants a page; our script and Bull Board's want JSON. */
export const wantsPage = (req: Request): boolean =>
  !/^\/admin\/(api|queues\/api)\//.test(req.originalUrl) &&
  req.accepts(['json', 'html']) === 'html';
