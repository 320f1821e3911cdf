import { expect } from 'chai';
import fc from 'fast-check';
import { linePlot, type Plot, spread } from '#bench/plot/line-plot.js';

const PLOT: Plot = {
  title: 'Cost & size',
  subtitle: 'less is <better>',
  x: { title: 'bytes' },
  y: { title: 'µs', scale: 'log' },
  series: [
    {
      name: 'moorage',
      points: [
        { x: 0, y: 10 },
        { x: 10, y: 1000, low: 900, high: 1100 },
      ],
    },
    {
      name: 'ws',
      points: [
        { x: 0, y: 20 },
        { x: 10, y: 2000 },
      ],
      marked: false,
    },
  ],
  shade: { from: 5, to: 10, name: 'judged' },
};

/** What stands in an element, by its class. */
function elements(svg: string, name: string): string[] {
  return svg.match(new RegExp(`<${name}[ >].*?(?:/>|</${name}>)`, 'gs')) ?? [];
}

describe('A line plot', () => {
  const svg = linePlot(PLOT);

  it('is one well-formed SVG with its own ground, and nothing from outside', () => {
    expect(svg).to.match(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" .*<\/svg>$/s);
    expect(svg).to.include('<rect class="paper"');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).to.not.match(/http|url\(|href/);
    const open: string[] = [];
    for (const [, closing, name = '', itself] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (closing) expect(open.pop()).to.equal(name);
      else if (!itself) open.push(name);
    }
    expect(open).to.deep.equal([]);
  });

  it('has inks for a light and for a dark ground', () => {
    expect(svg).to.include('@media (prefers-color-scheme:dark)');
  });

  it('writes what stands in it as text', () => {
    expect(svg).to.include('Cost &#38; size').and.to.include('less is &#60;better&#62;');
  });

  it('says in words what it shows', () => {
    expect(svg).to.include(
      '<desc>µs by bytes. moorage: from 10 at 0 to 1000 at 10; ws: from 20 at 0 to 2000 at 10.</desc>',
    );
  });

  it('draws a line for each series, told apart by dashes too, with its name at its end', () => {
    const lines = elements(svg, 'path').filter((path) => path.includes('class="line'));
    expect(lines).to.have.length(2);
    expect(lines[0]).to.not.include('stroke-dasharray');
    expect(lines[1]).to.include('stroke-dasharray="7 4"');
    expect(elements(svg, 'text').filter((text) => />(moorage|ws)</.test(text))).to.have.length(2);
  });

  it('marks points, and their ranges', () => {
    expect(elements(svg, 'path').filter((path) => path.includes('class="m0"'))).to.have.length(2);
    expect(elements(svg, 'path').filter((path) => path.includes('class="m1"'))).to.have.length(0);
    expect(elements(svg, 'path').filter((path) => path.includes('class="bar s0"'))).to.have.length(1);
  });

  it('puts greater values higher and further right', () => {
    const [, x1, y1, x2, y2] = /class="line s0" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
    expect(Number(x2)).to.be.greaterThan(Number(x1));
    expect(Number(y2)).to.be.lessThan(Number(y1));
  });

  it('stands without points', () => {
    expect(linePlot({ ...PLOT, series: [{ name: 'nothing', points: [] }] })).to.include('nothing: nothing');
  });

  it('refuses more lines than can be told apart', () => {
    const series = Array.from({ length: 5 }, (_, i) => ({ name: String(i), points: [] }));
    expect(() => linePlot({ ...PLOT, series })).to.throw(RangeError, 'At most 4 lines can be told apart');
  });
});

describe('Names beside lines', () => {
  it('stay where they are when there is room', () => {
    expect(spread([100, 40, 70], 17, 340)).to.deep.equal([100, 40, 70]);
  });

  it('make room for each other', () => {
    expect(spread([100, 101, 99], 17, 340)).to.deep.equal([116, 133, 99]);
  });

  it('stay above the axis', () => {
    expect(spread([340, 338], 17, 340)).to.deep.equal([340, 323]);
  });

  it('keep their distance and their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 60, max: 340 }), { maxLength: 4 }), (heights) => {
        const moved = spread(heights, 17, 340);
        for (const [i, a] of heights.entries()) {
          for (const [j, b] of heights.entries()) {
            if (i === j) continue;
            expect(Math.abs((moved[i] as number) - (moved[j] as number))).to.be.at.least(17);
            if (a < b) expect(moved[i]).to.be.lessThan(moved[j] as number);
          }
        }
      }),
    );
  });
});
