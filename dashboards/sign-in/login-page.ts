import { html } from '../../http/html.ts';
import { framed } from '../frame.ts';

interface Shown {
  next: string;
  username?: string;
  problem?: string;
}

export const loginPage = ({ next, username = '', problem }: Shown): string =>
  framed(
    'Sign in',
    html`<main class="login">
<img src="/admin/assets/icon.svg" alt="" width="48" height="48">
<h1>Foyer operations</h1>
<form method="post" action="/admin/login">
${problem ? html`<p class="problem" role="alert">${problem}</p>` : undefined}
<input type="hidden" name="next" value="${next}">
<label>Username<input name="username" value="${username}" autocomplete="username" autocapitalize="none" required maxlength="64" autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required maxlength="200"></label>
<button class="primary">Sign in</button>
</form>
<p class="soft">Only for accounts with the role staff or admin.</p>
</main>`,
  );
