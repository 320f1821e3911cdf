import { expect } from 'chai';
import { WebSocketClient, WebSocketContainer } from 'moorage';
import { closeOnSignals, healthHandler, Metrics, Traces, TrafficLog } from 'moorage/operations';
import { checkClientOptions, checkConnectOptions } from '#moorage/client/client-options.js';
import { reconnectPolicy } from '#moorage/client/reconnect-policy.js';
import { resolveSettings } from '#moorage/endpoint/config.js';
import { CONNECTION_RULES, ENDPOINT_RULES } from '#moorage/endpoint/option-rules.js';
import { checkDeflateOptions } from '#moorage/protocol/extensions/deflate-options.js';
import { checkContainerOptions } from '#moorage/server/container-options.js';
import { readPage, tableRows } from './pages.js';

const UNKNOWN = { anOptionThatNobodyHasHeardOf: 1 };

/** The options that something takes, as it lists them when it is given one that it doesn't know. */
function acceptedBy(take: () => unknown): readonly string[] {
  try {
    take();
  } catch (error) {
    const listed = /The options are ([^.]+)\./.exec((error as Error).message)?.[1] ?? '';
    return listed.split(', ').map((name) => name.slice(name.lastIndexOf('.') + 1));
  }
  throw new Error('An unknown option was accepted.');
}

/** What the page says the default is, as a value: its first word, numbers without their commas. */
function documented(cell: string): unknown {
  const [word = ''] = cell.replaceAll('`', '').split(' ');
  if (/^[\d,]+$/.test(word)) {
    return Number(word.replaceAll(',', ''));
  }
  const words: Readonly<Record<string, unknown>> = { Infinity, true: true, false: false };
  return word in words ? words[word] : word.replaceAll("'", '');
}

const connection = Object.keys(CONNECTION_RULES);
const without = (names: readonly string[], others: readonly string[]) => names.filter((name) => !others.includes(name));

const settings = resolveSettings({}, {});
const { limits, keepAliveInterval, keepAliveTimeout, ...engine } = settings.connection;

const TABLES = [
  {
    heading: '## Of every connection',
    names: connection,
    defaults: { ...limits, ...engine, ...settings },
    unlike: ['keepAlive', 'compression', 'extensions', 'connection'],
  },
  {
    heading: '### keepAlive',
    names: acceptedBy(() => resolveSettings({ keepAlive: UNKNOWN as object }, {})),
    defaults: { interval: keepAliveInterval, timeout: keepAliveTimeout },
    unlike: [],
  },
  {
    heading: '### compression',
    names: acceptedBy(() => resolveSettings({ compression: UNKNOWN as object }, {})),
    defaults: checkDeflateOptions({}),
    unlike: [],
  },
  {
    heading: '## Of an endpoint',
    names: without(Object.keys(ENDPOINT_RULES), connection),
    defaults: settings,
    unlike: ['path', 'subprotocols'],
  },
  {
    heading: '## Of a container',
    names: without(
      acceptedBy(() => new WebSocketContainer(UNKNOWN as object)),
      connection,
    ),
    defaults: checkContainerOptions({}),
    unlike: ['server', 'authorize', 'instanceFactory', 'onEvent', 'broker', 'instruments'],
  },
  {
    heading: '## Of a client',
    names: without(
      acceptedBy(() => new WebSocketClient(UNKNOWN as object)),
      connection,
    ),
    defaults: checkClientOptions({}),
    unlike: ['instanceFactory', 'onEvent', 'tls', 'agent'],
  },
  {
    heading: '### Of `client.connect`',
    names: without(
      acceptedBy(() => checkConnectOptions(UNKNOWN as object)),
      connection,
    ),
    defaults: {},
    unlike: [],
  },
  {
    heading: '### Of `reconnect`',
    names: acceptedBy(() => reconnectPolicy(UNKNOWN as object)),
    defaults: reconnectPolicy({}),
    unlike: ['shouldReconnect', 'onEvent'],
  },
  {
    heading: '### Of `new Metrics`',
    names: acceptedBy(() => new Metrics(UNKNOWN as object)),
    defaults: {},
    unlike: [],
  },
  { heading: '### Of `new Traces`', names: acceptedBy(() => new Traces(UNKNOWN as never)), defaults: {}, unlike: [] },
  {
    heading: '### Of `new TrafficLog`',
    names: acceptedBy(() => new TrafficLog(UNKNOWN as never)),
    defaults: {},
    unlike: [],
  },
  {
    heading: '### Of `healthHandler`',
    names: acceptedBy(() => healthHandler(new WebSocketContainer(), UNKNOWN as object)),
    defaults: {},
    unlike: [],
  },
  {
    heading: '### Of `closeOnSignals`',
    names: acceptedBy(() => closeOnSignals(new WebSocketContainer(), UNKNOWN as object)),
    defaults: {},
    unlike: [],
  },
] as const;

describe('The page of options', () => {
  let page: string;

  before(async () => {
    page = await readPage('docs/options.md');
  });

  for (const { heading, names, defaults, unlike } of TABLES) {
    describe(heading.replace(/^#+ /, ''), () => {
      const rows = () =>
        tableRows(page, heading)
          .filter(([name]) => name?.startsWith('`'))
          .map(([name = '', value = '']) => [name.replaceAll('`', ''), value] as const);

      it('has every option, and no other', () => {
        expect(
          rows()
            .map(([name]) => name)
            .sort(),
        ).to.deep.equal([...names].sort());
      });

      it('says what the defaults are', () => {
        const said = new Map(rows());
        const compared = Object.entries(defaults).filter(
          ([name]) => said.has(name) && !(unlike as readonly string[]).includes(name),
        );
        expect(compared).to.have.length.at.least(
          names.filter((name) => name in defaults && !(unlike as readonly string[]).includes(name)).length,
        );
        for (const [name, value] of compared) {
          expect(documented(said.get(name) ?? ''), name).to.equal(value);
        }
      });
    });
  }
});
