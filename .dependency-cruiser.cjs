'use strict';

// The layers of src/, from the bottom up; an import points to the same folder or to one that is named here.
//
//   protocol ← messages ← endpoint ← server ← client ← testing
//   protocol ← engine   ← endpoint (three files that are types and values without a socket) ← server
//   endpoint, server (what a hook answers with) ← jakarta
//   server ← operations
//
// Type-only imports count: a type that points up is a layer that knows its user.

const layers = {
  protocol: [],
  messages: ['protocol'],
  engine: ['protocol'],
  endpoint: ['protocol', 'messages', 'engine/(contract|settings|prepared-message)[.]ts$'],
  server: ['protocol', 'messages', 'engine', 'endpoint'],
  client: ['protocol', 'messages', 'engine', 'endpoint', 'server'],
  jakarta: ['protocol', 'messages', 'endpoint', 'server/authorization[.]ts$'],
  operations: ['protocol', 'messages', 'endpoint', 'server'],
  testing: ['protocol', 'engine', 'endpoint', 'server'],
};

const layerRules = Object.entries(layers).map(([name, below]) => ({
  name: `${name}-imports-down-only`,
  comment: `src/${name} may import of src: itself${below.map((folder) => `, ${folder}`).join('')}.`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [name, ...below].map((folder) => `^src/${folder}${folder.endsWith('$') ? '' : '/'}`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-cycles',
      comment: 'Neither at run time nor among types: what knows each other is one thing, or wants a third below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-barrel-from-inside',
      comment: 'An index.ts is a door for users. Inside, import the file that has the thing.',
      severity: 'error',
      from: { path: '^src/', pathNot: '/index[.]ts$' },
      to: { path: '/index[.]ts$', pathNot: 'node_modules' },
    },
    {
      name: 'decorators-load-no-server',
      comment:
        'Importing @WebSocket must not load sockets: nothing of the engine’s connection, the server or the client.',
      severity: 'error',
      from: { path: '^src/endpoint/' },
      to: { path: '^src/(engine/(?!contract|settings|prepared-message)|server/|client/)', reachable: true },
    },
    {
      name: 'protocol-is-pure',
      comment:
        'The protocol layer has no socket, clock or stream of its own: of Node it may have Buffer and hashes only.',
      severity: 'error',
      from: { path: '^src/protocol/', pathNot: '^src/protocol/extensions/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|crypto)$' },
    },
    {
      name: 'extensions-may-inflate',
      comment: 'Extensions may also have zlib.',
      severity: 'error',
      from: { path: '^src/protocol/extensions/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|crypto|zlib)$' },
    },
    {
      name: 'messages-have-no-network',
      comment: 'Messages may have streams, never sockets.',
      severity: 'error',
      from: { path: '^src/(messages|endpoint)/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(net|tls|http|https|http2|timers|timers/promises)$' },
    },
    {
      name: 'one-runtime-dependency',
      comment: 'reflect-metadata is the only package Moorage needs at run time.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules', pathNot: '(^|/)node_modules/(reflect-metadata|@types/node)/' },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that finds nothing.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that is no door is dead.',
      severity: 'error',
      from: { path: '^src/', orphan: true, pathNot: '/index[.]ts$' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
