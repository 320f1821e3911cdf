import type { Clock } from '../engine/clock.js';

/** What the client needs of a clock: it waits, and never sweeps. */
export type Timer = Pick<Clock, 'now' | 'after'>;
