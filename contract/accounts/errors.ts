import { defineErrors } from '../define.ts';

export const errors = defineErrors({
  'auth.bad_credentials': { status: 401, title: 'The username or password is incorrect.' },
  'auth.refresh_reused': {
    status: 401,
    title: 'This refresh token was already used, so its tokens are revoked. Sign in again.',
  },
  'account.username_taken': {
    status: 409,
    title: 'This username is already taken. Choose another one.',
  },
  'account.already_registered': {
    status: 409,
    title: 'This account is already registered. Sign out to create another one.',
  },
  'account.too_many_blocks': {
    status: 409,
    title: 'Your block list is full. Unblock someone first.',
  },
  'user.not_found': { status: 404, title: 'User not found.' },
  'report.not_found': { status: 404, title: 'Report not found.' },
});
