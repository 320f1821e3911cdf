import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.js';
import type { Field, Standing } from './field.js';
import type { EchoReport } from './subject/messages.js';
import { within } from './waiting.js';

export interface Result {
  readonly attack: Pick<Attack, 'name' | 'rows' | 'demand' | 'blocks'>;
  /** What came of it; of a failed one, what was wrong. */
  readonly outcome: string;
  readonly complaints: readonly string[];
  readonly milliseconds: number;
  readonly before: Standing;
  /** At the height of the attack, where it has one that lasts. */
  readonly during: Standing | undefined;
  readonly after: Standing | undefined;
  /** The most resident bytes meanwhile, garbage included. */
  readonly peak: number;
  readonly quiet: EchoReport;
  readonly echoes: EchoReport;
}

/** How long the well-behaved connection is watched before the attack. */
const QUIET = 300;
/** How long descriptors may take to come back. */
const PATIENCE = 10_000;
/**
 * What the 99th percentile of the echoes must stay below wherever the battery runs, be it on a machine that others use. The
 * figure to hold on a quiet one is 100 ms, and stands in the report.
 */
const MOST_GENEROUS_P99 = 5_000;

/** One attack, on a field that is left afterwards. */
export async function runAttack<Where extends Field>(attack: Attack<Where>, field: Where): Promise<Result> {
  try {
    await sleep(QUIET);
    const quiet = await field.echoes();
    const before = await field.standing();
    field.forgetPeak();
    let during: Standing | undefined;
    const watch = async () => {
      during = await field.standing();
      return during;
    };
    const complaints: string[] = [];
    const began = performance.now();
    let outcome: string;
    try {
      outcome = await attack.run(field, watch, before);
    } catch (cause) {
      outcome = (cause as Error).message;
      complaints.push(outcome);
    }
    const milliseconds = performance.now() - began;
    const peak = field.isSubjectAlive ? field.peak() : 0;
    field.clear();
    if (!field.isSubjectAlive) {
      const echoes: EchoReport = { echoes: 0, median: 0, p99: 0, longest: 0, failure: 'the process is gone' };
      const all = [...complaints, `The process ended: ${field.printed}`];
      return { attack, outcome, complaints: all, milliseconds, before, during, after: undefined, peak, quiet, echoes };
    }
    if (!(await within(PATIENCE, () => field.descriptors() <= before.descriptors))) {
      complaints.push(`Of ${field.descriptors()} file descriptors ${before.descriptors} should be left`);
    }
    const echoes = await field.echoes();
    const after = await field.standing();
    complaints.push(...complaintsOf(attack, echoes), ...leaks(after));
    if (field.printed !== '') complaints.push(`The process printed: ${field.printed}`);
    return { attack, outcome, complaints, milliseconds, before, during, after, peak, quiet, echoes };
  } finally {
    await field.leave();
  }
}

function complaintsOf({ blocks = false }: Pick<Attack, 'blocks'>, { echoes, p99, failure }: EchoReport): string[] {
  if (failure !== undefined) return [`The well-behaved connection: ${failure}`];
  if (echoes === 0) return ['The well-behaved connection got no echo'];
  return p99 > MOST_GENEROUS_P99 && !blocks ? [`The well-behaved connection had a p99 of ${Math.round(p99)} ms`] : [];
}

function leaks({ connects, closes }: Standing): string[] {
  return connects === closes ? [] : [`${connects} connect handlers ran, and ${closes} close handlers`];
}
