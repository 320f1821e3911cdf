import { injectable } from 'inversify';
import { OnWebSocketMessage, WebSocket } from 'moorage';

/** Bound as a singleton: one for the whole process. */
@injectable()
export class Greetings {
  #given = 0;

  to(name: string): string {
    this.#given += 1;
    return `Good day, ${name}. Greeting ${this.#given} of this house.`;
  }
}

/** One for each connection, with what its constructor asks for. */
@injectable()
@WebSocket({ path: '/greet' })
export class Greeter {
  #answered = 0;

  constructor(private readonly greetings: Greetings) {}

  @OnWebSocketMessage
  onName(name: string): string {
    this.#answered += 1;
    return `${this.greetings.to(name)} Greeting ${this.#answered} for you.`;
  }
}
