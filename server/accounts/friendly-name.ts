import { randomInt } from 'node:crypto';

const QUALITIES = [
  ...['Amber', 'Brave', 'Bright', 'Calm', 'Clever', 'Copper', 'Curious', 'Eager', 'Gentle'],
  ...['Golden', 'Happy', 'Jolly', 'Kind', 'Lively', 'Lucky', 'Merry', 'Mellow', 'Quiet'],
  ...['Quick', 'Silver', 'Sunny', 'Swift', 'Tidy', 'Warm', 'Witty'],
] as const;
const ANIMALS = [
  ...['Badger', 'Beaver', 'Crane', 'Dolphin', 'Falcon', 'Finch', 'Fox', 'Gecko', 'Hare', 'Heron'],
  ...['Ibex', 'Koala', 'Lark', 'Lynx', 'Marten', 'Newt', 'Otter', 'Owl', 'Panda', 'Puffin'],
  ...['Robin', 'Seal', 'Stork', 'Swan', 'Tortoise', 'Wren'],
] as const;

/** A default display name such as `Quiet Otter 42`. It does not have to be unique. */
export const friendlyName = () => `${one(QUALITIES)} ${one(ANIMALS)} ${randomInt(10, 100)}`;

const one = (words: readonly string[]) => words[randomInt(words.length)] ?? 'Guest';
