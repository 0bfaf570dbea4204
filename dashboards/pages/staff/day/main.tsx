import { render } from 'preact';
import { App } from './app.tsx';
import { createController } from './controller.ts';

const controller = createController(location.origin);
const place = document.getElementById('page');
if (place) render(<App controller={controller} />, place);
void controller.start();
