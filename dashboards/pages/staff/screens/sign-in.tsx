import { useState } from 'preact/hooks';
import type { Controller } from '../controller.ts';
import { isThisComputer } from '../session.ts';
import { Title } from './message.tsx';

interface SignInProps {
  controller: Pick<Controller, 'isBusy' | 'signIn' | 'signInHere'>;
  isOver: boolean;
}

export function SignIn({ controller, isOver }: SignInProps) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState('');
  const busy = controller.isBusy();

  const submit = (event: Event) => {
    event.preventDefault();
    if (username.trim() === '' || password === '')
      return setMissing('Enter your username and your password.');
    setMissing('');
    void controller.signIn(username.trim(), password);
  };

  return (
    <>
      <Title>{isOver ? "You've been signed out" : 'Sign in as staff'}</Title>
      {isThisComputer(location.hostname) ? (
        <div class="here">
          <p>Foyer runs on this computer. You can try it without an account.</p>
          <button
            type="button"
            class="main"
            disabled={busy}
            onClick={() => controller.signInHere()}
          >
            Try it without an account
          </button>
        </div>
      ) : null}
      <form onSubmit={submit} noValidate>
        <label>
          Username
          <input
            type="text"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            value={username}
            onInput={({ currentTarget }) => setUsername(currentTarget.value)}
          />
        </label>
        <label>
          Password
          <input
            type="password"
            name="password"
            autocomplete="current-password"
            value={password}
            onInput={({ currentTarget }) => setPassword(currentTarget.value)}
          />
        </label>
        <p class="error" role="alert">
          {missing}
        </p>
        <div class="actions">
          <button type="submit" disabled={busy}>
            Sign in
          </button>
        </div>
      </form>
      <p class="small">
        To create a staff account, run{' '}
        <code>npx foyer user create --username ada --role staff</code>
      </p>
    </>
  );
}
