import { expect } from 'chai';
import { Frame, Session } from 'moorage';
import type { Instance } from '#moorage/endpoint/dispatch-table.js';
import type { TableEvent } from '#moorage/endpoint/event-rules.js';
import { invokerFor } from '#moorage/endpoint/invokers.js';
import { readSignature, type Signature } from '#moorage/endpoint/signature.js';

class QuotaError extends Error {}

function legacy(event: TableEvent, ...types: readonly unknown[]): Signature | string {
  return readSignature(event, { types, arity: types.length, flavour: 'legacy' });
}

function untyped(event: TableEvent, arity: number, flavour: 'legacy' | 'standard'): readonly string[] | undefined {
  const read = readSignature(event, { types: undefined, arity, flavour });
  return typeof read === 'string' ? undefined : read.arguments;
}

function argumentsOf(read: Signature | string): readonly string[] {
  if (typeof read === 'string') {
    throw new Error(read);
  }
  return read.arguments;
}

function permutations<T>(values: readonly T[]): readonly (readonly T[])[] {
  return values.length === 0
    ? [[]]
    : values.flatMap((value) =>
        permutations(values.filter((other) => other !== value)).map((rest) => [value, ...rest]),
      );
}

function sublists<T>(values: readonly T[]): readonly (readonly T[])[] {
  const [first, ...rest] = values;
  return first === undefined ? [[]] : sublists(rest).flatMap((list) => [list, [first, ...list]]);
}

describe('Signatures', () => {
  it('with known types give each parameter what has its type, in every order', () => {
    const session = { name: 'session' } as unknown as Session;
    const given = new Map<unknown, unknown>([
      [Session, session],
      [Number, 4000],
      [String, 'mine'],
    ]);
    for (const types of sublists([Session, Number, String]).flatMap((list) => permutations<unknown>(list))) {
      const signature = legacy('close', ...types);
      expect(signature).to.be.an('object');
      const instance = { onClose: (...values: readonly unknown[]) => values } as unknown as Instance;
      const invoke = invokerFor('close', 'onClose', signature as Signature);
      expect(invoke(instance, session, 4000, 'mine')).to.deep.equal(types.map((type) => given.get(type)));
    }
  });

  it('keep the form of bytes and the class of error that is asked for', () => {
    expect(legacy('binary', ArrayBuffer, Session)).to.include({ bytesForm: 'ArrayBuffer' });
    expect(legacy('ping', Uint8Array)).to.include({ bytesForm: 'Uint8Array' });
    expect(legacy('error', Session, QuotaError)).to.include({ errorType: QuotaError });
    expect(legacy('error', Object)).to.include({ errorType: Error });
  });

  it('with types that are not left at run time go by the order', () => {
    // What the compiler writes for a type import and for an interface or union, and what a circular import leaves.
    for (const unknown of [Function, Object, undefined]) {
      expect(argumentsOf(legacy('text', unknown, String))).to.deep.equal(['session', 'string']);
      expect(argumentsOf(legacy('error', Session, unknown))).to.deep.equal(['session', 'error']);
      expect(argumentsOf(legacy('close', unknown, Number, unknown))).to.deep.equal(['session', 'code', 'reason']);
      expect(argumentsOf(legacy('close', Number, unknown))).to.deep.equal(['code', 'reason']);
      expect(argumentsOf(legacy('connect', unknown))).to.deep.equal(['session']);
      expect(argumentsOf(legacy('frame', unknown, Frame))).to.deep.equal(['session', 'frame']);
      expect(legacy('close', unknown, unknown)).to.be.a('string');
      expect(legacy('text', String, unknown)).to.be.a('string');
    }
  });

  it('without types go by the number of parameters', () => {
    for (const flavour of ['legacy', 'standard'] as const) {
      expect(untyped('connect', 0, flavour)).to.deep.equal([]);
      expect(untyped('connect', 1, flavour)).to.deep.equal(['session']);
      expect(untyped('text', 1, flavour)).to.deep.equal(['string']);
      expect(untyped('text', 2, flavour)).to.deep.equal(['session', 'string']);
      expect(untyped('error', 1, flavour)).to.deep.equal(['error']);
      expect(untyped('ping', 0, flavour)).to.deep.equal([]);
      expect(untyped('ping', 2, flavour)).to.deep.equal(['session', 'bytes']);
      expect(untyped('close', 0, flavour)).to.deep.equal([]);
      expect(untyped('close', 1, flavour)).to.equal(undefined);
      expect(untyped('close', 3, flavour)).to.deep.equal(['session', 'code', 'reason']);
      expect(untyped('close', 4, flavour)).to.equal(undefined);
      expect(untyped('text', 0, flavour)).to.equal(undefined);
    }
  });

  it('without types are ambiguous where only the compiler could have seen the order, and it did not', () => {
    expect(untyped('close', 2, 'standard')).to.deep.equal(['code', 'reason']);
    expect(untyped('close', 2, 'legacy')).to.equal(undefined);
    expect(untyped('ping', 1, 'standard')).to.deep.equal(['bytes']);
    expect(untyped('ping', 1, 'legacy')).to.equal(undefined);
  });
});
