import { type Encoder, Session } from 'moorage';
import { endSession } from '#moorage/endpoint/session.js';
import { upgradeRecord } from './connect.js';
import { FakeChannel } from './fake-channel.js';

/** A session over a faked engine, and what ends it. */
export function opened(encoders: readonly Encoder[] = []): { session: Session; channel: FakeChannel; end: () => void } {
  const channel = new FakeChannel();
  const session = new Session(channel, upgradeRecord(), encoders);
  const end = (): void => {
    channel.isOpen = false;
    endSession(session);
  };
  return { session, channel, end };
}

/** What a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
}
