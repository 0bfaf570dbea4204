import type { Controller } from '../controller.ts';

/** The key of a button, unless this device has them off. */
export const Shortcut = ({ controller, children }: { controller: Controller; children: string }) =>
  controller.settings().keys ? <kbd>{children}</kbd> : null;
