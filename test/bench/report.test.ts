import { expect } from 'chai';
import { allCases, type Case, type Measure } from '#bench/cases.js';
import type { Sample } from '#bench/generator.js';
import type { ServerName } from '#bench/options.js';
import { caseLines, caseRecord, headLine, pairsOf, ratio } from '#bench/report.js';

const THROUGHPUT: Measure = { key: 'throughput', title: 'messages per second', better: 'more' };
const CPU: Measure = { key: 'serverCpu', title: 'server CPU per message', better: 'less' };
const CASE: Case = { ...(allCases(100)[0] as Case), measures: [THROUGHPUT, CPU] };

function sample(server: ServerName, throughput: number, rest: Partial<Sample> = {}): Sample {
  return {
    server,
    throughput,
    p99: 100,
    serverCpu: undefined,
    bytesPerConnection: undefined,
    generatorBusy: 50,
    disturbance: 0,
    error: undefined,
    ...rest,
  };
}

/** The lines below the title, with what pads them taken out. */
function linesOf(samples: readonly Sample[]): string[] {
  const pairs = pairsOf(samples.map(({ server }) => server));
  return caseLines(CASE, [samples], pairs).map((line) => line.replace(/ {2,}/g, ' ').trim());
}

describe('The report of the bench', () => {
  it('gives the median of the ratios within each round, with the lowest and the highest', () => {
    const rounds = [
      [sample('moorage', 200), sample('ws', 100)],
      [sample('moorage', 30), sample('ws', 10)],
      [sample('ws', 50), sample('moorage', 50)],
    ];
    expect(ratio(rounds, THROUGHPUT, 'moorage', 'ws')).to.deep.equal({ median: 2, min: 1, max: 3 });
  });

  it('takes the middle of the two in the middle, where the rounds are even in number', () => {
    const rounds = [
      [sample('moorage', 10), sample('ws', 10)],
      [sample('moorage', 20), sample('ws', 10)],
    ];
    expect(ratio(rounds, THROUGHPUT, 'moorage', 'ws')?.median).to.equal(1.5);
  });

  it('has no ratio where a side was not run or not measured', () => {
    const rounds = [[sample('moorage', 10), sample('ws', 10)]];
    expect(ratio(rounds, THROUGHPUT, 'moorage', 'net')).to.equal(undefined);
    expect(ratio(rounds, CPU, 'moorage', 'ws')).to.equal(undefined);
  });

  it('compares those that were run', () => {
    expect(pairsOf(['moorage', 'ws', 'net'])).to.deep.equal([
      ['moorage', 'ws'],
      ['net', 'ws'],
      ['moorage', 'net'],
    ]);
    expect(pairsOf(['jetty', 'moorage'])).to.deep.equal([['moorage', 'jetty']]);
    expect(pairsOf(['moorage'])).to.deep.equal([]);
  });

  it('has a column for each comparison', () => {
    expect(headLine(pairsOf(['moorage', 'ws', 'jetty']))).to.match(/moorage \/ ws {2,}moorage \/ jetty$/);
    expect(linesOf([sample('moorage', 300), sample('ws', 200), sample('jetty', 25)])).to.deep.equal([
      CASE.title,
      'messages per second ↑ 1.50 (1.50–1.50) 12.0 (12.0–12.0)',
      'server CPU per message ↓ – –',
    ]);
  });

  it('says what a reader must know before he believes it', () => {
    const samples = [
      sample('moorage', 1, { disturbance: 40 }),
      sample('jetty', 1, { generatorBusy: 99, error: 'the server ended the connection' }),
    ];
    expect(linesOf(samples).slice(3)).to.deep.equal([
      '! generator at its limit with jetty: throughput is a lower bound, read the CPU',
      '! 1 of 2 runs shared the machine with something else (> 10 % of a core)',
      '! jetty: the server ended the connection',
    ]);
  });

  it('keeps the samples beside the ratios in its JSON', () => {
    const rounds = [[sample('moorage', 4), sample('jetty', 2)]];
    const record = caseRecord(CASE, rounds, pairsOf(['moorage', 'jetty']));
    expect(record).to.deep.include({ name: CASE.name, rounds });
    expect(record).to.have.nested.property('ratios[0].moorage/jetty').that.deep.equals({ median: 2, min: 2, max: 2 });
  });
});
