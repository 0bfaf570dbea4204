import type { Controller } from '../controller.ts';
import type { Screen } from '../screen.ts';

/** What every screen is given. */
export interface ScreenProps<Kind extends Screen['kind'] = Screen['kind']> {
  controller: Controller;
  screen: Extract<Screen, { kind: Kind }>;
}
