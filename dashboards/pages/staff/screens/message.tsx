import type { ComponentChildren } from 'preact';
import type { Controller } from '../controller.ts';

/** A heading that takes the focus when its screen appears. */
export const Title = ({ children }: { children: ComponentChildren }) => (
  <h1 tabIndex={-1}>{children}</h1>
);

export const Starting = () => (
  <>
    <Title>One moment</Title>
    <p>We're reading your queues.</p>
  </>
);

export const Unreachable = ({ controller }: { controller: Pick<Controller, 'start'> }) => (
  <>
    <Title>We can't reach the server</Title>
    <p>Check your connection and try again.</p>
    <div class="actions">
      <button type="button" class="main" onClick={() => controller.start()}>
        Try again
      </button>
    </div>
  </>
);

export const NotStaff = ({ controller }: { controller: Pick<Controller, 'signOut'> }) => (
  <>
    <Title>This page is for staff</Title>
    <p>Your account can't work at a counter. Ask an administrator, or use another account.</p>
    <div class="actions">
      <button type="button" class="main" onClick={() => controller.signOut()}>
        Use another account
      </button>
    </div>
  </>
);
