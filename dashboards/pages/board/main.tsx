import { render } from 'preact';
import { App } from './app.tsx';
import { createController } from './controller.ts';
import { keepAwake } from './keep-awake.ts';
import { optionsOf } from './options.ts';

const options = optionsOf(location);
if (options.theme) document.documentElement.dataset['theme'] = options.theme;
const controller = createController(location.origin, options);
const place = document.getElementById('page');
if (place) render(<App controller={controller} />, place);
controller.start();
keepAwake();
