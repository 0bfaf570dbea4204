import { tile, whole } from '../draw.js';

export const tiles = (data) => [
  tile(
    'Accounts',
    data && whole(data.users),
    data && `${whole(data.guests)} guests · ${whole(data.newLastHour)} new this hour`,
  ),
];
