import { randomUUID } from 'node:crypto';
import { PreparedMessage } from 'moorage';
import { MAX_NAME_LENGTH, type Notice, type Said } from './messages.js';

/** What a room needs to know of a connection. */
export interface Member {
  /** The tab's own secret, by which a member who comes back is known. */
  readonly key: string;
  send(message: PreparedMessage): void;
  /** The same tab has come back on another connection. */
  replaced(): void;
}

const HISTORY_LENGTH = 50;

const rooms = new Map<string, ChatRoom>();

/** The members of one room and its latest messages. A room exists while somebody is in it. */
export class ChatRoom {
  readonly #name: string;
  readonly #members = new Map<string, Member>();
  readonly #history: Said[] = [];

  private constructor(name: string) {
    this.#name = name;
  }

  /** The room of that name, opened if nobody is in it yet. */
  static named(name: string): ChatRoom {
    const room = rooms.get(name) ?? new ChatRoom(name);
    rooms.set(name, room);
    return room;
  }

  /** Lets a member in and tells everybody. Returns the name in this room, which differs from the wish when that is taken. */
  join(member: Member, wish: string): string {
    const before = this.#nameOf(({ key }) => key === member.key);
    const name = before ?? this.#freeName(wish);
    const old = this.#members.get(name);
    this.#members.set(name, member);
    old?.replaced();
    this.#tell(member, { type: 'welcome', you: name, members: [...this.#members.keys()], history: this.#history });
    if (old === undefined) this.#tellOthers(member, { type: 'joined', name });
    return name;
  }

  /**
   * A page that lost its connection says again what it hasn't seen arrive, with the same `ref`. What is here already it is
   * only shown; and what a replaced connection still brings waits to be said on the new one.
   */
  say(member: Member, text: string, ref: string): void {
    const from = this.#nameOf((other) => other === member);
    if (from === undefined) return;
    const known = this.#history.find((said) => said.ref === ref && said.from === from);
    if (known === undefined) this.#tellAll({ type: 'said', id: randomUUID(), from, text, at: Date.now(), ref });
    else this.#tell(member, known);
  }

  leave(member: Member): void {
    const name = this.#nameOf((other) => other === member);
    if (name === undefined) return; // replaced by a newer connection of the same tab
    this.#members.delete(name);
    if (this.#members.size === 0) rooms.delete(this.#name);
    else this.#tellOthers(member, { type: 'left', name });
  }

  #tellAll(said: Said): void {
    this.#history.push(said);
    if (this.#history.length > HISTORY_LENGTH) this.#history.shift();
    this.#tellOthers(undefined, said);
  }

  #tell(member: Member, notice: Notice): void {
    member.send(PreparedMessage.text(JSON.stringify(notice)));
  }

  /** The message is framed once, however many members there are. */
  #tellOthers(except: Member | undefined, notice: Notice): void {
    const message = PreparedMessage.text(JSON.stringify(notice));
    for (const member of this.#members.values()) if (member !== except) member.send(message);
  }

  #nameOf(matches: (member: Member) => boolean): string | undefined {
    for (const [name, member] of this.#members) if (matches(member)) return name;
    return undefined;
  }

  /** "Ada", or "Ada 2" where there is an Ada, whichever way the other one writes it; never longer than a name may be. */
  #freeName(wish: string): string {
    const taken = new Set([...this.#members.keys()].map((name) => name.toLowerCase()));
    for (let count = 1; ; count++) {
      const number = count === 1 ? '' : ` ${count}`;
      const name = `${[...wish].slice(0, MAX_NAME_LENGTH - number.length).join('')}${number}`;
      if (!taken.has(name.toLowerCase())) return name;
    }
  }
}
