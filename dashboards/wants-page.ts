import type { Request } from 'express';

/** True for page requests of a browser; false for the API requests of our script and of Bull Board. */
export const wantsPage = (req: Request): boolean =>
  !/^\/admin\/(api|queues\/api)\//.test(req.originalUrl) &&
  req.accepts(['json', 'html']) === 'html';
